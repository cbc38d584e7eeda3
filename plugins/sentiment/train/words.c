/* words.c: the table of words before anything is learned: what the lexicons and the vectors know. */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "plugins/sentiment/train/train.h"

#define VECTORS 50000u /* of the commonest words */

static const char *const roles[N_ROLES] = {
    [ROLE_NONE] = "plain",    [ROLE_NEGATION] = "not", [ROLE_MORE] = "more", [ROLE_LESS] = "less",
    [ROLE_UNREAL] = "unreal", [ROLE_CONTRAST] = "but", [ROLE_UP] = "up",     [ROLE_DOWN] = "down",
    [ROLE_GAIN] = "gain",     [ROLE_COST] = "cost",
};

uint32_t table_add(struct table *t, uint64_t hash, uint8_t flags)
{
    const struct entry *found = words_find(&t->model.words, hash);
    uint32_t slot = found ? (uint32_t)(found - t->entries) : 0;

    if (!found) {
        if (t->n == MOST_WORDS)
            trainer_fail("there are more than %u words", MOST_WORDS);
        slot = t->n++;
        words_add(&t->model.words, t->buckets, hash, slot);
        t->hashes[slot] = hash;
    }
    t->entries[slot].flags |= flags;
    return slot;
}

uint32_t table_add_phrase(struct table *t, uint64_t hash, uint8_t flags)
{
    uint32_t slot = table_add(t, hash, flags);

    t->phrases[phrase_bit(hash) / 64] |= 1ull << phrase_bit(hash) % 64;
    t->is_phrase[slot] = true;
    return slot;
}

bool table_is_degree(const struct entry *entry)
{
    uint8_t role = entry->flags & ENTRY_ROLE;

    return (role == ROLE_MORE || role == ROLE_LESS) && entry->valence == 0;
}

static float *known_of(struct table *t, uint32_t slot)
{
    if (t->rows[slot] == 0) {
        t->known = trainer_grow(t->known, (t->n_known + 1) * sizeof *t->known);
        memset(t->known[t->n_known], 0, sizeof *t->known);
        t->rows[slot] = ++t->n_known;
    }
    return t->known[t->rows[slot] - 1];
}

/* The slot of a word or a phrase, each beginning of which is marked. */
static uint32_t add_phrase(struct table *t, const char *words)
{
    uint64_t hash = 0;

    for (const char *word = words;;) {
        uint32_t length = (uint32_t)strcspn(word, " ");
        uint64_t own = word_hash(word, length, length);
        hash = word == words ? own : word_join(hash, own);
        uint8_t flags = word[length] ? ENTRY_GOES_ON : 0;
        uint32_t slot = word == words ? table_add(t, hash, flags) : table_add_phrase(t, hash, flags);
        if (!word[length])
            return slot;
        word += length + 1;
    }
}

static int has_letters_only(const char *word)
{
    for (const unsigned char *p = (const unsigned char *)word; *p; p++)
        if (!((*p | 0x20) >= 'a' && (*p | 0x20) <= 'z') && *p != ' ' && *p != '-' && *p != '\'')
            return 0;
    return 1;
}

/* Signs are looked up as they are written, words in any case; "xD" and "<3" may be taken for either. */
static void for_each_slot(struct table *t, const char *word,
                          void (*set)(struct table *, uint32_t slot, float value, int column), float value, int column)
{
    if (*word == 0 || strlen(word) > WORD_MOST_BYTES)
        return;
    set(t, add_phrase(t, word), value, column);
    if (!has_letters_only(word) && !strchr(word, ' '))
        set(t, table_add(t, word_sign_hash(word, (uint32_t)strlen(word)), 0), value, column);
}

static void set_valence(struct table *t, uint32_t slot, float valence, int column)
{
    float *known = known_of(t, slot), *two = known + VECTOR_DIMENSIONS + 2 * column;

    two[0] = valence > 0 ? valence / 4 : 0;
    two[1] = valence < 0 ? valence / 4 : 0;
}

