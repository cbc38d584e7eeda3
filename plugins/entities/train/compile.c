/* compile.c: see compile.h. */
#include "plugins/entities/train/compile.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "plugins/entities/names/knowledge.h"
#include "plugins/entities/train/vectors.h"
#include "plugins/lib/train/trainer.h"
#include "plugins/segmenter/tokens.h"

/* Keys and values in the order in which they came; a key that comes again joins its bits. */
struct pairs {
    struct knowledge_slot *all;
    uint32_t n, room;
    uint32_t *table, mask;
};

static void pairs_rehash(struct pairs *p)
{
    p->mask = p->table ? p->mask * 2 + 1 : (1u << 16) - 1;
    p->table = trainer_grow(p->table, (p->mask + 1ull) * sizeof *p->table);
    memset(p->table, 0, (p->mask + 1ull) * sizeof *p->table);
    for (uint32_t i = 0; i < p->n; i++) {
        uint32_t at = p->all[i].key & p->mask;
        while (p->table[at])
            at = (at + 1) & p->mask;
        p->table[at] = i + 1;
    }
}

static void pairs_add(struct pairs *p, uint64_t hash, uint32_t value)
{
    uint32_t key = (uint32_t)(hash >> 32);

    if (key == 0)
        return;
    if (!p->table || p->n * 2 > p->mask)
        pairs_rehash(p);
    uint32_t at = key & p->mask;
    while (p->table[at] && p->all[p->table[at] - 1].key != key)
        at = (at + 1) & p->mask;
    if (!p->table[at]) {
        if (p->n == p->room)
            p->all = trainer_grow(p->all, (p->room = p->room ? p->room * 2 : 1024) * sizeof *p->all);
        p->all[p->n] = (struct knowledge_slot) { key, 0 };
        p->table[at] = ++p->n;
    }
    p->all[p->table[at] - 1].value |= value;
}

/* 1 the 64 most frequent words, then one more for each doubling. */
static uint32_t rank_of(uint32_t i)
{
    uint32_t rank = 1;

    for (; i >= 64; i /= 2)
        rank++;
    return rank > 15 ? 15 : rank;
}

static void add_words(struct pairs *words, const struct vectors *v, const struct clusters *clusters)
{
    for (uint32_t i = 0; i < v->n; i++)
        pairs_add(words, hash_bytes(v->words[i], strlen(v->words[i])), rank_of(i) | (uint32_t)clusters->of[i] << 4);
}

/* How much of a text each coarse cluster is, by Zipf's law: half as much with each rank. Sums of halves are exact, so that they are the
 * same everywhere. */
static uint32_t share_topics(float *shares, const struct vectors *v, const struct clusters *clusters)
{
    uint32_t n = 0;
    float all = 0;

    memset(shares, 0, TOPICS_MOST * sizeof *shares);
    for (uint32_t i = 0; i < v->n; i++) {
        uint32_t rank = rank_of(i), topic = clusters->rows[clusters->of[i]][TOPIC_CLUSTERING];
        if (rank < TOPIC_RANK || topic >= TOPICS_MOST)
            continue;
        n = topic + 1 > n ? topic + 1 : n;
        shares[topic] += 1.0f / (float)(1u << rank);
        all += 1.0f / (float)(1u << rank);
    }
    for (uint32_t topic = 0; topic < n; topic++)
        shares[topic] /= all;
    return n;
}

/* ---- Names ------------------------------------------------------------------------------------------------------------- */

static void *take(void *data, uint64_t bytes)
{
    (void)data;
    return trainer_alloc(bytes);
}

static int go_on(void *data)
{
    (void)data;
    return 0;
}

/* A name that is written in two ways says so; else how it is written is a byte of the value. */
static void add_writing(struct pairs *phrases, uint64_t hash, uint32_t writing)
{
    uint32_t key = (uint32_t)(hash >> 32), at = key & phrases->mask;

    if (key == 0)
        return;
    while (phrases->all[phrases->table[at] - 1].key != key)
        at = (at + 1) & phrases->mask;
    uint32_t *value = &phrases->all[phrases->table[at] - 1].value;
    if (*value >> PHRASE_WRITING != 0 && *value >> PHRASE_WRITING != writing)
        *value |= PHRASE_WRITINGS;
    else
        *value |= writing << PHRASE_WRITING;
}

static void add_phrase(struct pairs *phrases, const char *name, const struct segments *s, uint32_t kind,
                       const uint32_t *marks)
{
    uint64_t hash = 0, writing = 0;

    if (s->n_tokens > PHRASE_LONGEST)
        return;
    for (uint32_t i = 0; i < s->n_tokens; i++) {
        struct name_word word;
        word_read(&word, name + s->tokens[i].start, s->tokens[i].end - s->tokens[i].start);
        hash = knowledge_phrase_add(hash, &word);
        writing = knowledge_writing_add(writing, &word);
        pairs_add(phrases, hash, i + 1 < s->n_tokens ? PHRASE_GOES_ON : 1u << kind | (marks ? *marks : 0));
    }
    if (marks)
        add_writing(phrases, hash, knowledge_writing(writing));
}

