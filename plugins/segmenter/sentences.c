/* sentences.c: tokens to sentences, paragraph by paragraph. See tokens.h; boundary.h says what is asked of a gap, model.h who
 * answers. */
#include <string.h>

#include "plugins/segmenter/features.h"
#include "plugins/segmenter/model.h"
#include "plugins/segmenter/tokens.h"

#define STOP_EVERY 2048u /* gaps between two questions whether to stop */

static int is_boundary(const struct boundary_model *model, struct paragraph *p, struct sentence_state *state,
                       uint32_t i)
{
    struct features f;
    struct gap_view view;
    enum boundary rule = boundary_at(p, i, &view);

    if (rule != BOUNDARY_ASK)
        return rule == BOUNDARY_ALWAYS;
    features_near(&f, p, &view, i);
    int32_t sum = model_sum(model, f.hash, NEAR_FEATURES);
    if (sum < model->reject || sum > model->accept)
        return sum > model->accept;
    features_far(&f, p, state, i);
    return sum + model_sum(model, f.hash + NEAR_FEATURES, f.n - NEAR_FEATURES) > 0;
}

/* Adds the sentence of the tokens [first, end) if `is_one`; without a branch, since that is hard to foretell. */
static inline void add_sentence(struct segments *s, uint32_t first, uint32_t end, uint32_t is_one)
{
    s->sentences[s->n_sentences] = (struct textd_span) { s->tokens[first].start, s->tokens[end - 1].end };
    s->n_sentences += is_one;
}

static int32_t segment_paragraph(struct segments *s, const struct boundary_model *model, struct paragraph *p)
{
    struct sentence_state state = { .start = p->first };
    uint32_t n = 0;

    for (uint32_t at = p->first + 1; at < p->end; at += TOKEN_WINDOW) {
        for (uint32_t gaps = paragraph_flags(p, at, TOKEN_GAP); gaps; gaps &= gaps - 1) {
            uint32_t i = at + (uint32_t)__builtin_ctz(gaps);
            if (i >= p->end)
                break;
            uint32_t is_end = (uint32_t)is_boundary(model, p, &state, i);
            add_sentence(s, state.start, i, is_end);
            state.start += (i - state.start) & (0 - is_end);
            n++;
        }
        if (n >= STOP_EVERY) {
            n = 0;
            if (s->should_stop(s->data))
                return TEXTD_STOPPED;
        }
    }
    add_sentence(s, state.start, p->end, 1);
    return TEXTD_OK;
}

static void clear_flags(uint8_t *kinds, uint32_t n)
{
    for (uint32_t i = 0; i < n; i += 8) {
        uint64_t eight;
        memcpy(&eight, kinds + i, 8);
        eight &= 0x0101010101010101ull * TOKEN_KIND;
        memcpy(kinds + i, &eight, 8);
    }
}

int32_t segment_sentences(struct segments *s, const struct boundary_model *model, const char *text, uint32_t length)
{
    struct paragraph p = {
        .text = text, .length = length, .tokens = s->tokens, .kinds = s->kinds, .n_tokens = s->n_tokens
    };

    s->n_sentences = 0;
    s->sentences = s->alloc(s->data, (uint64_t)s->n_tokens * sizeof *s->sentences);
    if (!s->sentences)
        return TEXTD_NO_MEMORY;
    for (; p.first < p.n_tokens; p.first = p.end) {
        paragraph_read(&p);
        if (s->should_stop(s->data) || segment_paragraph(s, model, &p) != TEXTD_OK)
            return TEXTD_STOPPED;
    }
    clear_flags(s->kinds, s->n_tokens);
    return TEXTD_OK;
}
