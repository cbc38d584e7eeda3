/* summary.c: see summary.h. */
#include "plugins/summarizer/summary.h"

#include "plugins/summarizer/focus.h"
#include "plugins/summarizer/headline.h"
#include "plugins/summarizer/rank.h"

#define LEAST_REASON 0.05f /* of a score: less is none */

struct textd_span summary_shown(const struct document *d, uint32_t sentence)
{
    struct textd_span span = d->spans[sentence];

    if (d->sentences[sentence].flags & SENTENCE_DATELINE)
        span.start = dateline_end(d->text, span.start, span.end);
    else
        span.start = d->sentences[sentence].shown;
    return span;
}

static int32_t read_document(struct document *d)
{
    int32_t rc;

    if ((rc = document_read_lines(d)) != TEXTD_OK || (rc = document_split(d)) != TEXTD_OK ||
        (rc = document_read_words(d)) != TEXTD_OK || (rc = document_read_layout(d)) != TEXTD_OK)
        return rc;
    return document_weigh_sentences(d);
}

/* How many sentences may be picked. */
static uint32_t sentences_wanted(const struct document *d, const struct request *r)
{
    double share = r->ratio * d->n_sentences;

    if (r->ratio > 0)
        return share > (uint32_t)share ? (uint32_t)share + 1 : (uint32_t)share;
    return r->sentences > 0 ? r->sentences : d->n_sentences;
}

/* About how many will be: what the ranking is made for. */
static uint32_t sentences_expected(const struct document *d, const struct request *r, uint32_t wanted)
{
    uint32_t mean = d->n_sentences > 0 ? d->length / d->n_sentences + 1 : 1;
    uint32_t fit = r->max_chars > 0 ? (r->max_chars + mean / 2) / mean : wanted;

    fit = fit < wanted ? fit : wanted;
    return fit > 0 ? fit : 1;
}

/* The strongest reasons of a pick, by insertion. */
static void explain_pick(const struct document *d, const struct features_context *c, const struct ranking *ranking,
                         uint32_t sentence, uint8_t *reasons)
{
    float parts[N_REASONS];
    uint32_t n = 0;

    rank_explain(d, c, ranking, sentence, parts);
    for (uint32_t i = 0; i < MOST_REASONS; i++)
        reasons[i] = REASON_NONE;
    for (uint32_t i = 0; i < N_REASONS; i++) {
        uint32_t at = n;
        if (!(parts[i] > LEAST_REASON))
            continue;
        while (at > 0 && parts[reasons[at - 1]] < parts[i])
            at--;
        if (at == MOST_REASONS)
            continue;
        n += n < MOST_REASONS;
        for (uint32_t k = n - 1; k > at; k--)
            reasons[k] = reasons[k - 1];
        reasons[at] = (uint8_t)i;
    }
}

/* Scores as 0 to 1: the best sentence has 1, the worst that is fit 0. */
static void scale_scores(const struct document *d, const float *scores, struct pick *picks, uint32_t n)
{
    float lowest = 0, highest = 0;
    int any = 0;

    for (uint32_t i = 0; i < d->n_sentences; i++) {
        if (!rank_is_fit(&d->sentences[i]))
            continue;
        lowest = !any || scores[i] < lowest ? scores[i] : lowest;
        highest = !any || scores[i] > highest ? scores[i] : highest;
        any = 1;
    }
    for (uint32_t i = 0; i < n; i++) {
        float spread = highest - lowest, s = picks[i].score - lowest;
        picks[i].score = !rank_is_fit(&d->sentences[picks[i].sentence]) ? 0 : spread > 0 ? s / spread : 1;
    }
}

static void sort_by_rank(struct pick *picks, uint32_t n, struct pick *room)
{
    for (uint32_t i = 0; i < n; i++)
        room[picks[i].rank - 1] = picks[i];
    for (uint32_t i = 0; i < n; i++)
        picks[i] = room[i];
}

static int32_t pick(struct document *d, const struct request *r, struct summary *out)
{
    struct features_context c;
    struct ranking ranking = { .asked = 1 };
    struct budget budget = { .sentences = sentences_wanted(d, r), .chars = r->max_chars };
    float *scores = d->alloc(d->data, ((uint64_t)d->n_sentences + 1) * sizeof *scores), *focus = NULL;
    int32_t rc;

    ranking.asked = sentences_expected(d, r, budget.sentences);
    if (!scores)
        return TEXTD_NO_MEMORY;
    if (r->focus_length > 0 && (rc = focus_read(d, r->focus, r->focus_length, &focus, &out->n_focused)) != TEXTD_OK)
        return rc;
    ranking.focus = focus;
    if ((rc = features_prepare(&c, d)) != TEXTD_OK || (rc = points_prepare(&ranking.points, d)) != TEXTD_OK ||
        (rc = rank_sentences(d, &c, &ranking, scores)) != TEXTD_OK ||
        ((budget.alone = rank_is_collection(d, &c)),
         rc = select_sentences(d, scores, &budget, &out->picks, &out->n_picks)) != TEXTD_OK ||
        (r->headline && (rc = headline_make(d, scores, &out->headline)) != TEXTD_OK))
        return rc;
    struct pick *room = d->alloc(d->data, ((uint64_t)out->n_picks + 1) * sizeof *room);
    out->reasons = d->alloc(d->data, ((uint64_t)out->n_picks + 1) * sizeof *out->reasons);
    if (!room || !out->reasons)
        return TEXTD_NO_MEMORY;
    scale_scores(d, scores, out->picks, out->n_picks);
    if (r->by_rank)
        sort_by_rank(out->picks, out->n_picks, room);
    for (uint32_t i = 0; i < out->n_picks; i++)
        explain_pick(d, &c, &ranking, out->picks[i].sentence, out->reasons[i]);
    return TEXTD_OK;
}

int32_t summary_make(struct document *d, const struct request *r, struct summary *out)
{
    int32_t rc;

    *out = (struct summary) { 0 };
    if ((rc = read_document(d)) != TEXTD_OK || (rc = pick(d, r, out)) != TEXTD_OK || r->keyphrases == 0)
        return rc;
    return keyphrases_find(d, r->keyphrases, &out->keyphrases, &out->n_keyphrases);
}
