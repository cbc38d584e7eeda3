/* directions.c: see score_directions in score.h. In news, much of what is good or bad is told by words that are
 * neither: profit may rise, a deficit may rise. Whether "up" is good depends on what goes up (Malo et al. 2014,
 * "Good debt or bad debt: detecting semantic orientations in economic texts"); quantities.txt knows that of common
 * quantities. */
#include "plugins/sentiment/score.h"

#define REACH 7 /* tokens between the two, as in "profit for the first three months fell" */

/* The last direction and the last quantity that were seen, waiting for their other half. */
struct waiting {
    uint32_t at;
    float value; /* 0: none */
};

static void pair(struct cue *cues, struct waiting *direction, struct waiting *quantity)
{
    uint32_t first = direction->at < quantity->at ? direction->at : quantity->at;
    uint32_t second = direction->at < quantity->at ? quantity->at : direction->at;

    cues[direction->at].flags &= (uint8_t)~CUE_MODIFIER; /* "less" is a direction in "less crime" and no negation */
    cues[direction->at].modifier = 0;
    cues[first].flags &= (uint8_t)~CUE_VALENCE;
    cues[second].flags |= CUE_VALENCE;
    cues[second].valence = direction->value * quantity->value;
    *direction = *quantity = (struct waiting) { 0 };
}

void score_directions(struct cue *cues, uint32_t n)
{
    struct waiting direction = { 0 }, quantity = { 0 };

    for (uint32_t i = 0; i < n; i++) {
        if (cues[i].flags & CUE_BREAK)
            direction.value = quantity.value = 0;
        if (cues[i].direction != 0 && (quantity.value != 0 || cues[i].quantity == 0)) /* "growth" can be either */
            direction = (struct waiting) { i, cues[i].direction };
        else if (cues[i].quantity != 0)
            quantity = (struct waiting) { i, cues[i].quantity };
        else
            continue;
        if (direction.value == 0 || quantity.value == 0)
            continue;
        if ((i == direction.at ? i - quantity.at : i - direction.at) <= REACH)
            pair(cues, &direction, &quantity);
    }
}
