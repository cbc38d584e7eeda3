/* texts.c: the labelled texts, tokenized by the segmenter as the daemon does it, and what the reader hears in them. */
#include <stdlib.h>
#include <string.h>

#include "plugins/segmenter/model.h"
#include "plugins/segmenter/tokens.h"
#include "plugins/sentiment/lookup.h"
#include "plugins/sentiment/train/train.h"

#define LEAST_WORDS 2u /* so often a word, or a pair of words, must be there */
#define LEAST_PAIRS 3u
#define FOLDS 10u
#define NO_FOLD 31u

static void *take_memory(void *data, uint64_t bytes)
{
    (void)data;
    return trainer_alloc(bytes);
}

static int go_on(void *data)
{
    (void)data;
    return 0;
}

static struct boundary_model boundaries;

void examples_segmenter(const char *file)
{
    char reason[200];
    size_t length;
    void *bytes = trainer_load(file, &length); /* mapped by the daemon; here it stays until the end */

    if (!bytes || model_open(&boundaries, bytes, length, reason, sizeof reason) != 0)
        trainer_fail("%s: %s", file, bytes ? reason : "cannot be read");
}

static void tokenize(struct example *e)
{
    struct segments s = { .alloc = take_memory, .should_stop = go_on };

    if (segment_tokens(&s, e->text, e->length) != TEXTD_OK ||
        segment_sentences(&s, &boundaries, e->text, e->length) != TEXTD_OK)
        trainer_fail("a text cannot be segmented");
    e->tokens = trainer_grow(s.tokens, s.n_tokens * sizeof *s.tokens);
    e->kinds = trainer_grow(s.kinds, s.n_tokens);
    e->sentences = trainer_grow(s.sentences, s.n_sentences * sizeof *s.sentences);
    e->n_tokens = s.n_tokens;
    e->n_sentences = s.n_sentences;
}

/* Texts of one document have ids "nyt-17_4"; the others are documents of their own. */
static uint32_t fold_of(const char *id)
{
    uint32_t hash = 2166136261u; /* FNV-1a */

    for (const char *p = id; *p && *p != '_'; p++)
        hash = (hash ^ (unsigned char)*p) * 16777619u;
    return (hash * 2654435761u >> 16) % FOLDS;
}

struct reading {
    struct examples *examples;
    enum genre genre;
    float weight;
};

static struct example *add_example(struct examples *x, const char *id, const char *text, float mean,
                                   enum sentiment_label label)
{
    if (x->n == x->capacity)
        x->all = trainer_grow(x->all, (x->capacity = 2 * x->capacity + 1024) * sizeof *x->all);
    struct example *e = &x->all[x->n++];
    memset(e, 0, sizeof *e);
    e->id = strdup(id);
    e->text = strdup(text);
    e->length = (uint32_t)strlen(text);
    e->mean = mean;
    e->label = label;
    tokenize(e);
    return e;
}

static void take_record(void *data, const json_t *record)
{
    struct reading *reading = data;
    struct examples *x = reading->examples;
    const char *id = json_string_value(json_object_get(record, "id"));
    const char *text = json_string_value(json_object_get(record, "text"));
    const char *label = json_string_value(json_object_get(record, "label"));
    const json_t *mean = json_object_get(record, "mean");
    int which;

    if (!id || !text || !label || !json_is_number(mean))
        trainer_fail("\"id\", \"text\" and \"label\" must be strings and \"mean\" a number");
    for (which = 0; which < N_LABELS && label && strcmp(label, score_label_name((enum sentiment_label)which)) != 0;
         which++)
        ;
    if (which == N_LABELS)
        trainer_fail("\"label\" is \"%s\"; it must be negative, neutral or positive", label);
    struct example *e = add_example(x, id, text, (float)json_number_value(mean), (enum sentiment_label)which);
    e->genre = reading->genre;
    e->fold = reading->weight < 1 ? NO_FOLD : fold_of(id);
    e->weight = reading->weight;
}

void examples_read(struct examples *examples, const char *file, enum genre genre, float weight)
{
    struct reading reading = { examples, genre, weight };

    trainer_read(file, take_record, &reading);
}

/* ---- Texts made from a lexicon ----------------------------------------------------------------------------------------- */

/* Hutto and Gilbert's (2014) numbers for what these do to a valence; that "not very good" is milder than "not good" is Kiritchenko and
 * Mohammad's (2016). */
static const struct {
    const char *before, *behind;
    float shift, factor;
} dresses[] = {
    { "", "", 0, 1 },
    { "very ", "", 0.293f, 1 },
    { "slightly ", "", -0.293f, 1 },
    { "not ", "", 0, -0.74f },
    { "", "!!!", 0.8f, 1 },
    { "extremely ", "", 0.4f, 1 },
    { "somewhat ", "", -0.293f, 1 },
    { "not very ", "", -0.6f, -0.74f },
    { "It is ", ".", 0, 1 },
    { "It isn't ", ".", 0, -0.74f },
    { "I am ", ".", 0, 1 },
    { "I am slightly ", ".", -0.293f, 1 },
    { "It is very ", ".", 0.293f, 1 },
};
#define N_DRESSES (sizeof dresses / sizeof dresses[0])
#define LEXICON_WEIGHT 0.3f

