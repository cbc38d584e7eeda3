/* select.c: see select.h. Greedy choice of a submodular gain, a sentence's score less what it repeats (Lin and Bilmes 2011, "A
 * class of submodular functions for document summarization"), evaluated lazily (Minoux 1978): a sentence's gain only falls, so one
 * that is still the best after it was looked at again is the best. */
#include "plugins/summarizer/select.h"

#include <string.h>

#include "plugins/summarizer/rank.h"

/* What a sentence loses when all that it says was said, in the scores' unit. */
#define REPETITION 0.5f

/* Only the best this many times as many as are wanted are looked at, and each so many times in the mean, so that the work is
 * bounded whatever the document is. */
#define CANDIDATES_EACH 8u
#define FEWEST_CANDIDATES 64u
#define LOOKS_EACH 16u

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

static int any_is_fit(const struct document *d)
{
    for (uint32_t i = 0; i < d->n_sentences; i++)
        if (rank_is_fit(&d->sentences[i]))
            return 1;
    return 0;
}

/* Keeps the `room` best. Headings and boilerplate are none while the document has a sentence: what doesn't fit a budget is not made
 * up for with them. */
static void fill(struct heap *h, const struct document *d, uint32_t room, const float *scores)
{
    int all = !any_is_fit(d);

    h->goes_up = is_worse;
    for (uint32_t i = 0; i < d->n_sentences; i++) {
        if (!all && !rank_is_fit(&d->sentences[i]))
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

static void mark_said(const struct document *d, uint32_t sentence, uint8_t *said)
{
    const struct sentence *s = &d->sentences[sentence];

    for (uint32_t i = 0; i < s->n_content; i++)
        said[d->content[s->content + i]] = 1;
}

/* Takes the best until the budget is used up. */
static int32_t take_best(struct document *d, struct heap *h, const struct budget *budget, uint8_t *said,
                         struct pick *picks, uint32_t *n)
{
    uint64_t looks = (uint64_t)h->n * LOOKS_EACH, chars = 0;

    while (h->n > 0 && *n < budget->sentences) {
        struct candidate *best = &h->all[0];
        if (best->seen != *n && looks > 0) {
            if (looks-- % STOP_EVERY == 0 && d->should_stop(d->data))
                return TEXTD_STOPPED;
            best->gain = best->score - REPETITION * said_share(d, best->sentence, said);
            best->seen = *n;
            sink(h, 0);
            continue;
        }
        uint32_t size = budget->chars > 0 ? count_chars(d, best->sentence) + (*n > 0) : 0;
        if (chars + size <= budget->chars) {
            chars += size;
            picks[*n] = (struct pick) { .sentence = best->sentence, .rank = *n + 1, .score = best->score };
            mark_said(d, best->sentence, said);
            ++*n;
        }
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

int32_t select_sentences(struct document *d, const float *scores, const struct budget *budget, struct pick **picks,
                         uint32_t *n)
{
    uint64_t room = (uint64_t)budget->sentences * CANDIDATES_EACH + FEWEST_CANDIDATES;
    uint32_t most = budget->sentences < d->n_sentences ? budget->sentences : d->n_sentences;

    room = room < d->n_sentences ? room : d->n_sentences;
    struct heap heap = { .all = d->alloc(d->data, (room + 1) * sizeof *heap.all) };
    uint8_t *said = d->alloc(d->data, (uint64_t)d->n_words + 1);
    *picks = d->alloc(d->data, ((uint64_t)most + 1) * sizeof **picks);
    *n = 0;
    if (!heap.all || !said || !*picks)
        return TEXTD_NO_MEMORY;
    memset(said, 0, d->n_words);
    fill(&heap, d, (uint32_t)room, scores);
    int32_t rc = take_best(d, &heap, budget, said, *picks, n);
    put_in_text_order(*picks, *n);
    return rc;
}
