/* lexicon.c: see lexicon.h. WordNet (Fellbaum 1998) counts lemmas; a form has a share of its verb's count by what it is, about as
 * often as forms of English verbs are: half of all are the bare form or the one in -s, which is the plural of the noun, too. */
#include "plugins/summarizer/train/lexicon.h"

#include <stdlib.h>
#include <string.h>

#include "plugins/lib/train/trainer.h"
#include "plugins/summarizer/model.h"

#define BARE 0.45f
#define PAST 0.4f
#define GERUND 0.2f
#define GERUND_AS_NOUN 0.05f
#define COMPARED 0.2f  /* of an adjective's count, in -er and in -est */
#define UNSEEN 0.3f    /* what a sense counts that was never met */
#define MOST_UNSEEN 5u /* of a lemma */
#define SELDOM 0.03f
#define OFTEN 0.25f
#define MOSTLY 0.65f

struct lemma {
    const char *word;
    uint32_t length, n_senses[N_PARTS];
    float counts[N_PARTS];
};

struct lexicon {
    const uint16_t *slots;
    uint8_t *parts;
    struct lemma *lemmas; /* by word */
    uint32_t n, room;
};

static int compare(const char *a, uint32_t n, const char *b, uint32_t m)
{
    int order = memcmp(a, b, n < m ? n : m);

    return order ? order : n < m ? -1 : n > m;
}

static int by_word(const void *a, const void *b)
{
    const struct lemma *x = a, *y = b;

    return compare(x->word, x->length, y->word, y->length);
}

static const struct lemma *find(const struct lexicon *l, const char *word, uint32_t length)
{
    struct lemma wanted = { .word = word, .length = length };

    return l->n > 0 ? bsearch(&wanted, l->lemmas, l->n, sizeof wanted, by_word) : NULL;
}

/* A line of index.sense: "lemma%1:02:03:: offset sense count"; the digit is the part of speech, 5 an adjective like another. */
static void read_sense(struct lexicon *l, const char *line, uint32_t length, unsigned number, const char *file)
{
    static const uint8_t parts[] = { 0, PART_NOUN, PART_VERB, PART_ADJECTIVE, PART_ADVERB, PART_ADJECTIVE };
    const char *percent = memchr(line, '%', length), *last = line + length;
    struct lemma *lemma = l->n > 0 ? &l->lemmas[l->n - 1] : NULL;

    while (last > line && last[-1] >= '0' && last[-1] <= '9')
        last--;
    if (!percent || percent + 1 >= last || percent[1] < '1' || percent[1] > '5' || last == line + length ||
        last[-1] != ' ')
        trainer_fail("%s:%u: is no line of WordNet's index.sense: it has no part of speech or no count", file, number);
    uint32_t n = (uint32_t)(percent - line), part = parts[percent[1] - '0'];
    if (!lemma || compare(lemma->word, lemma->length, line, n) != 0) {
        if (l->n == l->room)
            l->lemmas = trainer_grow(l->lemmas, (l->room = 2 * l->room + 1024) * sizeof *l->lemmas);
        lemma = &l->lemmas[l->n++];
        *lemma = (struct lemma) { .word = line, .length = n };
    }
    lemma->counts[part] += (float)strtoul(last, NULL, 10);
    if (lemma->n_senses[part]++ < MOST_UNSEEN)
        lemma->counts[part] += UNSEEN;
}

static void add_part(const struct lexicon *l, float *counts, enum model_part to, const char *word, uint32_t length,
                     enum model_part from, float share)
{
    const struct lemma *lemma = find(l, word, length);

    counts[to] += lemma ? share * lemma->counts[from] : 0;
}

/* The lemma of which the word, without its last `n_off` letters, is a form: as it is, with an e, or with its last letter once. */
static void add_stems(const struct lexicon *l, float *counts, enum model_part to, const char *word, uint32_t length,
                      uint32_t n_off, enum model_part from, float share)
{
    char stem[BACKGROUND_LONGEST + 1];
    uint32_t n = length - n_off;

    memcpy(stem, word, n);
    add_part(l, counts, to, stem, n, from, share);
    stem[n] = 'e';
    add_part(l, counts, to, stem, n + 1, from, share);
    if (stem[n - 1] == stem[n - 2])
        add_part(l, counts, to, stem, n - 1, from, share);
    if (stem[n - 1] == 'i') {
        stem[n - 1] = 'y';
        add_part(l, counts, to, stem, n, from, share);
    }
}

static int ends_with(const char *word, uint32_t length, const char *ending)
{
    size_t n = strlen(ending);

    return length >= n + 3 && memcmp(word + length - n, ending, n) == 0;
}

static void count_forms(const struct lexicon *l, const char *word, uint32_t length, float *counts)
{
    static const float own[N_PARTS] = { 1, BARE, 1, 1 };

    for (uint32_t part = 0; part < N_PARTS; part++)
        add_part(l, counts, part, word, length, part, own[part]);
    if (ends_with(word, length, "s"))
        for (uint32_t off = 1; off <= 2; off++) {
            add_part(l, counts, PART_NOUN, word, length - off, PART_NOUN, 1);
            add_part(l, counts, PART_VERB, word, length - off, PART_VERB, BARE);
        }
    if (ends_with(word, length, "ies")) {
        add_stems(l, counts, PART_NOUN, word, length, 2, PART_NOUN, 1);
        add_stems(l, counts, PART_VERB, word, length, 2, PART_VERB, BARE);
    }
    if (ends_with(word, length, "ed"))
        add_stems(l, counts, PART_VERB, word, length, 2, PART_VERB, PAST);
    if (ends_with(word, length, "ing")) {
        add_stems(l, counts, PART_VERB, word, length, 3, PART_VERB, GERUND);
        add_stems(l, counts, PART_NOUN, word, length, 3, PART_VERB, GERUND_AS_NOUN);
    }
    if (ends_with(word, length, "er"))
        add_stems(l, counts, PART_ADJECTIVE, word, length, 2, PART_ADJECTIVE, COMPARED);
    if (ends_with(word, length, "est"))
        add_stems(l, counts, PART_ADJECTIVE, word, length, 3, PART_ADJECTIVE, COMPARED);
}

