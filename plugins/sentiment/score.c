/* score.c: see score.h. A sum is divided by the root of the number of tokens, between a sum, which grows with the
 * text, and a mean, in which one strong word is lost. From LONG tokens on a text is as its average stretch of that
 * length. */
#include "plugins/sentiment/score.h"

#include <math.h>
#include <string.h>

#define LONG 64.0f
#define NEUTRAL 0.05f   /* Hutto and Gilbert 2014 */
#define MOST_WIDTH 0.4f /* of what is neutral, from 0 */
#define LEAST_WIDTH 0.01f
#define FIELD_SHARE 0.06f /* of its tokens, and at least so many, are of a field's words */
#define FIELD_LEAST 2.0f
#define FINANCE_WIDER 0.2f
#define BALANCE_WIDTH 0.2f
#define TURNED 0.6f         /* of what a turn of phrase says */
#define TURNED_FINANCE 1.2f /* figures say what their words don't */
#define TURNED_SURE 0.15f   /* so much less neutral is what a turn speaks for */
#define UNSAID 0.6f
#define LEAST_SHARE 0.02f
#define MOST_SHARE 1e6f /* of a model that is no good; its cube is still a number */

static float capped(float x, float most)
{
    return x < most ? x : most;
}

static float at_least(float x, float least)
{
    return x > least ? x : least;
}

static float folded(float sum, float alpha)
{
    return sum / sqrtf(sum * sum + alpha);
}

/* At most 1, and as it is while it is small. */
static float bounded(float size)
{
    size = capped(size, 100);
    return capped(size / sqrtf(sqrtf(1 + size * size * size * size)), 1); /* rounded, it may be above */
}

/* `value` if it is so, else 0; without a branch. What a text says is hard to foretell, and known late: a branch on
 * it would keep the processor from going on with what comes next. */
static float only_if(bool is_so, float value)
{
    uint32_t bits;

    memcpy(&bits, &value, sizeof bits);
    bits &= 0 - (uint32_t)is_so;
    memcpy(&value, &bits, sizeof value);
    return value;
}

/* 1 if there is any. */
static float some(float x)
{
    return only_if(x > 0, 1);
}

/* With the sign of `like`; 0 if that is 0. */
static float signed_as(float size, float like)
{
    return only_if(like != 0, copysignf(size, like));
}

/* How much of all sums counts. */
static float part_of(const struct sums *sums)
{
    return sums->tokens > LONG ? LONG / sums->tokens : 1;
}

static float norm_of(const struct sums *sums)
{
    return part_of(sums) / sqrtf(capped(sums->tokens, LONG) + 2);
}

static void put(float *outcomes, int *at, struct balance balance, float factor)
{
    outcomes[(*at)++] = balance.praise * factor;
    outcomes[(*at)++] = balance.blame * factor;
}

float score_outcomes(const struct sums *sums, float o[N_OUTCOMES])
{
    float part = part_of(sums), norm = norm_of(sums), tokens = capped(sums->tokens, LONG);
    float praise = sums->final.praise * part, blame = -sums->final.blame * part, sum = praise - blame;
    float exclamations = capped(sums->exclamations * part, 4), questions = capped(sums->questions * part, 4);
    float loud = exclamations * 0.292f + (questions > 1 ? questions * 0.18f : 0); /* Hutto and Gilbert's */
    int n = 0;

    if (sums->said > 0) {
        put(o, &n, sums->plain, norm / 2);
        for (int i = 0; i < N_PLACES; i++)
            put(o, &n, sums->placed[i], norm / 2);
        put(o, &n, sums->negated_more, norm / 2);
        put(o, &n, sums->asked, norm / 2);
    } else { /* all of them are 0 */
        n = 2 * (N_PLACES + 3);
        memset(o, 0, (size_t)n * sizeof *o);
    }
    sum += signed_as(loud, sum);
    o[n++] = folded(sum, 15) * 2; /* theirs, too */
    o[n++] = folded(sum, 60) * 2;
    o[n++] = folded(sum, 3);
    o[n++] = (praise - blame) / (praise + blame + 1);
    o[n++] = praise / (praise + 3);
    o[n++] = blame / (blame + 3);
    o[n++] = 1 - some(sums->said);
    o[n++] = some(praise) * some(blame);
    o[n++] = sum * (1 / (tokens + 5));
    o[n++] = sums->most * 0.4f;
    o[n++] = sums->least * 0.4f;
    o[n++] = exclamations * 0.3f;
    o[n++] = questions * 0.5f;
    o[n++] = tokens / (tokens + 20);
    o[n++] = 1 / (tokens + 1);
    float rated = (sums->rated.praise + sums->rated.blame) * part;
    rated += signed_as(loud, rated);
    o[n++] = folded(rated, 15);
    return norm;
}

