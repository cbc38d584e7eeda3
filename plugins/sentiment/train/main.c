/* main.c: the trainer of the sentiment plugin.
 *
 *   sentiment-train train MODEL SOURCE...   writes the model
 *   sentiment-train folds SOURCE...         prints how well models do on the tenth of the texts that they have not seen
 *   sentiment-train score SEGMENTER MODEL FILE...     prints how well a model does on other texts
 *
 * SOURCE... is SEGMENTER LEXICON VADER VECTORS TWEETS AMAZON MOVIE NYT: see train/rebuild. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "plugins/sentiment/train/train.h"

#define N_SOURCES (4 + N_GENRES)

static struct table *read_sources(char **sources, struct examples *examples)
{
    struct table *table = trainer_alloc(sizeof *table);

    examples_segmenter(sources[0]);
    table_read(table, sources[1], sources[2], sources[3]);
    for (int g = 0; g < N_GENRES; g++)
        examples_read(examples, sources[4 + g], (enum genre)g);
    examples_add_lexicon(examples, sources[2]);
    examples_add_words(examples, table);
    for (uint32_t i = 0; i < examples->n; i++)
        example_read(&examples->all[i], table);
    fprintf(stderr, "%u texts, %u words and phrases, %u of them with a vector or a valence\n", examples->n, table->n,
            table->n_known);
    return table;
}

int main(int argc, char **argv)
{
    struct examples examples = { 0 };

    trainer_name = "sentiment-train";
    if (argc == 3 + N_SOURCES && strcmp(argv[1], "train") == 0) {
        struct table *table = read_sources(argv + 3, &examples);
        size_t length;
        unsigned char *bytes = learn(table, &examples, 0, &length);
        trainer_write(argv[2], &sentiment_model_kind, bytes, length);
        printf("%s: %zu bytes\n", argv[2], length);
        return 0;
    }
    if (argc == 2 + N_SOURCES && strcmp(argv[1], "folds") == 0)
        return measure_folds(read_sources(argv + 2, &examples), &examples);
    if (argc >= 5 && strcmp(argv[1], "score") == 0) {
        examples_segmenter(argv[2]);
        return measure_files(argv[3], argv + 4, argc - 4);
    }
    fprintf(stderr, "usage: sentiment-train train MODEL SOURCE...\n       sentiment-train folds SOURCE...\n"
                    "       sentiment-train score SEGMENTER MODEL FILE...\n"
                    "SOURCE... is SEGMENTER LEXICON VADER VECTORS TWEETS AMAZON MOVIE NYT\n");
    return 2;
}
