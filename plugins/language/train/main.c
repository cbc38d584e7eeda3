/* main.c: the trainer of the plugin `language`, which `textctl train language` and `textctl evaluate language` start. bench/run language starts it
 * by itself, as `language-train judge MODEL` and `language-train speed MODEL TIMES`. */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "plugins/language/train/train.h"
#include "plugins/lib/train/options.h"
#include "plugins/lib/train/trainer.h"

static const char usage[] = "usage: textctl train language --out MODEL [--steps N] FILE...\n"
                            "       textctl evaluate language [--model MODEL] FILE...\n"
                            "\n"
                            "Learns languages from texts, or says how many texts a model puts down to their language. "
                            "A file has a text a line,\n"
                            "KIND<TAB>LANGUAGE<TAB>TEXT. KIND is text (sentences), words (of a list, in no order) or "
                            "none (names, code: what is no\n"
                            "language; LANGUAGE is und). LANGUAGE is BCP 47's code, such as de. A language is learned "
                            "when there are 40 lines and\n"
                            "12,000 bytes of it, or more. What has a script of its own, such as Greek, Thai or "
                            "Chinese, needs no texts: it is known.\n"
                            "\n"
                            "  --out MODEL         the file to write\n"
                            "  --steps N           pieces of text to learn from (default: 21000000, three minutes)\n"
                            "  --model MODEL       the model to evaluate (default: the installed one)\n";

static uint32_t read_steps(const char *text)
{
    char *end;
    errno = 0;
    long n = strtol(text, &end, 10);

    if (errno || end == text || *end || n < 1 || n > 1000000000)
        trainer_usage(usage, "--steps must be a number from 1 to 1000000000, not ", text);
    return (uint32_t)n;
}

int main(int argc, char **argv)
{
    const char *out = NULL, *steps = NULL, *model = trainer_installed("models/language/language.model");
    const struct trainer_option train_options[] = { { "out", &out }, { "steps", &steps }, { NULL, NULL } },
                                evaluate_options[] = { { "model", &model }, { NULL, NULL } };
    int is_train = argc > 1 && strcmp(argv[1], "train") == 0;

    trainer_name = is_train ? "train language" : "evaluate language";
    if (argc == 3 && strcmp(argv[1], "judge") == 0)
        return judge(argv[2]);
    if (argc == 4 && strcmp(argv[1], "speed") == 0)
        return speed(argv[2], (int)strtol(argv[3], NULL, 10));
    if (argc < 2 || (!is_train && strcmp(argv[1], "evaluate") != 0))
        trainer_usage(usage, "expected 'train' or 'evaluate'", "");
    int n = trainer_options(argc, argv, is_train ? train_options : evaluate_options, usage);
    if (n == 0)
        trainer_usage(usage, is_train ? "there is no file to learn from" : "there is no file to evaluate on", "");
    if (is_train && !out)
        trainer_usage(usage, "--out must be given", "");
    return is_train ? train(out, steps ? read_steps(steps) : TRAIN_STEPS, argv + 2, n) : evaluate(model, argv + 2, n);
}