/* Four lanes at a time; both compilers know how. */
typedef float quad __attribute__((vector_size(16)));

static quad weights_of(const struct sentiment_content *c, int outcome, int sum)
{
    quad weights;

    memcpy(&weights, &c->outcomes[outcome][sum * N_GENRES], sizeof weights);
    return weights;
}

_Static_assert(N_OUTCOMES % 4 == 0, "they are looked at in fours, and weighed in twos");

typedef int32_t int_quad __attribute__((vector_size(16)));

/* A bit for each two outcomes, of which one at least is not 0. */
static uint32_t not_zero(const float o[N_OUTCOMES])
{
    int_quad bits = { 1, 1, 2, 2 }, which = { 0 };

    for (int k = 0; k < N_OUTCOMES; k += 4) {
        quad four;
        memcpy(&four, o + k, sizeof four);
        which |= (four != 0) & bits;
        bits <<= 2;
    }
    return (uint32_t)(which[0] | which[1] | which[2] | which[3]);
}

/* Most of the outcomes of most sentences are 0, and would add nothing. */
static inline void weigh(const struct sentiment_model *model, const struct sums *sums, int n_sums, float lanes[N_LANES])
{
    const struct sentiment_content *c = &model->content;
    float o[N_OUTCOMES], norm = score_outcomes(sums, o);
    quad sum[N_SUMS] = { 0 }, odd[N_SUMS] = { 0 };

    for (int s = 0; s < n_sums; s++) {
        const int64_t *of = &sums->lanes[s * N_GENRES];
        quad learned = { (float)of[0], (float)of[1], (float)of[2], (float)of[3] }, bias;
        memcpy(&bias, &c->bias[s * N_GENRES], sizeof bias);
        sum[s] = bias + learned * c->unit[s] * norm;
    }
    for (uint32_t left = not_zero(o); left; left &= left - 1) { /* two sums each: one would have to wait for itself */
        int k = 2 * __builtin_ctz(left);
        for (int s = 0; s < n_sums; s++) {
            sum[s] += weights_of(c, k, s) * o[k];
            odd[s] += weights_of(c, k + 1, s) * o[k + 1];
        }
    }
    for (int s = 0; s < n_sums; s++)
        sum[s] += odd[s];
    memcpy(lanes, sum, (size_t)n_sums * sizeof *sum);
}

float score_turned(const struct sums *sums, float value)
{
    return value * norm_of(sums) * (score_field(sums) == FIELD_FINANCE ? TURNED_FINANCE : TURNED);
}

void score_settle(const struct sums *sums, struct verdict *v)
{
    float part = 1 / at_least(sums->tokens, 1), turned = score_turned(sums, sums->turned);
    float left = at_least(1 - (sums->spoken_for + sums->still) * part, 0);
    /* a fact, a greeting, a name, and no word of feeling beside it: what the other words usually go with is little
     * to go by */
    float sure = 1 - only_if(sums->said == 0 && sums->still + sums->named > 0, UNSAID);

    for (int g = 0; g < N_GENRES; g++) {
        v->polarity[g] = v->polarity[g] * left * sure + turned;
        v->neutral[g] = v->neutral[g] * left - sums->spoken_for * part * TURNED_SURE;
    }
}

struct verdict score_verdict(const struct sentiment_model *model, const struct sums *sums)
{
    struct verdict v;
    float lanes[N_LANES];

    weigh(model, sums, SUM_NEUTRAL + 1, lanes);
    memcpy(&v, lanes, sizeof v);
    score_settle(sums, &v);
    return v;
}

struct verdict score_text(const struct sentiment_model *model, const struct sums *sums, unsigned allowed,
                          struct genres *genres)
{
    struct verdict v;
    float lanes[N_LANES], total = 0;

