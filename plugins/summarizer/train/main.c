/* main.c: the summarizer's trainer and evaluator.
 *
 *   summarizer-train train MODEL SEGMENTER WORDS STOPWORDS FILE[=LICENCE]...      writes the model
 *   summarizer-train validate SENTENCES SEGMENTER WORDS STOPWORDS FILE[=LICENCE]...  prints ROUGE by models of other folds
 *   summarizer-train score MODEL SEGMENTER SENTENCES FILE[=LICENCE]...           prints ROUGE
 *
 * SEGMENTER is the segmenter's model; WORDS a file with "words": [...], the commonest first; STOPWORDS has a function word a line. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "plugins/lib/train/trainer.h"
#include "plugins/summarizer/train/train.h"

static uint32_t read_number(const char *word)
{
    char *end;
    unsigned long n = strtoul(word, &end, 10);

    if (*end || n < 1 || n > 100)
        trainer_fail("'%s' should be a number of sentences, 1 to 100", word);
    return (uint32_t)n;
}

int main(int argc, char **argv)
{
    trainer_name = "summarizer-train";
    if (argc >= 7 && strcmp(argv[1], "train") == 0)
        return train(argv[2], &(struct sources) { argv[3], argv[4], argv[5] }, argv + 6, argc - 6);
    if (argc >= 7 && strcmp(argv[1], "validate") == 0)
        return cross_validate(&(struct sources) { argv[3], argv[4], argv[5] }, read_number(argv[2]), argv + 6,
                              argc - 6);
    if (argc >= 6 && strcmp(argv[1], "score") == 0)
        return score(argv[2], argv[3], read_number(argv[4]), argv + 5, argc - 5);
    fprintf(stderr, "usage: summarizer-train train MODEL SEGMENTER WORDS STOPWORDS FILE[=LICENCE]...\n"
                    "       summarizer-train validate SENTENCES SEGMENTER WORDS STOPWORDS FILE[=LICENCE]...\n"
                    "       summarizer-train score MODEL SEGMENTER SENTENCES FILE[=LICENCE]...\n");
    return 2;
}
