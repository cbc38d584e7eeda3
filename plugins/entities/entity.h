/* entity.h: what the parts of the plugin hand to each other: a text with its layers, what may be asked of the caller, and what
 * was found. The three finders (names, expressions, dictionary) take the first two and make lists of the third; resolve.h
 * makes one list of theirs. */
#ifndef ENTITIES_ENTITY_H
#define ENTITIES_ENTITY_H

#include <stddef.h>
#include <stdint.h>

#include <textd/plugin.h>

#include "plugins/entities/types.h"

/* A text and its layers, as plugin.h describes sentences/1 and tokens/1. Borrowed. */
struct entity_input {
    const char *text;
    const struct textd_span *tokens;
    const uint8_t *kinds; /* TEXTD_TOKEN_*, one a token */
    const struct textd_span *sentences;
    uint32_t text_length, n_tokens, n_sentences;
};

/* What a finder may ask of its caller. */
struct entity_means {
    void *(*alloc)(void *context, size_t bytes); /* aligned for any object; NULL: there is no more */
    int (*should_stop)(void *context);           /* non-zero: give up; asked every few thousand tokens */
    void *context;
};

#define ENTITY_STOP_INTERVAL 4096 /* tokens between two questions whether to stop: well below a millisecond */

/* What an expression means: a text ("2024-05-12"), or a number, or a range of two, with a unit ("USD", "km", "%"). */
enum value_form { VALUE_NONE, VALUE_TEXT, VALUE_NUMBER };

struct entity_value {
    double number, to; /* VALUE_NUMBER; `to` when is_range */
    const char *text; /* VALUE_TEXT: the value; VALUE_NUMBER: the unit; lives as long as the document or the instance */
    uint32_t text_length; /* 0: there is no unit */
    uint8_t form;         /* enum value_form */
    uint8_t is_range;
};

#define ENTITY_MIN_SCORE 0.4 /* the least name_score that is shown, unless the caller wants another */

/* Scores are floats, and 0.95f is less than 0.95. */
static inline int entity_is_wanted(float name_score, double min_score)
{
    return (double)name_score + 1e-6 >= min_score;
}

struct entity {
    struct textd_span span;
    float score;                      /* 0..1: that it is of this type */
    float name_score;                 /* 0..1: that it is an entity at all; the same where the type is sure */
    uint8_t type;                     /* never ENTITY_NONE; below ENTITY_TYPE_COUNT, or one of the operator's own */
    uint8_t yields;                   /* gives way to what else is there: a dictionary of low priority, "3M" */
    uint32_t id_length;               /* 0: it has no id */
    uint32_t ref;                     /* which name of the text it is; set last, see who/who.h */
    const char *id;                   /* of the dictionary; lives as long as the instance */
    const struct entity_value *value; /* NULL: it has none; lives as long as the document */
};

/* A finder's list: ordered, not overlapping. */
struct entity_list {
    struct entity *entities;
    uint32_t n;
};

#endif