static void take_entry(void *data, const char *word, const char *value)
{
    struct examples *x = data;
    float valence = strtof(value, NULL), sign = valence < 0 ? -1 : 1, mean;
    char text[100];

    if (strlen(word) > WORD_MOST_BYTES || strspn(word, "abcdefghijklmnopqrstuvwxyz") < strlen(word))
        return;
    size_t i = x->n % N_DRESSES;
    snprintf(text, sizeof text, "%s%s%s", dresses[i].before, word, dresses[i].behind);
    mean = (valence + sign * dresses[i].shift) * dresses[i].factor / 4;
    mean = mean > 1 ? 1 : mean < -1 ? -1 : mean;
    struct example *e = add_example(x, word, text, mean, score_label(mean, -0.05f, 0.05f));
    e->genre = (enum genre)(x->n / N_DRESSES % N_GENRES);
    e->fold = NO_FOLD;
    e->weight = LEXICON_WEIGHT;
}

void examples_add_lexicon(struct examples *examples, const char *vader)
{
    list_read(vader, false, take_entry, examples);
}

/* ---- The table's words from the texts ---------------------------------------------------------------------------------- */

struct seen {
    uint64_t hash, first; /* first: of a pair, its first word */
};

static int by_hash(const void *a, const void *b)
{
    const struct seen *x = a, *y = b;

    return x->hash < y->hash ? -1 : x->hash > y->hash;
}

static void add_often_seen(struct table *table, struct seen *seen, size_t n, size_t least)
{
    qsort(seen, n, sizeof *seen, by_hash);
    for (size_t i = 0, end; i < n; i = end) {
        for (end = i; end < n && seen[end].hash == seen[i].hash; end++)
            ;
        if (end - i < least)
            continue;
        if (!seen[i].first) {
            table_add(table, seen[i].hash, 0);
            continue;
        }
        table_add_phrase(table, seen[i].hash, 0);
        table_add(table, seen[i].first, ENTRY_GOES_ON);
    }
}

static bool is_word(const struct example *e, uint32_t i)
{
    return e->kinds[i] == TEXTD_TOKEN_WORD || e->kinds[i] == TEXTD_TOKEN_PUNCT || e->kinds[i] == TEXTD_TOKEN_SYMBOL;
}

void examples_add_words(const struct examples *examples, struct table *table)
{
    size_t n_tokens = 0, n_words = 0, n_pairs = 0;

    for (uint32_t k = 0; k < examples->n; k++)
        n_tokens += examples->all[k].n_tokens;
    struct seen *words = trainer_alloc(n_tokens * sizeof *words), *pairs = trainer_alloc(n_tokens * sizeof *pairs);
    for (uint32_t k = 0; k < examples->n; k++) {
        const struct example *e = &examples->all[k];
        const struct token_text text = { e->text, e->length, e->n_tokens, e->tokens, e->kinds };
        uint64_t last = 0;
        if (e->weight < 1)
            continue;
        for (uint32_t i = 0; i < e->n_tokens; i++) {
            uint64_t hash = is_word(e, i) ? lookup_hash(&text, i) : 0;
            if (hash)
                words[n_words++] = (struct seen) { hash, 0 };
            if (hash && last && e->kinds[i] != TEXTD_TOKEN_SYMBOL)
                pairs[n_pairs++] = (struct seen) { word_join(last, hash), last };
            last = e->kinds[i] == TEXTD_TOKEN_SYMBOL ? 0 : hash;
        }
    }
    add_often_seen(table, words, n_words, LEAST_WORDS);
    add_often_seen(table, pairs, n_pairs, LEAST_PAIRS);
    free(words);
    free(pairs);
    memcpy(table->model.content.phrases, table->phrases, sizeof table->phrases);
    vocabulary_make(&table->vocabulary, &table->model, NULL);
}

/* ---- What is heard ----------------------------------------------------------------------------------------------------- */

struct listener {
    struct example *example;
    const struct table *table;
    uint32_t room;
};

static void hear(void *data, const struct entry *entry, bool is_denied, float share)
{
    struct listener *l = data;
    struct example *e = l->example;

    if (table_is_degree(entry))
        return;
    if (e->n_told == l->room)
        e->told = trainer_grow(e->told, (l->room = 2 * l->room + 64) * sizeof *e->told);
    uint32_t slot = (uint32_t)(entry - l->table->entries);
    e->told[e->n_told++] = (struct told) { slot, is_denied, share };
    if (l->table->rows[slot] == 0)
        return;
    const float *known = l->table->known[l->table->rows[slot] - 1];
    for (int i = 0; i < KNOWN; i++) {
        e->known[KNOWN_WHOLE][i] += share == 1 ? known[i] : 0;
        e->known[KNOWN_SHARED][i] += share * known[i];
        e->known[KNOWN_DENIED][i] += is_denied ? share * known[i] : 0;
    }
}

struct sentiment_input example_input(const struct example *e, unsigned genres)
{
    return (struct sentiment_input) { .text = { e->text, e->length, e->n_tokens, e->tokens, e->kinds },
                                      .sentences = e->sentences,
                                      .n_sentences = e->n_sentences,
                                      .words = true,
                                      .genres = genres };
}

void example_read(struct example *e, const struct table *table)
{
    struct sentiment_input input = example_input(e, ~0u);
    struct listener listener = { .example = e, .table = table };
    struct sums sums;

    sentiment_sum(&table->vocabulary, &input, hear, &listener, &sums);
    e->sums = sums;
    e->norm = score_outcomes(&sums, e->outcomes);
    for (int i = 0; i < N_KNOWN * KNOWN; i++)
        e->known[i / KNOWN][i % KNOWN] *= e->norm;
}
