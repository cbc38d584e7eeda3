/* main.c: the summarizer's trainer, which `textctl train summarizer` and `textctl evaluate summarizer` start. */
#include <stdbool.h>
#include <stddef.h>
#include <stdlib.h>
#include <string.h>

#include "plugins/lib/train/options.h"
#include "plugins/lib/train/trainer.h"
#include "plugins/summarizer/train/train.h"

static const char usage[] =
    "usage: textctl train summarizer --words FILE --out MODEL FILE...\n"
    "       textctl evaluate summarizer [--model MODEL] [--sentences N] FILE...\n"
    "       textctl evaluate summarizer folds --words FILE [--sentences N] FILE...\n"
    "\n"
    "Learns which sentences a summary is made of, or says how well a model does: ROUGE. A file is of JSON Lines, "
    "{\"id\", \"text\",\n"
    "\"references\": [summary, ...]}, and may be compressed by gzip. FILE=LICENCE takes only the records whose "
    "\"licence\" contains\n"
    "LICENCE. 'evaluate folds' learns from the files, and tries each text with a model that has not seen it.\n"
    "\n"
    "  --words FILE        a JSON object with \"words\", the commonest first\n"
    "  --out MODEL         the file to write\n"
    "  --model MODEL       the model to evaluate (default: the installed one)\n"
    "  --sentences N       of a summary, 1 to 100 (default 3)\n"
    "  --wordnet FILE      WordNet's index.sense; without it keyphrases know no verbs\n"
    "  --stopwords FILE    function words, one a line (default: those that come along)\n"
    "  --parts FILE        classes of words, one a line (default: those that come along)\n"
    "  --segmenter MODEL   the segmenter's model (default: the installed one)\n";

static uint32_t read_number(const char *word)
{
    char *end;
    unsigned long n = strtoul(word, &end, 10);

    if (end == word || *end || n < 1 || n > 100)
        trainer_usage(usage, "--sentences must be a number from 1 to 100, not ", word);
    return (uint32_t)n;
}

int main(int argc, char **argv)
{
    const char *out = NULL, *words = NULL, *wordnet = NULL, *sentences = "3",
               *model = trainer_installed("models/summarizer/summarizer.model"),
               *stopwords = trainer_installed("train/summarizer/stopwords.txt"),
               *parts = trainer_installed("train/summarizer/parts.txt"),
               *segmenter = trainer_installed("models/segmenter/segmenter.model");
    const struct trainer_option options[] = {
        { "out", &out },         { "words", &words },         { "sentences", &sentences },
        { "model", &model },     { "stopwords", &stopwords }, { "segmenter", &segmenter },
        { "wordnet", &wordnet }, { "parts", &parts },         { NULL, NULL },
    };
    bool is_train = argc > 1 && strcmp(argv[1], "train") == 0;

    trainer_name = is_train ? "train summarizer" : "evaluate summarizer";
    if (argc < 2 || (!is_train && strcmp(argv[1], "evaluate") != 0))
        trainer_usage(usage, "expected 'train' or 'evaluate'", "");
    int n = trainer_options(argc, argv, options, usage);
    bool is_folds = !is_train && n > 0 && strcmp(argv[2], "folds") == 0;
    if (n - is_folds == 0)
        trainer_usage(usage,
                      is_train || is_folds ? "there is no file to learn from" : "there is no file to evaluate on", "");
    if ((is_train && !out) || ((is_train || is_folds) && !words))
        trainer_usage(usage, is_train ? "--words and --out must be given" : "--words must be given", "");
    const struct sources sources = { segmenter, words, stopwords, wordnet, parts };
    if (is_train)
        return train(out, &sources, argv + 2, n);
    if (is_folds)
        return cross_validate(&sources, read_number(sentences), argv + 3, n - 1);
    return score(model, segmenter, read_number(sentences), argv + 2, n);
}
