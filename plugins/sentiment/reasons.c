/* reasons.c: see reasons.h. Learned weights are a sum, so each word's share is its own. What the rules add is not: it is shared out in
 * proportion to what each word says in its place. */
#include "plugins/sentiment/reasons.h"

#include <math.h>
#include <stdlib.h>

#define LEAST 0.005f

void reasons_start(struct reasons *reasons, struct sentiment_output *output, const struct sentiment_model *model,
                   const struct sums *total)
{
    float sum = total->final.praise + total->final.blame, said = total->final.praise - total->final.blame;
    float rules = score_rules(model, total, output->genres);

    *reasons = (struct reasons) { .output = output, .model = model, .total = total };
    if (said > 0 && sum * rules > 0 &&
        fabsf(sum) > said / 8) /* where praise and blame cancel out, the rest is no measure */
        reasons->rules_part = rules / sum;
    else if (said > 0)
        reasons->rules_part = fabsf(rules) / said;
    output->n_reasons = 0;
}

static void keep(struct sentiment_output *output, struct reason reason)
{
    uint32_t weakest = 0;

    if (output->n_reasons < MOST_REASONS) {
        output->reasons[output->n_reasons++] = reason;
        return;
    }
    for (uint32_t i = 1; i < MOST_REASONS; i++)
        if (fabsf(output->reasons[i].contribution) < fabsf(output->reasons[weakest].contribution))
            weakest = i;
    if (fabsf(reason.contribution) > fabsf(output->reasons[weakest].contribution))
        output->reasons[weakest] = reason;
}

static float weight_of(const struct reasons *r, const struct entry *entry, uint8_t places)
{
    bool is_negated = places >> PLACE_NEGATED & 1;
    float share = 1;

    if (places >> PLACE_MORE & 1)
        share += is_negated ? -DEGREE_SHARE : DEGREE_SHARE;
    if (places >> PLACE_LESS & 1)
        share -= DEGREE_SHARE;
    if (places >> PLACE_CAPITALS & 1)
        share += DEGREE_SHARE;
    return share * score_weight(r->model, r->total, is_negated ? entry->denied : entry->polarity, r->output->genres);
}

void reasons_take(struct reasons *r, const struct token_text *text, uint32_t first, uint32_t last)
{
    for (uint32_t i = first; i < last; i++) {
        const struct heard *heard = &r->output->heard[i - first];
        struct reason reason = { .span = text->tokens[i], .places = heard->places };
        uint32_t end = heard->phrase && i + heard->length <= last ? i + heard->length : i + 1;

        reason.contribution = heard->final * r->rules_part;
        if (heard->word)
            reason.contribution += weight_of(r, heard->word, heard->places);
        if (heard->phrase) {
            reason.contribution += weight_of(r, heard->phrase, heard->places);
            reason.span.end = text->tokens[end - 1].end;
        }
        if (fabsf(reason.contribution) >= LEAST)
            keep(r->output, reason);
    }
}

static int by_start(const void *a, const void *b)
{
    const struct reason *x = a, *y = b;

    return x->span.start < y->span.start ? -1 : x->span.start > y->span.start;
}

void reasons_end(struct reasons *r)
{
    qsort(r->output->reasons, r->output->n_reasons, sizeof *r->output->reasons, by_start);
}