void list_read(const char *file, bool has_comments, void (*take)(void *data, const char *word, const char *value),
               void *data)
{
    FILE *in = fopen(file, "r");
    char *line = NULL, *tab;
    size_t room = 0;

    if (!in)
        trainer_fail("%s: cannot be opened: %s", file, strerror(errno));
    while (getline(&line, &room, in) > 0) {
        line[strcspn(line, "\r\n")] = 0;
        tab = strchr(line, '\t');
        if (!tab || (has_comments && *line == '#'))
            continue;
        *tab = 0;
        tab[1 + strcspn(tab + 1, "\t")] = 0;
        take(data, line, tab + 1);
    }
    free(line);
    fclose(in);
}

static void take_vader(void *data, const char *word, const char *value)
{
    struct table *t = data;

    for_each_slot(t, word, set_valence, strtof(value, NULL), 0);
}

static void take_own(void *data, const char *word, const char *value)
{
    struct table *t = data;

    for_each_slot(t, word, set_valence, strtof(value, NULL), 1);
    if (strchr(word, ' '))
        t->entries[add_phrase(t, word)].flags |= ENTRY_SPEAKS;
}

static void take_role(void *data, const char *word, const char *value)
{
    struct table *t = data;
    uint32_t slot = add_phrase(t, word);

    for (int role = 0; role < N_ROLES; role++)
        if (strcmp(value, roles[role]) == 0) {
            t->entries[slot].flags |= (uint8_t)(role | (strchr(word, ' ') ? ENTRY_SPEAKS : 0));
            return;
        }
    trainer_fail("roles.txt: '%s' has the role '%s', which is none", word, value);
}

static void take_vector(void *data, const char *word, const float *vector)
{
    struct table *t = data;
    uint32_t length = (uint32_t)strlen(word);

    if (length == 0 || length > WORD_MOST_BYTES)
        return;
    memcpy(known_of(t, table_add(t, word_hash(word, length, length), 0)), vector, VECTOR_DIMENSIONS * sizeof *vector);
    if (strcmp(word, "not") == 0) /* the vectors know no "n't" */
        memcpy(known_of(t, table_add(t, word_hash("n't", 3, 3), 0)), vector, VECTOR_DIMENSIONS * sizeof *vector);
}

/* A quarter of a valence in VALENCE_UNIT. */
static int8_t in_units(float quarter)
{
    float valence = quarter * 4 / VALENCE_UNIT;

    valence = valence > 127 ? 127 : valence < -127 ? -127 : valence;
    return (int8_t)(valence < 0 ? valence - 0.5f : valence + 0.5f);
}

/* To the rules a word has the mean of what the two lexicons say; a negation says nothing itself. */
static void settle_valence(struct table *t, uint32_t slot)
{
    const float *known = t->known[t->rows[slot] - 1] + VECTOR_DIMENSIONS;
    float a = known[0] + known[1], b = known[2] + known[3];

    t->entries[slot].rated = in_units(a);
    if ((t->entries[slot].flags & ENTRY_ROLE) != ROLE_NEGATION)
        t->entries[slot].valence = in_units(a != 0 && b != 0 ? (a + b) / 2 : a + b);
}

static void add_stand_ins(struct table *t)
{
    static const char *const names[] = {
#define X(name, word) word,
        STAND_INS(X)
#undef X
    };

    for (int i = 0; i < N_STAND_INS; i++)
        table_add(t, word_sign_hash(names[i], (uint32_t)strlen(names[i])), 0);
}

static void read_own(struct table *t, const char *folder, const char *name,
                     void (*take)(void *data, const char *word, const char *value))
{
    char file[1000];

    snprintf(file, sizeof file, "%s/%s", folder, name);
    list_read(file, true, take, t);
}

void table_read(struct table *t, const char *lexicon, const char *vader, const char *vectors)
{
    memset(t, 0, sizeof *t);
    t->model.words = (struct words) { .buckets = t->buckets,
                                      .entries = t->entries,
                                      .denied = (const uint8_t(*)[N_GENRES])t->denied,
                                      .n_buckets = SENTIMENT_MODEL_MOST_BUCKETS,
                                      .n_entries = MOST_WORDS };
    add_stand_ins(t);
    list_read(vader, false, take_vader, t);
    read_own(t, lexicon, "valence.txt", take_own);
    read_own(t, lexicon, "symbols.txt", take_own);
    read_own(t, lexicon, "roles.txt", take_role);
    vectors_read(vectors, VECTORS, take_vector, t);
    for (uint32_t slot = 0; slot < t->n; slot++)
        if (t->rows[slot] > 0)
            settle_valence(t, slot);
}
