/* keyphrases.c: see keyphrases.h. Candidates are runs of up to four content words that no mark and no function word parts (RAKE, Rose
 * et al. 2010, "Automatic keyword extraction from individual documents"); a phrase counts as often as it stands for itself and not in
 * a longer one (C-value, Frantzi et al. 2000, "Automatic recognition of multi-word terms"), and by how rare its words are in
 * English. */
#include "plugins/summarizer/keyphrases.h"

#include <string.h>

#include "plugins/lib/character.h"
#include "plugins/summarizer/fold.h"

#define LONGEST 4u
#define LONGEST_PROBE 64u
#define MOST_SLOTS (1u << 18) /* 8 MiB; what a longer text has more of, the rarest, is not counted */
#define LONGEST_FULL_PROBE 8u /* where there are not enough */
#define LEAST_WEIGHT 0.25f    /* of a word that may stand in a phrase */
#define NAME_BONUS 1.3f       /* for what is written with capitals */

struct phrase {
    uint64_t key; /* 0: free */
    uint32_t first_token, n_words;
    uint32_t count, inside; /* inside: of the longer phrase around it that stands most often */
    float weight;
};

struct phrases {
    struct phrase *slots;
    uint32_t mask, longest_probe;
};

/* A word of a phrase; the numbers of years and amounts are none. */
static int is_part(const struct document *d, uint32_t token)
{
    uint32_t word = d->token_words[token];

    return word != NO_WORD && d->kinds[token] == TEXTD_TOKEN_WORD && d->words[word].weight >= LEAST_WEIGHT &&
           d->tokens[token].end - d->tokens[token].start > 1;
}

/* Whether two neighbours are one blank apart, or joined. */
static int is_joined(const struct document *d, uint32_t token)
{
    uint32_t end = d->tokens[token - 1].end, start = d->tokens[token].start;

    return start == end || (start == end + 1 && d->text[end] == ' ');
}

static struct phrase *find(struct phrases *p, uint64_t key)
{
    for (uint32_t i = 0; i < p->longest_probe; i++) {
        struct phrase *slot = &p->slots[((uint32_t)(key >> 32) + i) & p->mask];
        if (slot->key == key || slot->key == 0)
            return slot;
    }
    return NULL;
}

/* Counts the phrase of `n` words that ends with the token. */
static struct phrase *count(const struct document *d, struct phrases *p, uint32_t first, uint32_t n)
{
    uint64_t key = n;
    float weight = 0;

    for (uint32_t i = first; i < first + n; i++) {
        key = fold_mix(key, d->words[d->token_words[i]].key);
        weight += d->words[d->token_words[i]].weight;
    }
    struct phrase *phrase = find(p, key ? key : 1);
    if (!phrase)
        return NULL;
    if (phrase->key == 0) {
        *phrase = (struct phrase) { .key = key ? key : 1, .first_token = first, .n_words = n, .weight = weight };
        if (char_is_upper(d->text[d->tokens[first].start]) && char_is_upper(d->text[d->tokens[first + n - 1].start]) &&
            (n > 1 || first > 0))
            phrase->weight *= NAME_BONUS;
    }
    phrase->count++;
    return phrase;
}

static int32_t count_all(struct document *d, struct phrases *p)
{
    uint32_t run = 0; /* words of the run that ends here */

    for (uint32_t s = 0; s < d->n_sentences; s++) {
        if (d->sentences[s].flags & SENTENCE_BOILERPLATE)
            continue;
        run = 0;
        for (uint32_t i = d->sentences[s].first_token; i < d->sentences[s].end_token; i++) {
            if (i % STOP_EVERY == 0 && d->should_stop(d->data))
                return TEXTD_STOPPED;
            if (!is_part(d, i)) {
                run = 0;
                continue;
            }
            run = run > 0 && is_joined(d, i) ? run + 1 : 1;
            for (uint32_t n = 1; n <= run && n <= LONGEST; n++)
                (void)count(d, p, i + 1 - n, n);
        }
    }
    return TEXTD_OK;
}

/* Takes what stands in a longer phrase off the shorter ones in it. */
static void count_inside(const struct document *d, struct phrases *p)
{
    for (uint32_t at = 0; at <= p->mask; at++) {
        const struct phrase *longer = &p->slots[at];
        if (longer->key == 0 || longer->n_words < 2 || longer->count < 2)
            continue;
        for (uint32_t n = 1; n < longer->n_words; n++)
            for (uint32_t first = longer->first_token; first + n <= longer->first_token + longer->n_words; first++) {
                uint64_t key = n;
                for (uint32_t i = first; i < first + n; i++)
                    key = fold_mix(key, d->words[d->token_words[i]].key);
                struct phrase *part = find(p, key ? key : 1);
                if (part && part->key != 0 && part->inside < longer->count)
                    part->inside = longer->count;
            }
    }
}

