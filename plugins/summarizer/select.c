/* select.c: see select.h. Greedy choice of a submodular gain, a sentence's score less what it repeats (Lin and Bilmes 2011, "A
 * class of submodular functions for document summarization"), evaluated lazily (Minoux 1978): a sentence's gain only falls, so one
 * that is still the best after it was looked at again is the best. */
#include "plugins/summarizer/select.h"

#include <string.h>

#include "plugins/summarizer/rank.h"
#include "plugins/summarizer/same.h"

/* What a sentence loses when all that it says was said, in the scores' unit. */
#define REPETITION 0.5f

/* Only the best this many times as many as are wanted are looked at, and each so many times in the mean, so that the work is
 * bounded whatever the document is. */
#define CANDIDATES_EACH 8u
#define FEWEST_CANDIDATES 64u
#define LOOKS_EACH 16u
#define COMPARISONS_EACH 64u
#define CLAIMS \
    256u /* picks whose claims are kept; of a longer summary the rest is only kept from repeating itself word for word */

/* The share of what a sentence says that may be missing in another one that says the same. */
#define CLAIM_REST 0.2f
#define LEAST_SHARED 0.25f /* of its words that were said, of one that may say the same in others */

struct candidate {
    uint32_t sentence, seen; /* seen: how many were picked when the gain was worked out */
    float gain, score;
};

/* The best sentences: a heap with its worst at 0 while it is filled, then with its best at 0. */
struct heap {
    struct candidate *all;
    uint32_t n;
    int (*goes_up)(const struct candidate *a, const struct candidate *b);
};

static int is_worse(const struct candidate *a, const struct candidate *b)
{
    return a->gain < b->gain || (a->gain == b->gain && a->sentence > b->sentence);
}

static int is_better(const struct candidate *a, const struct candidate *b)
{
    return is_worse(b, a);
}

static void sink(struct heap *h, uint32_t at)
{
    for (uint32_t child; (child = 2 * at + 1) < h->n; at = child) {
        child += child + 1 < h->n && h->goes_up(&h->all[child + 1], &h->all[child]);
        if (!h->goes_up(&h->all[child], &h->all[at]))
            return;
        struct candidate t = h->all[at];
        h->all[at] = h->all[child];
        h->all[child] = t;
    }
}

static void rebuild(struct heap *h)
{
    for (uint32_t i = h->n / 2; i > 0; i--)
        sink(h, i - 1);
}

/* How fit a sentence is: 2 for a summary, 1 while there is nothing better, 0 when there is nothing else. Of a table without text around it
 * what is above it and its first row stand for it. */
static int fitness(const struct document *d, uint32_t sentence, uint32_t first_row)
{
    const struct sentence *s = &d->sentences[sentence];
    int is_row = d->kind == DOCUMENT_TABLE && s->flags & SENTENCE_LINE;

    if (rank_is_fit(s))
        return 2;
    if (s->flags & SENTENCE_BOILERPLATE || (is_row && sentence != first_row) ||
        (d->kind == DOCUMENT_TABLE && sentence > first_row))
        return 0;
    return d->kind == DOCUMENT_TABLE || !(s->flags & SENTENCE_HEADING);
}

static uint32_t find_first_row(const struct document *d)
{
    uint32_t i = 0;

    while (i < d->n_sentences && !(d->sentences[i].flags & SENTENCE_LINE))
        i++;
    return i;
}

/* Keeps the `room` best of the fittest: what doesn't fit a budget is not made up for with headings and lines of the page. */
static void fill(struct heap *h, const struct document *d, uint32_t room, const float *scores)
{
    uint32_t first_row = d->kind == DOCUMENT_TABLE ? find_first_row(d) : 0;
    int least = 0;

    for (uint32_t i = 0; i < d->n_sentences && least < 2; i++) {
        int fit = fitness(d, i, first_row);
        least = fit > least ? fit : least;
    }
    h->goes_up = is_worse;
    for (uint32_t i = 0; i < d->n_sentences; i++) {
        if (fitness(d, i, first_row) < least)
            continue;
        struct candidate c = { .sentence = i, .gain = scores[i], .score = scores[i] };
        if (h->n < room) {
            h->all[h->n++] = c;
            if (h->n == room)
                rebuild(h);
        } else if (is_worse(&h->all[0], &c)) {
            h->all[0] = c;
            sink(h, 0);
        }
    }
    h->goes_up = is_better;
    rebuild(h);
}

/* The share of what the sentence says that was said by those picked: `said` has a mark a word. */
static float said_share(const struct document *d, uint32_t sentence, const uint8_t *said)
{
    const struct sentence *s = &d->sentences[sentence];
    float all = 0, common = 0;

    for (uint32_t i = 0; i < s->n_content; i++) {
        uint32_t word = d->content[s->content + i];
        all += d->words[word].weight;
        common += said[word] ? d->words[word].weight : 0;
    }
    return all > 0 ? common / all : 1;
}

