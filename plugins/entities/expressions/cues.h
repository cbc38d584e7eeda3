/* cues.h: what the words before a row of digits say that it is. */
#ifndef ENTITIES_CUES_H
#define ENTITIES_CUES_H

#include <stdint.h>

enum cue {
    CUE_NONE,
    CUE_PHONE,  /* "Tel:", "call me at", "My phone number is" */
    CUE_OTHER,  /* of an order, an account: "Order no.", "ISBN", "Ref:" */
    CUE_MAYBE,  /* the same, but it may be a verb, or count things: "order" */
    CUE_FLIGHT, /* "flight", "flights" */
    CUE_BOOK,   /* of a Bible or the like: chapter and verse follow */
};

/* Looks at the words before `at`, none before `floor`: at most a few, in the same line. */
enum cue cue_before(const char *text, uint32_t floor, uint32_t at);

#endif
