/* score.c: see score.h. The rules are those that lexicon methods have found to matter, in their simplest form: degree
 * words multiply (Taboada et al. 2011, "Lexicon-based methods for sentiment analysis"); negation turns what stands
 * within a few words of it, and turns blame less than praise (Kiritchenko and Mohammad 2016, "The effect of negators,
 * modals, and degree adverbs on sentiment composition"); capitals, exclamation marks and "but" weigh as in Hutto and
 * Gilbert 2014, "VADER". All state is that of one pass from left to right, so any input costs linear time. */
#include "plugins/sentiment/score.h"

#include <math.h>

#define NEGATION_WORDS 5   /* how many words a negation reaches over; clauses end it sooner */
#define DEGREE_WORDS 2     /* the same for degrees: "such a very good", "really good" */
#define DEGREE_MAX 2.0f    /* "really really really" */
#define BLAME_TURN 0.55f   /* of the negator's strength: "not bad" is less good than "not good" is bad */
#define CAPITALS_GAIN 1.3f /* among words that are not in capitals */
#define BEFORE_BUT 0.5f
#define AFTER_BUT 1.5f
#define MARK_GAIN 0.08     /* for each exclamation mark, four at most */
#define QUESTIONS_GAIN 0.1 /* for two question marks or more */
#define BALANCE_ALPHA 15.0 /* Hutto and Gilbert's: one strong word and a half reach 0.7 */

/* What is in force at some point of the sentence. */
struct state {
    float negation; /* 0: none; else the negator's number, below 0 */
    float degree;   /* 1: none */
    int negation_left;
    int degree_left;
};

static const struct state nothing = { 0, 1, 0, 0 };

static bool is_valued(const struct cue *cue)
{
    return (cue->flags & CUE_VALENCE) && cue->valence != 0;
}

/* "terribly good" against "played terribly": a word that is both counts as degree when something follows to which it
 * can apply. */
static bool acts_as_degree(const struct cue *cues, uint32_t i, uint32_t n)
{
    return cues[i].modifier > 0 && (!is_valued(&cues[i]) || (i + 1 < n && is_valued(&cues[i + 1])));
}

/* A second negation undoes the first ("never not good"). */
static void enter_modifier(struct state *state, float modifier)
{
    if (modifier < 0) {
        state->negation = state->negation != 0 ? 0 : modifier;
        state->negation_left = NEGATION_WORDS;
    } else {
        state->degree = fminf(state->degree * modifier, DEGREE_MAX);
        state->degree_left = DEGREE_WORDS;
    }
}

static void apply(struct state *state, struct cue *cue, bool capitals_matter)
{
    float v = cue->valence;

    /* "not very good" denies the "very" first: it says less than "not good", never more. */
    v *= state->negation != 0 && state->degree > 1 ? 1 / state->degree : state->degree;
    if (capitals_matter && (cue->flags & CUE_CAPITALS))
        v *= CAPITALS_GAIN;
    if (state->negation != 0)
        v *= v > 0 ? state->negation : state->negation * BLAME_TURN;
    cue->valence = v;
    state->degree = 1;
}

static void pass_word(struct state *state)
{
    if (state->negation_left-- <= 0)
        state->negation = 0;
    if (state->degree_left-- <= 0)
        state->degree = 1;
}

/* The last contrast that has something before it shifts the weight to what follows: "good, but far too loud". */
static void weigh_contrast(struct cue *cues, uint32_t n)
{
    uint32_t last = 0;
    bool said = false;

    for (uint32_t i = 0; i < n; i++) {
        said = said || is_valued(&cues[i]);
        if (said && (cues[i].flags & CUE_MODIFIER) && cues[i].modifier == 0)
            last = i;
    }
    for (uint32_t i = 0; last && i < n; i++)
        cues[i].valence *= i < last ? BEFORE_BUT : AFTER_BUT;
}

static bool has_lower(const struct cue *cues, uint32_t n)
{
    for (uint32_t i = 0; i < n; i++)
        if (cues[i].flags & CUE_LOWER)
            return true;
    return false;
}

void score_cues(struct cue *cues, uint32_t n)
{
    bool capitals_matter = has_lower(cues, n);
    struct state state = nothing;

    for (uint32_t i = 0; i < n; i++) {
        struct cue *cue = &cues[i];

        if (cue->flags & CUE_BREAK)
            state = nothing;
        if (cue->flags & CUE_WORD)
            pass_word(&state);
        if ((cue->flags & CUE_MODIFIER) && cue->modifier == 0) {
            state = nothing;
            cue->flags |= CUE_BREAK;
        } else if ((cue->flags & CUE_MODIFIER) && acts_as_degree(cues, i, n)) {
            enter_modifier(&state, cue->modifier);
            cue->valence = 0;
        } else if (is_valued(cue) && (cue->flags & CUE_WORD))
            apply(&state, cue, capitals_matter); /* not to emoji: they speak of all that was said */
        if (cue->modifier < 0)
            enter_modifier(&state, cue->modifier);
    }
    weigh_contrast(cues, n);
}

struct evidence score_sum(const struct cue *cues, uint32_t first, uint32_t last)
{
    struct evidence sum = { 0, 0 };

    for (uint32_t i = first; i < last; i++) {
        if (!is_valued(&cues[i]))
            continue;
        if (cues[i].valence > 0)
            sum.praise += cues[i].valence;
        else
            sum.blame -= cues[i].valence;
    }
    return sum;
}

double score_emphasis(const struct cue *cues, uint32_t n)
{
    unsigned exclamations = 0, questions = 0;

    for (uint32_t i = 0; i < n; i++) {
        exclamations += cues[i].exclamations;
        questions += cues[i].questions;
    }
    return 1 + MARK_GAIN * (exclamations < 4 ? exclamations : 4) + (questions > 1 ? QUESTIONS_GAIN : 0);
}

double score_balance(struct evidence evidence, double sentences)
{
    double balance = evidence.praise - evidence.blame;

    if (sentences < 1)
        return 0;
    return balance / sqrt(balance * balance + BALANCE_ALPHA * sentences);
}