static uint32_t count_chars(const struct document *d, uint32_t sentence)
{
    uint32_t n = 0;

    for (uint32_t i = d->spans[sentence].start; i < d->spans[sentence].end; i++)
        n += ((unsigned char)d->text[i] & 0xC0) != 0x80;
    return n;
}

/* What is picked so far. */
struct choice {
    struct document *d;
    const struct budget *budget;
    const float *scores;
    uint8_t *said;  /* a mark a word */
    uint8_t *taken; /* a mark a sentence */
    struct pick *picks;
    uint32_t n;
    uint64_t chars;
    struct claim *claims; /* of the first picks, as far as they were asked for */
    uint32_t claims_room, n_claims;
    uint64_t *texts; /* a table of the hashes of all picks' words; 0: free */
    uint32_t texts_mask;
    uint32_t first_named; /* the first pick in the text that names somebody */
    uint64_t comparisons; /* of claims that are left */
};

/* The claim of the i-th of the first picks, read when it is first asked for. */
static const struct claim *claim_of(struct choice *c, uint32_t i)
{
    if (i == c->n_claims)
        claim_read(c->d, c->picks[i].sentence, &c->claims[c->n_claims++]);
    return &c->claims[i];
}

/* Whether a pick says the same, in these words or in others; one that shares little with all that was said doesn't. */
static int was_said(struct choice *c, uint32_t sentence, uint64_t words)
{
    uint32_t n = c->n < c->claims_room ? c->n : c->claims_room;
    struct claim claim;

    for (uint32_t at = (uint32_t)(words >> 32) & c->texts_mask; c->texts[at] != 0; at = (at + 1) & c->texts_mask)
        if (c->texts[at] == words)
            return 1;
    if (c->budget->alone || n == 0 || said_share(c->d, sentence, c->said) < LEAST_SHARED)
        return 0;
    claim_read(c->d, sentence, &claim);
    for (uint32_t i = 0; i < n && c->comparisons > 0; i++, c->comparisons--)
        if (claim_is_same(&claim, claim_of(c, i), CLAIM_REST))
            return 1;
    return 0;
}

static void remember(struct choice *c, uint64_t words)
{
    uint32_t at = (uint32_t)(words >> 32) & c->texts_mask;

    while (c->texts[at] != 0)
        at = (at + 1) & c->texts_mask;
    c->texts[at] = words;
}

static void mark_said(struct choice *c, uint32_t sentence)
{
    const struct sentence *s = &c->d->sentences[sentence];

    for (uint32_t i = 0; i < s->n_content; i++)
        c->said[c->d->content[s->content + i]] = 1;
}

/* The sentences that must be picked with it. */
static void company_of(const struct choice *c, uint32_t sentence, uint32_t *first, uint32_t *last)
{
    const struct sentence *s = &c->d->sentences[sentence];

    /* "He" is understood once somebody was named. */
    int is_named = s->flags & SENTENCE_PERSON && c->first_named < sentence && s->with_last == sentence;

    *first = c->budget->alone || is_named ? sentence : s->with_first;
    *last = c->budget->alone ? sentence : s->with_last;
}

/* The mean score of those of them that are not picked yet, and how many and how long they are. */
static float company_score(const struct choice *c, uint32_t first, uint32_t last, uint32_t *n, uint64_t *chars)
{
    float sum = 0;

    *n = 0;
    *chars = 0;
    for (uint32_t i = first; i <= last; i++)
        if (!c->taken[i]) {
            sum += c->scores[i];
            *chars += c->budget->chars > 0 ? count_chars(c->d, i) + (c->n + *n > 0) : 0;
            ++*n;
        }
    return *n > 0 ? sum / (float)*n : 0;
}

static void take(struct choice *c, uint32_t sentence)
{
    const struct sentence *s = &c->d->sentences[sentence];

    c->taken[sentence] = 1;
    c->picks[c->n] = (struct pick) { .sentence = sentence, .rank = c->n + 1, .score = c->scores[sentence] };
    c->n++;
    if (s->n_names > 0 && !(s->flags & SENTENCE_PERSON) && sentence < c->first_named)
        c->first_named = sentence;
    mark_said(c, sentence);
    remember(c, claim_words(c->d, sentence));
}

static float next_gain(const struct heap *h)
{
    float left = h->n > 1 ? h->all[1].gain : -1e9f, right = h->n > 2 ? h->all[2].gain : -1e9f;

    return left > right ? left : right;
}