static uint8_t parts_of(const float *counts)
{
    float sum = 0;
    uint8_t byte = 0;

    for (uint32_t part = 0; part < N_PARTS; part++)
        sum += counts[part];
    for (uint32_t part = 0; part < N_PARTS && sum > 0; part++) {
        float share = counts[part] / sum;
        uint32_t bits = share < SELDOM ? 0 : share < OFTEN ? 1 : share < MOSTLY ? 2 : 3;
        byte = (uint8_t)(byte | bits << 2 * part);
    }
    return byte;
}

/* Into the word's slot, if the slot is a content word's and still empty: a word's commonest form comes first. */
static void put(const struct lexicon *l, const char *word, uint32_t length, const float *counts)
{
    uint32_t slot = background_find(l->slots, word, length);

    if (slot < BACKGROUND_SLOTS && (l->slots[slot] & 15) != 0 && l->parts[slot] == 0)
        l->parts[slot] = parts_of(counts);
}

static void take_word(void *data, const char *word, uint32_t length, uint32_t rank)
{
    float counts[N_PARTS] = { 0 };

    (void)rank;
    count_forms(data, word, length, counts);
    put(data, word, length, counts);
}

static uint32_t class_of(const char *name, uint32_t length)
{
    static const char *const names[] = {
#define X(name, word) [CONTEXT_##name] = word,
        MODEL_CONTEXTS(X)
#undef X
    };

    for (uint32_t i = CONTEXT_OTHER + 1; i < sizeof names / sizeof names[0]; i++)
        if (compare(names[i], (uint32_t)strlen(names[i]), name, length) == 0)
            return i;
    return length == 6 && memcmp(name, "number", 6) == 0 ? MODEL_PART_NUMBER
           : length == 4 && memcmp(name, "time", 4) == 0 ? MODEL_PART_TIME
                                                         : 0;
}

/* The next word of the text from *at on, before `end`; 0 bytes when there is none. */
static uint32_t next_word(const char *text, size_t *at, size_t end, const char **word)
{
    while (*at < end && text[*at] == ' ')
        (*at)++;
    *word = text + *at;
    while (*at < end && text[*at] != ' ')
        (*at)++;
    return (uint32_t)(text + *at - *word);
}

/* "bite bit bitten …": what is no verb of WordNet's is a form of the last that is. */
static void read_irregular(const struct lexicon *l, const char *text, size_t at, size_t end)
{
    const struct lemma *verb = NULL;
    const char *word;

    for (uint32_t n; (n = next_word(text, &at, end, &word)) > 0;) {
        const struct lemma *lemma = find(l, word, n);
        float counts[N_PARTS] = { 0 };
        if (lemma && lemma->counts[PART_VERB] > 0) {
            verb = lemma;
            continue;
        }
        count_forms(l, word, n, counts);
        counts[PART_VERB] += verb ? PAST * verb->counts[PART_VERB] : 0;
        put(l, word, n, counts);
    }
}

static void read_class(const struct lexicon *l, const char *file, const char *text, size_t at, size_t end)
{
    const char *name, *word;
    uint32_t n = next_word(text, &at, end, &name), class;

    if (n == 9 && memcmp(name, "irregular", 9) == 0) {
        read_irregular(l, text, at, end);
        return;
    }
    if ((class = class_of(name, n)) == 0)
        trainer_fail("%s: '%.*s' is no class of words", file, (int)n, name);
    while ((n = next_word(text, &at, end, &word)) > 0) {
        uint32_t slot = background_find(l->slots, word, n);
        /* what is a function word here and a content word there is neither */
        if (slot < BACKGROUND_SLOTS && ((l->slots[slot] & 15) == 0) == (class < N_CONTEXTS))
            l->parts[slot] = (uint8_t) class;
    }
}

void lexicon_read(uint8_t *parts, const uint16_t *slots, const char *words_file, const char *wordnet_file,
                  const char *parts_file)
{
    struct lexicon l = { .slots = slots, .parts = parts };
    char *senses = NULL, *text;
    size_t length = 0;

    memset(parts, 0, BACKGROUND_SLOTS);
    if (wordnet_file)
        senses = trainer_need(wordnet_file, &length);
    unsigned number = 1;
    for (size_t at = 0, end; at < length; at = end + 1, number++) {
        for (end = at; end < length && senses[end] != '\n'; end++)
            ;
        read_sense(&l, senses + at, (uint32_t)(end - at), number, wordnet_file);
    }
    if (l.n > 0)
        qsort(l.lemmas, l.n, sizeof *l.lemmas, by_word);
    text = trainer_need(parts_file, &length);
    for (int classes = 0; classes < 2;
         classes++) { /* irregular forms, which shares would be guessed of, come before all */
        for (size_t at = 0, end; at < length; at = end + 1) {
            for (end = at; end < length && text[end] != '\n'; end++)
                ;
            int is_irregular = end - at > 10 && memcmp(text + at, "irregular ", 10) == 0;
            if (end > at && text[at] != '#' && is_irregular != classes)
                read_class(&l, parts_file, text, at, end);
        }
        if (classes == 0)
            background_walk(words_file, take_word, &l);
    }
    free(text);
    free(senses);
    free(l.lemmas);
}
