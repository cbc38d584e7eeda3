/* rules.c: see rules.h. Degree words, capitals and "but" shift a word's valence as in Hutto and Gilbert 2014, "VADER: a
 * parsimonious rule-based model for sentiment analysis of social media text", whose numbers these are; negation reaches over a few words of
 * its clause and turns them, and "not very good" is milder than "not good" (Kiritchenko and Mohammad 2016, "The effect of negators,
 * modals, and degree adverbs on sentiment composition"); what could or would be is not so; whether "up" is good depends on what goes up
 * (Malo et al. 2014, "Good debt or bad debt"). How much each of these counts in the end is learned. */
#include "plugins/sentiment/rules.h"

#include <math.h>
#include <string.h>

#include "plugins/lib/character.h"
#include "plugins/sentiment/lookup.h"

#define NEGATION_REACH 6u /* tokens; clauses end it sooner */
#define DEGREE_REACH 2u   /* "such a good", "really quite good" */
#define UNREAL_REACH 8u
#define PAIR_REACH 7u /* "profit for the first three months fell" */
#define DEGREE_SHIFT 0.29f
#define CAPITALS_SHIFT 0.73f
#define NEGATION_FACTOR (-0.74f)
#define UNREAL_FACTOR 0.7f
#define AFTER_FACTOR 1.5f
#define RATED_REACH 3u       /* tokens, of both degree words and negations */
#define RATED_DISTANCE 0.05f /* by so much a degree word does less for each token between */
#define PAIR_VALENCE 1.8f

/* Whether a word praises or blames is hard to foretell: without a branch. */
static void balance_add(struct balance *balance, float value)
{
    float praise = value > 0 ? value : 0;

    balance->praise += praise;
    balance->blame += value - praise;
}

static bool has_small(const struct token_text *text, uint32_t first)
{
    uint32_t at = text->tokens[first].start, end = text->length - at > 256 ? at + 256 : text->length;

    for (; at < end; at++)
        if (char_is_lower(text->text[at]))
            return true;
    return false;
}

bool rules_stands_out(struct reader *r, uint32_t i)
{
    struct textd_span span = r->text->tokens[i];
    uint32_t upper = 0;

    for (uint32_t at = span.start; at < span.end && at - span.start < WORD_MOST_BYTES; at++) {
        if (char_is_lower(r->text->text[at]))
            return false;
        upper += (uint32_t)char_is_upper(r->text->text[at]);
    }
    if (upper < 2)
        return false;
    if (r->has_small < 0)
        r->has_small = has_small(r->text, r->start);
    return r->has_small;
}

static uint8_t places_of(const struct reader *r, bool is_sign)
{
    uint8_t places = 0;

    if (reader_is_negated(r) && !is_sign)
        places |= 1u << PLACE_NEGATED;
    if (reader_has_degree(r))
        places |= r->degree_role == ROLE_MORE ? 1u << PLACE_MORE : 1u << PLACE_LESS;
    if (reader_is_unreal(r))
        places |= 1u << PLACE_UNREAL;
    if (r->after_contrast)
        places |= 1u << PLACE_AFTER;
    if (r->is_loud)
        places |= 1u << PLACE_CAPITALS;
    return places;
}

/* What a word of this valence says in its place. */
static float value_in_place(float valence, uint8_t places)
{
    float sign = copysignf(1, valence), value = valence;
    bool is_negated = places >> PLACE_NEGATED & 1;

    if (places >> PLACE_CAPITALS & 1)
        value += sign * CAPITALS_SHIFT;
    if (places >> PLACE_MORE & 1)
        value += is_negated ? -sign * DEGREE_SHIFT : sign * DEGREE_SHIFT;
    if (places >> PLACE_LESS & 1)
        value -= sign * DEGREE_SHIFT;
    if (is_negated)
        value *= NEGATION_FACTOR;
    if (places >> PLACE_UNREAL & 1)
        value *= UNREAL_FACTOR;
    if (places >> PLACE_AFTER & 1)
        value *= AFTER_FACTOR;
    return value;
}

static void speak(struct reader *r, uint32_t i, float valence, bool is_sign)
{
    uint8_t places = places_of(r, is_sign);
    float value = places ? value_in_place(valence, places) : valence;
    struct sums *s = &r->sums;

    balance_add(&s->plain, valence);
    for (uint8_t left = places; left; left &= (uint8_t)(left - 1))
        balance_add(&s->placed[__builtin_ctz(left)], valence);
    if ((places >> PLACE_NEGATED & 1) && (places >> PLACE_MORE & 1))
        balance_add(&s->negated_more, valence);
    balance_add(&s->final, value);
    s->said++;
    s->most = value > s->most ? value : s->most;
    s->least = value < s->least ? value : s->least;
    r->degree_end = 0;
    if (r->heard) {
        r->heard[i - r->heard_from].final += value; /* of emoji, several may be one token */
        r->heard[i - r->heard_from].places = places;
    }
}