/* Takes the heap's best with its company, if it is new and fits; 1 if it is to be looked at again, since its company is worth less. */
static int take_or_leave(struct choice *c, struct heap *h)
{
    struct candidate *best = &h->all[0];
    uint32_t first, last, n;
    uint64_t chars;

    if (c->taken[best->sentence])
        return 0;
    company_of(c, best->sentence, &first, &last);
    float mean = company_score(c, first, last, &n, &chars) - (best->score - best->gain);
    if (c->n + n > c->budget->sentences || (c->budget->chars > 0 && c->chars + chars > c->budget->chars))
        return 0;
    if (n > 1 && mean < best->gain && mean < next_gain(h)) {
        best->gain = mean;
        best->seen = c->n;
        best->score = mean + (best->score - best->gain);
        return 1;
    }
    if (was_said(c, best->sentence, claim_words(c->d, best->sentence)))
        return 0;
    c->chars += chars;
    for (uint32_t i = first; i <= last; i++)
        if (!c->taken[i])
            take(c, i);
    return 0;
}

/* Takes the best until the budget is used up. */
static int32_t take_best(struct choice *c, struct heap *h)
{
    uint64_t looks = (uint64_t)h->n * LOOKS_EACH;

    while (h->n > 0 && c->n < c->budget->sentences) {
        struct candidate *best = &h->all[0];
        if (best->seen != c->n && looks > 0) {
            if (looks-- % STOP_EVERY == 0 && c->d->should_stop(c->d->data))
                return TEXTD_STOPPED;
            best->gain = best->score - REPETITION * said_share(c->d, best->sentence, c->said);
            best->seen = c->n;
            sink(h, 0);
            continue;
        }
        if (!take_or_leave(c, h))
            h->all[0] = h->all[--h->n];
        sink(h, 0);
    }
    return TEXTD_OK;
}

/* Heap sort by sentence; qsort would call malloc. */
static void put_in_text_order(struct pick *picks, uint32_t n)
{
    for (uint32_t end = n, start = n / 2; end > 1;) {
        if (start > 0)
            start--;
        else {
            struct pick t = picks[--end];
            picks[end] = picks[0];
            picks[0] = t;
        }
        for (uint32_t at = start, child; (child = 2 * at + 1) < end; at = child) {
            child += child + 1 < end && picks[child + 1].sentence > picks[child].sentence;
            if (picks[child].sentence <= picks[at].sentence)
                break;
            struct pick t = picks[at];
            picks[at] = picks[child];
            picks[child] = t;
        }
    }
}

/* The room for what is picked. */
static int prepare(struct choice *c, uint32_t most)
{
    struct document *d = c->d;

    c->texts_mask = 15;
    while (c->texts_mask < 2ull * most)
        c->texts_mask = 2 * c->texts_mask + 1;
    c->claims_room = most < CLAIMS ? most : CLAIMS;
    c->said = d->alloc(d->data, (uint64_t)d->n_words + 1);
    c->taken = d->alloc(d->data, (uint64_t)d->n_sentences + 1);
    c->picks = d->alloc(d->data, ((uint64_t)most + 1) * sizeof *c->picks);
    c->claims = d->alloc(d->data, ((uint64_t)c->claims_room + 1) * sizeof *c->claims);
    c->texts = d->alloc(d->data, ((uint64_t)c->texts_mask + 1) * sizeof *c->texts);
    if (!c->said || !c->taken || !c->picks || !c->claims || !c->texts)
        return 0;
    memset(c->said, 0, d->n_words);
    memset(c->taken, 0, d->n_sentences);
    memset(c->texts, 0, ((uint64_t)c->texts_mask + 1) * sizeof *c->texts);
    return 1;
}

int32_t select_sentences(struct document *d, const float *scores, const struct budget *budget, struct pick **picks,
                         uint32_t *n)
{
    uint64_t room = (uint64_t)budget->sentences * CANDIDATES_EACH + FEWEST_CANDIDATES;
    uint32_t most = budget->sentences < d->n_sentences ? budget->sentences : d->n_sentences;
    struct budget alone = *budget;
    struct choice c = { .d = d, .budget = budget, .scores = scores, .first_named = NO_WORD };
    int32_t rc = TEXTD_OK;

    room = room < d->n_sentences ? room : d->n_sentences;
    struct heap heap = { .all = d->alloc(d->data, (room + 1) * sizeof *heap.all) };
    *n = 0;
    if (!heap.all || !prepare(&c, most))
        return TEXTD_NO_MEMORY;
    c.comparisons = room * COMPARISONS_EACH;
    alone.alone = 1;
    /* When nothing fits with its company, the best that fits alone is better than nothing. */
    for (int pass = 0; pass < 2 && c.n == 0 && rc == TEXTD_OK; pass++) {
        c.budget = pass == 0 ? budget : &alone;
        heap.n = 0;
        fill(&heap, d, (uint32_t)room, scores);
        rc = take_best(&c, &heap);
    }
    put_in_text_order(c.picks, c.n);
    *picks = c.picks;
    *n = c.n;
    return rc;
}