    weigh(model, sums, N_SUMS, lanes);
    for (int g = 0; g < N_GENRES; g++) {
        /* the least squares estimate of a probability may lie outside 0 to 1 */
        float x = capped(at_least(lanes[SUM_GENRE * N_GENRES + g], LEAST_SHARE), MOST_SHARE);
        genres->share[g] = only_if(allowed >> g & 1, x * x * x);
        total += genres->share[g];
    }
    for (int g = 0; g < N_GENRES; g++)
        genres->share[g] /= total;
    memcpy(&v, lanes, sizeof v);
    score_settle(sums, &v);
    return v;
}

float score_rules(const struct sentiment_model *model, const struct sums *sums, struct genres genres)
{
    struct sums silent = { .tokens = sums->tokens, .exclamations = sums->exclamations, .questions = sums->questions };
    struct sums spoken = *sums;

    memset(spoken.lanes, 0, sizeof spoken.lanes);
    struct verdict with = score_verdict(model, &spoken), without = score_verdict(model, &silent);
    float sum = 0;
    for (int g = 0; g < N_GENRES; g++)
        sum += genres.share[g] * (with.polarity[g] - without.polarity[g]);
    return sum;
}

float score_weights(const struct sentiment_model *model, const struct sums *sums, const int32_t weights[N_GENRES],
                    struct genres genres)
{
    float sum = 0;

    for (int g = 0; g < N_GENRES; g++)
        sum += genres.share[g] * (float)weights[g];
    return sum * model->content.unit[SUM_POLARITY] * norm_of(sums);
}

bool score_is_silent(const struct verdict *verdict)
{
    for (int g = 0; g < N_GENRES; g++)
        if (verdict->polarity[g] != 0 || verdict->neutral[g] != 0)
            return false;
    return true;
}

enum field score_field(const struct sums *sums)
{
    float least = at_least(sums->tokens * FIELD_SHARE, FIELD_LEAST);

    if (sums->finance >= least && sums->finance >= sums->support)
        return FIELD_FINANCE;
    return sums->support >= least ? FIELD_SUPPORT : FIELD_NONE;
}

void score_set_field(struct genres *genres, enum field field, float balance)
{
    genres->wider = balance * BALANCE_WIDTH + (field == FIELD_FINANCE ? FINANCE_WIDER : 0);
}

float score_of(const struct sentiment_model *model, const struct verdict *verdict, struct genres genres)
{
    const struct sentiment_content *c = &model->content;
    float score = 0, width = 0;
    int side;

    if (score_is_silent(verdict)) /* of what nothing is said, whatever is usual */
        return 0;
    for (int g = 0; g < N_GENRES; g++)
        score += genres.share[g] * verdict->polarity[g];
    side = score > 0;
    for (int g = 0; g < N_GENRES; g++)
        width += genres.share[g] * (c->edge[g][side] + verdict->neutral[g]);
    width = capped(at_least(width + genres.wider, LEAST_WIDTH), MOST_WIDTH);
    float size = bounded(fabsf(score));
    size = capped(size, width) * NEUTRAL / width + at_least(size - width, 0) * (1 - NEUTRAL) / (1 - width);
    return signed_as(size, score);
}

float score_confidence_at(float score)
{
    float size = fabsf(score);

    size = size < NEUTRAL ? size * 0.2f / NEUTRAL : 0.2f + (size - NEUTRAL) * (1 - 0.2f) / (1 - NEUTRAL);
    return ((score < 0 ? -size : size) + 1) / 2 * (CONFIDENCE_STEPS - 1);
}

float score_confidence(const struct sentiment_model *model, float score, enum sentiment_label label,
                       struct genres genres)
{
    float at = score_confidence_at(score), sum = 0;
    int step = (int)at < CONFIDENCE_STEPS - 1 ? (int)at : CONFIDENCE_STEPS - 2;
    float beyond = at - (float)step;

    for (int g = 0; g < N_GENRES; g++) {
        const uint8_t(*table)[4] = model->content.confidence[g];
        sum += genres.share[g] * ((float)table[step][label] * (1 - beyond) + (float)table[step + 1][label] * beyond);
    }
    return sum / 255;
}

enum sentiment_label score_label(float score, float negative, float positive)
{
    if (score >= positive && score > 0)
        return SENTIMENT_POSITIVE;
    return score <= negative && score < 0 ? SENTIMENT_NEGATIVE : SENTIMENT_NEUTRAL;
}

const char *score_label_name(enum sentiment_label label)
{
    static const char *const names[] = { "negative", "neutral", "positive" };

    return names[label];
}