static bool is_near(uint32_t behind, uint32_t i)
{
    return behind > 0 && i - behind < RATED_REACH;
}

/* A word of Hutto and Gilbert's lexicon by their rules alone: an estimate of its own, which errs elsewhere than ours. */
static void rate(struct reader *r, uint32_t i, float valence)
{
    float sign = copysignf(1, valence);

    if (r->is_loud)
        valence += sign * CAPITALS_SHIFT;
    if (is_near(r->degree_at, i)) {
        float shift = DEGREE_SHIFT * (1 - RATED_DISTANCE * (float)(i - r->degree_at));
        valence += r->degree_at_role == ROLE_MORE ? sign * shift : -sign * shift;
    }
    if (is_near(r->negation_at, i))
        valence *= NEGATION_FACTOR;
    balance_add(&r->sums.rated, r->after_contrast ? valence * AFTER_FACTOR : valence);
}

/* "but": what was said before it in the sentence counts less. */
static void meet_contrast(struct reader *r)
{
    struct sums *s = &r->sums;

    r->negation_end = 0;
    if (s->said == 0)
        return;
    if (!r->after_contrast)
        balance_join(&s->placed[PLACE_BEFORE], s->plain);
    s->final.praise *= CONTRAST_FACTOR;
    s->final.blame *= CONTRAST_FACTOR;
    s->rated.praise *= CONTRAST_FACTOR;
    s->rated.blame *= CONTRAST_FACTOR;
    r->after_contrast = true;
    if (r->heard)
        r->heard[r->now - r->heard_from].is_contrast = true;
}

/* A direction and a quantity in one clause speak together, where the second of them stands. */
static void pair_up(struct reader *r, uint32_t i)
{
    uint32_t apart =
        r->direction.at > r->quantity.at ? r->direction.at - r->quantity.at : r->quantity.at - r->direction.at;

    if (r->direction.value == 0 || r->quantity.value == 0 || apart > PAIR_REACH)
        return;
    speak(r, i, r->direction.value * r->quantity.value * PAIR_VALENCE, false);
    r->direction.value = r->quantity.value = 0;
}

/* Whether the role has taken the word's own valence: "losses" in "losses narrowed". */
static bool act(struct reader *r, uint32_t i, enum role role)
{
    float said = r->sums.said;

    switch (role) {
    case ROLE_NEGATION: /* a second one undoes the first */
        r->negation_end = reader_is_negated(r) ? 0 : i + NEGATION_REACH + 1;
        return false;
    case ROLE_MORE:
    case ROLE_LESS:
        r->degree_end = i + DEGREE_REACH + 1;
        r->degree_role = role;
        return false;
    case ROLE_UNREAL:
        r->unreal_end = i + UNREAL_REACH + 1;
        return false;
    case ROLE_CONTRAST:
        meet_contrast(r);
        return false;
    case ROLE_UP:
    case ROLE_DOWN:
        r->direction = (struct waiting) { i, role == ROLE_UP ? 1 : -1 };
        pair_up(r, i);
        return r->sums.said > said;
    case ROLE_GAIN:
    case ROLE_COST:
        r->quantity = (struct waiting) { i, role == ROLE_GAIN ? 1 : -1 };
        pair_up(r, i);
        return r->sums.said > said;
    case ROLE_NONE:
    case N_ROLES:
        break;
    }
    return false;
}

void rules_end_clause(struct reader *r, bool is_comma)
{
    r->negation_end = r->degree_end = 0;
    r->direction.value = r->quantity.value = 0;
    if (!is_comma)
        r->unreal_end = 0;
}

/* "terribly good" against "played terribly": a degree word with a valence of its own is silent when a word of feeling follows. */
static bool is_followed(const struct reader *r, uint32_t i)
{
    if (i + 1 >= r->last)
        return false;
    const struct entry *next = lookup_entry_at(r, i + 1);
    return next && next->valence != 0;
}

void rules_rate(struct reader *r, uint32_t i, const struct entry *entry, float factor)
{
    enum role role = (enum role)(entry->flags & ENTRY_ROLE);

    if (entry->rated != 0)
        rate(r, i, (float)entry->rated * VALENCE_UNIT * factor);
    else if (role == ROLE_NEGATION)
        r->negation_at = i + 1;
    else if (role == ROLE_MORE || role == ROLE_LESS) {
        r->degree_at_role = role;
        r->degree_at = i + 1;
    }
}

void rules_meet(struct reader *r, uint32_t i, const struct entry *entry, float factor, bool is_sign)
{
    enum role role = (enum role)(entry->flags & ENTRY_ROLE);
    bool has_spoken = role != ROLE_NONE && act(r, i, role);

    if (entry->valence != 0 && (role == ROLE_MORE || role == ROLE_LESS))
        has_spoken = is_followed(r, i);
    if (entry->valence != 0 && !has_spoken)
        speak(r, i, (float)entry->valence * VALENCE_UNIT * factor, is_sign);
}
