/* graph.c: how central each sentence is among the others (document.h): continuous LexRank (Erkan and Radev 2004, "LexRank:
 * graph-based lexical centrality as salience in text summarization"), where each two sentences are joined by the cosine of
 * their words' weights.
 *
 * The graph has n² edges and is never made. Its matrix is V Vᵀ with a row of V a sentence's words, so a step of the power
 * method is two walks over the words: V (Vᵀ x). */
#include <math.h>
#include <string.h>

#include "plugins/summarizer/document.h"

#define STEPS 6u
#define DAMPING 0.85f

/* Adds up `share` of each sentence's vector; sums has an element a word. */
static void gather(const struct document *d, const float *share, float *sums)
{
    memset(sums, 0, d->n_words * sizeof *sums);
    for (uint32_t s = 0; s < d->n_sentences; s++) {
        const uint32_t *content = d->content + d->sentences[s].content;
        const float *weights = d->content_weights + d->sentences[s].content;
        float mine = share[s];
        for (uint32_t i = 0, n = d->sentences[s].n_content; i < n; i++)
            sums[content[i]] += mine * weights[i];
    }
}

/* The product of the sentence's vector, not yet divided by its norm, with the sums. */
static float product(const struct document *d, const struct sentence *s, const float *sums)
{
    const uint32_t *content = d->content + s->content;
    const float *weights = d->content_weights + s->content;
    float sum = 0;

    for (uint32_t i = 0, n = s->n_content; i < n; i++)
        sum += weights[i] * sums[content[i]];
    return sum;
}

static void measure_norms(struct document *d)
{
    for (uint32_t i = 0; i < d->n_sentences; i++) {
        struct sentence *s = &d->sentences[i];
        const float *weights = d->content_weights + s->content;
        float squares = 0;
        for (uint32_t k = 0; k < s->n_content; k++)
            squares += weights[k] * weights[k];
        s->norm = sqrtf(squares);
    }
}

/* The cosine of each sentence with the one before it, by marking the words of that. */
static void measure_neighbours(struct document *d, uint32_t *marks)
{
    double near = 0, degree = 0;

    memset(marks, 0, d->n_words * sizeof *marks);
    for (uint32_t i = 0; i < d->n_sentences; i++) {
        struct sentence *s = &d->sentences[i];
        float common = 0;
        for (uint32_t k = 0; k < s->n_content; k++) {
            uint32_t word = d->content[s->content + k];
            float weight = d->content_weights[s->content + k];
            if (i > 0 && marks[word] == i)
                common += weight * weight;
            marks[word] = i + 1;
        }
        s->near = common > 0 ? common / (s->norm * d->sentences[i - 1].norm) : 0;
        near += (double)s->near;
        degree += (double)s->degree;
    }
    d->degree = d->n_sentences > 0 ? (float)(degree / d->n_sentences) : 0;
    d->cohesion = degree > 0 ? (float)(near / degree) : 1;
}

static void measure_degrees(struct document *d, float *share, float *sums)
{
    float others = d->n_sentences > 1 ? (float)(d->n_sentences - 1) : 1;

    for (uint32_t i = 0; i < d->n_sentences; i++)
        share[i] = d->sentences[i].norm > 0 ? 1 / d->sentences[i].norm : 0;
    gather(d, share, sums);
    for (uint32_t i = 0; i < d->n_sentences; i++) {
        float degree = product(d, &d->sentences[i], sums) * share[i] - (share[i] > 0 ? 1.0f : 0.0f);
        d->sentences[i].degree = degree > 0 ? degree / others : 0;
    }
}

/* One step: what each sentence has goes to the others, by their part of what it has in common with all. */
static void step(struct document *d, float *share, float *sums)
{
    float others = d->n_sentences > 1 ? (float)(d->n_sentences - 1) : 1;

    for (uint32_t i = 0; i < d->n_sentences; i++) {
        const struct sentence *s = &d->sentences[i];
        share[i] = s->degree > 0 ? s->centrality / (s->degree * others * s->norm) : 0;
    }
    gather(d, share, sums);
    for (uint32_t i = 0; i < d->n_sentences; i++) {
        struct sentence *s = &d->sentences[i];
        float got = s->norm > 0 ? product(d, s, sums) / s->norm - share[i] * s->norm : 0;
        s->centrality = 1 - DAMPING + DAMPING * (got > 0 ? got : 0);
    }
}

int32_t document_weigh_sentences(struct document *d)
{
    uint64_t most = d->n_words > d->n_sentences ? d->n_words : d->n_sentences;
    float *share = d->alloc(d->data, (most + 1) * sizeof *share), *sums = d->alloc(d->data, (most + 1) * sizeof *sums);

    if (!share || !sums)
        return TEXTD_NO_MEMORY;
    measure_norms(d);
    measure_degrees(d, share, sums);
    measure_neighbours(d, (uint32_t *)(void *)sums);
    for (uint32_t i = 0; i < d->n_sentences; i++)
        d->sentences[i].centrality = 1;
    for (uint32_t i = 0; i < STEPS; i++) {
        if (d->should_stop(d->data))
            return TEXTD_STOPPED;
        step(d, share, sums);
    }
    return TEXTD_OK;
}
