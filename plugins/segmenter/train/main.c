/* main.c: the segmenter's trainer, which `textctl train segmenter` and `textctl evaluate segmenter` start. */
#include <stdbool.h>
#include <stddef.h>
#include <string.h>

#include "plugins/lib/train/options.h"
#include "plugins/lib/train/trainer.h"
#include "plugins/segmenter/train/train.h"

static const char usage[] =
    "usage: textctl train segmenter [--language CODE] [--abbreviations LIST] --out MODEL FILE...\n"
    "       textctl evaluate segmenter [--model MODEL] FILE...\n"
    "\n"
    "Learns where sentences end, or says how well a model knows it: F1 of sentences and "
    "tokens, of each file as it is and\n"
    "as mail would wrap, quote or squeeze it. A file is of JSON Lines, {\"id\", \"text\", "
    "\"sentences\": [[start, end]],\n"
    "\"tokens\": [[start, end]]} with offsets in bytes, and may be compressed by gzip. "
    "FILE=LICENCE takes only the records\n"
    "whose \"licence\" contains LICENCE.\n"
    "\n"
    "  --out MODEL             the file to write\n"
    "  --language CODE         learn of another language than English, which has a model of its own "
    "(de, fr, zh, ...):\n"
    "                          its tokens, too\n"
    "  --abbreviations LIST    a file with its abbreviations, to write lessons of them\n"
    "  --model MODEL           the model to evaluate (default: the installed one)\n";

int main(int argc, char **argv)
{
    const char *out = NULL, *language = NULL, *abbreviations = NULL;
    const char *model = trainer_installed("models/segmenter/segmenter.model");
    const struct trainer_option train_options[] = { { "out", &out },
                                                    { "language", &language },
                                                    { "abbreviations", &abbreviations },
                                                    { NULL, NULL } },
                                evaluate_options[] = { { "model", &model }, { NULL, NULL } };
    bool is_train = argc > 1 && strcmp(argv[1], "train") == 0;

    trainer_name = is_train ? "train segmenter" : "evaluate segmenter";
    if (argc < 2 || (!is_train && strcmp(argv[1], "evaluate") != 0))
        trainer_usage(usage, "expected 'train' or 'evaluate'", "");
    int n = trainer_options(argc, argv, is_train ? train_options : evaluate_options, usage);
    if (n == 0)
        trainer_usage(usage, is_train ? "there is no file to learn from" : "there is no file to evaluate on", "");
    if (is_train && !out)
        trainer_usage(usage, "--out must be given", "");
    if (!is_train)
        return score(model, argv + 2, n);
    return language ? train_language(language, abbreviations, out, argv + 2, n)
                    : train(abbreviations, out, argv + 2, n);
}
