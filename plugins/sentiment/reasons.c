/* reasons.c: see reasons.h. Learned weights are a sum, so each word's share is its own. What the rules add is not: it is shared out in
 * proportion to what each word says in its place. */
#include "plugins/sentiment/reasons.h"

#include <math.h>
#include <stdlib.h>

#define LEAST 0.005f
#define LEAST_SAID 1e-6f /* of all values together; less is what many contrasts leave, and nothing to divide by */

void reasons_start(struct reasons *reasons, struct sentiment_output *output, const struct sentiment_model *model,
                   const struct sums *total)
{
    float sum = total->final.praise + total->final.blame, said = total->final.praise - total->final.blame;
    float rules = score_rules(model, total, output->genres);

    *reasons = (struct reasons) { .output = output, .model = model, .total = total };
    if (said > LEAST_SAID && sum * rules > 0 &&
        fabsf(sum) > said / 8) /* where praise and blame cancel out, the rest is no measure */
        reasons->rules_part = rules / sum;
    else if (said > LEAST_SAID)
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

/* From the last token to the first, so that each contrast is known before what stands in front of it. */
void reasons_take(struct reasons *r, const struct token_text *text, uint32_t first, uint32_t last)
{
    float factor = 1;

    for (uint32_t i = last; i-- > first;) {
        const struct heard *heard = &r->output->heard[i - first];
        struct reason reason = { .span = text->tokens[i], .places = heard->places };

        if (factor < 1)
            reason.places |= 1u << PLACE_BEFORE;
        if (heard->length > 0)
            reason.span.end = text->tokens[i + heard->length - 1].end;
        reason.contribution = heard->final * factor * r->rules_part +
                              score_weights(r->model, r->total, heard->weights, r->output->genres) +
                              score_turned(r->total, heard->turned);
        if (fabsf(reason.contribution) >= LEAST)
            keep(r->output, reason);
        if (heard->is_contrast)
            factor *= CONTRAST_FACTOR;
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