/* `marks`: of a name that is known as a whole; NULL: each of its words tells something. */
static void add_name(struct pairs *words, struct pairs *phrases, const char *name, uint32_t kind, const uint32_t *marks)
{
    struct segments s = { .alloc = take, .should_stop = go_on };
    size_t length = strlen(name);

    segment_tokens(&s, name, (uint32_t)length);
    if (s.n_tokens == 1 && !(marks && *marks & PHRASE_PLAIN)) {
        char lower[128];
        size_t n = word_lower(name, length, lower, sizeof lower);
        pairs_add(words, hash_bytes(lower, n), 1u << (16 + kind));
    }
    if (s.n_tokens > 1 || marks)
        add_phrase(phrases, name, &s, kind, marks);
    free(s.tokens);
    free(s.kinds);
}

/* The marks of a name, by their words; NULL when there is no third column. */
static const uint32_t *read_marks(char *column, uint32_t *marks, const char *file, unsigned number)
{
    *marks = 0;
    for (char *at = column, *word; column && (word = strsep(&at, " "));) {
        if (strcmp(word, "plain") == 0)
            *marks |= PHRASE_PLAIN;
        else if (strcmp(word, "famous") == 0)
            *marks |= PHRASE_FAMOUS;
        else if (*word)
            trainer_fail("%s:%u: there is no mark '%s' of names; there are 'plain' and 'famous'", file, number, word);
    }
    return column ? marks : NULL;
}

static void read_names(const char *file, struct pairs *words, struct pairs *phrases)
{
    static const char *const labels[] = {
#define X(name, label) label,
        NAME_KINDS(X)
#undef X
    };
    FILE *in = fopen(file, "r");
    char line[512];

    if (!in)
        trainer_fail("%s: cannot be read: %s", file, strerror(errno));
    for (unsigned number = 1; fgets(line, sizeof line, in); number++) {
        char *tab = strchr(line, '\t');
        char *third = tab ? strchr(tab + 1, '\t') : NULL;
        uint32_t kind = 0, marks;
        line[strcspn(line, "\n")] = 0;
        if (!tab)
            trainer_fail("%s:%u: expected a name and its kind, with a tab between", file, number);
        *tab++ = 0;
        if (third)
            *third++ = 0;
        while (kind < N_NAME_KINDS && strcmp(labels[kind], tab) != 0)
            kind++;
        if (kind == N_NAME_KINDS)
            trainer_fail("%s:%u: there is no kind '%s' of names", file, number, tab);
        add_name(words, phrases, line, kind, read_marks(third, &marks, file, number));
    }
    fclose(in);
}

/* ---- Bytes ------------------------------------------------------------------------------------------------------------- */

static uint32_t n_slots(const struct pairs *p)
{
    return p->n + p->n / 4 + 64;
}

static int by_key(const void *a, const void *b)
{
    uint32_t x = ((const struct knowledge_slot *)a)->key, y = ((const struct knowledge_slot *)b)->key;

    return x < y ? -1 : x > y;
}

/* The smallest key first: see knowledge.h. */
static void put_slots(struct knowledge_slot *slots, uint32_t n, const struct pairs *p)
{
    memset(slots, 0, n * sizeof *slots);
    if (p->n > 0)
        qsort(p->all, p->n, sizeof *p->all, by_key);
    for (uint32_t i = 0; i < p->n; i++) {
        uint32_t at = knowledge_slot_of(p->all[i].key, n);
        while (slots[at].key)
            at = at + 1 < n ? at + 1 : 0;
        slots[at] = p->all[i];
    }
}

void *compile_knowledge(const char *vectors_file, const char *names_file, size_t *length)
{
    struct pairs words = { 0 }, phrases = { 0 };
    struct vectors vectors;
    struct clusters clusters;

    vectors_read(&vectors, vectors_file);
    clusters_make(&clusters, &vectors);
    add_words(&words, &vectors, &clusters);
    read_names(names_file, &words, &phrases);
    float shares[TOPICS_MOST];
    struct knowledge_head head = { n_slots(&words), n_slots(&phrases), clusters.n,
                                   share_topics(shares, &vectors, &clusters) };
    size_t n_rows = clusters.n * sizeof *clusters.rows, n_rows_even = (n_rows + 7) & ~(size_t)7;
    size_t n_shares = head.n_topics * sizeof *shares;
    *length =
        sizeof head + n_rows_even + n_shares + ((size_t)head.n_words + head.n_phrases) * sizeof(struct knowledge_slot);
    char *bytes = trainer_alloc(*length), *at = bytes;
    memset(bytes, 0, *length);
    memcpy(at, &head, sizeof head);
    memcpy(at += sizeof head, clusters.rows, n_rows);
    memcpy(at += n_rows_even, shares, n_shares);
    put_slots((struct knowledge_slot *)(void *)(at += n_shares), head.n_words, &words);
    put_slots((struct knowledge_slot *)(void *)(at + head.n_words * sizeof(struct knowledge_slot)), head.n_phrases,
              &phrases);
    printf("%u words, %u phrases, %zu bytes\n", words.n, phrases.n, *length);
    return bytes;
}