static float score_of(const struct phrase *p)
{
    static const float length[] = { 0, 1.0f, 1.6f, 1.7f, 1.6f }; /* two words say best what something is about */
    float own = (float)p->count - 0.9f * (float)p->inside;

    return own * p->weight / (float)p->n_words * length[p->n_words] * (p->count > 1 ? 1.0f : 0.6f);
}

/* Whether it has all its words in one that was taken, or the other way round. */
static int is_told(const struct document *d, const struct phrase *p, const struct phrase *taken)
{
    uint32_t common = 0;

    for (uint32_t i = 0; i < p->n_words; i++)
        for (uint32_t k = 0; k < taken->n_words; k++)
            common += d->token_words[p->first_token + i] == d->token_words[taken->first_token + k];
    return common >= p->n_words || common >= taken->n_words;
}

/* A heap with its worst at 0; of equals the later one is worse. */
struct best {
    struct phrase *all;
    float *scores;
    uint32_t n, room;
};

static int is_worse(const struct best *b, uint32_t x, uint32_t y)
{
    return b->scores[x] < b->scores[y] ||
           (b->scores[x] == b->scores[y] && b->all[x].first_token > b->all[y].first_token);
}

static void swap(struct best *b, uint32_t x, uint32_t y)
{
    struct phrase p = b->all[x];
    float s = b->scores[x];

    b->all[x] = b->all[y];
    b->scores[x] = b->scores[y];
    b->all[y] = p;
    b->scores[y] = s;
}

static void sink(struct best *b, uint32_t at, uint32_t n)
{
    for (uint32_t child; (child = 2 * at + 1) < n; at = child) {
        child += child + 1 < n && is_worse(b, child + 1, child);
        if (!is_worse(b, child, at))
            return;
        swap(b, at, child);
    }
}

static void offer(struct best *b, const struct phrase *p)
{
    if (b->n == b->room) {
        /* one place is kept free for the newcomer */
        b->all[b->room] = *p;
        b->scores[b->room] = score_of(p);
        if (!is_worse(b, 0, b->room))
            return;
        swap(b, 0, b->room);
        sink(b, 0, b->n);
        return;
    }
    b->all[b->n] = *p;
    b->scores[b->n++] = score_of(p);
    for (uint32_t i = b->n / 2; b->n == b->room && i > 0; i--)
        sink(b, i - 1, b->n);
}

/* The best first. */
static void sort(struct best *b)
{
    for (uint32_t i = b->n / 2; i > 0; i--)
        sink(b, i - 1, b->n);
    for (uint32_t end = b->n; end > 1; end--) {
        swap(b, 0, end - 1);
        sink(b, 0, end - 1);
    }
}

static uint32_t take(const struct document *d, const struct best *b, uint32_t most, struct keyphrase *out)
{
    uint32_t n = 0, taken[100];

    for (uint32_t i = 0; i < b->n && n < most && n < sizeof taken / sizeof taken[0]; i++) {
        int told = 0;
        for (uint32_t k = 0; k < n && !told; k++)
            told = is_told(d, &b->all[i], &b->all[taken[k]]);
        if (told || b->scores[i] <= 0)
            continue;
        const struct phrase *p = &b->all[i];
        taken[n] = i;
        out[n++] = (struct keyphrase) {
            .span = { d->tokens[p->first_token].start, d->tokens[p->first_token + p->n_words - 1].end },
            .count = p->count,
            .score = b->scores[i] / b->scores[0],
        };
    }
    return n;
}

int32_t keyphrases_find(struct document *d, uint32_t most, struct keyphrase **phrases, uint32_t *n)
{
    struct phrases p = { .mask = 255 };
    struct best best = { .room = 4 * most + 16 };
    uint64_t words = 0;

    for (uint32_t i = 0; i < d->n_tokens; i++)
        words += is_part(d, i);
    while (p.mask < 2 * LONGEST * words && p.mask < MOST_SLOTS - 1)
        p.mask = 2 * p.mask + 1;
    p.longest_probe = p.mask < 2 * LONGEST * words ? LONGEST_FULL_PROBE : LONGEST_PROBE;
    p.slots = d->alloc(d->data, ((uint64_t)p.mask + 1) * sizeof *p.slots);
    best.all = d->alloc(d->data, ((uint64_t)best.room + 1) * sizeof *best.all);
    best.scores = d->alloc(d->data, ((uint64_t)best.room + 1) * sizeof *best.scores);
    *phrases = d->alloc(d->data, ((uint64_t)most + 1) * sizeof **phrases);
    *n = 0;
    if (!p.slots || !best.all || !best.scores || !*phrases)
        return TEXTD_NO_MEMORY;
    memset(p.slots, 0, ((uint64_t)p.mask + 1) * sizeof *p.slots);
    int32_t rc = count_all(d, &p);
    if (rc != TEXTD_OK)
        return rc;
    count_inside(d, &p);
    for (uint32_t at = 0; at <= p.mask; at++)
        if (p.slots[at].key != 0)
            offer(&best, &p.slots[at]);
    sort(&best);
    *n = take(d, &best, most, *phrases);
    return TEXTD_OK;
}
