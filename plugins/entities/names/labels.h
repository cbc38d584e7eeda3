/* labels.h: what a token can be within a name, for each type: its beginning, inside, last, or the whole of it (BILOU: Ratinov and
 * Roth 2009, "Design challenges and misconceptions in named entity recognition"), or no part of any: outside.
 *
 * Labels are numbered so that those after which no name is open stand together, and so do those that may follow them:
 *
 *     begin of each type | outside | unit of each type | last of each type | inside of each type
 *     [------------- openers -------------]
 *                        [------------- closers -------------]                                     */
#ifndef NAMES_LABELS_H
#define NAMES_LABELS_H

#include <stdbool.h>
#include <assert.h>
#include <stdint.h>

enum name_place { PLACE_BEGIN, PLACE_UNIT, PLACE_LAST, PLACE_INSIDE, N_PLACES };

#define NAME_MOST_TYPES 15u
#define NAME_MOST_LABELS (1u + N_PLACES * NAME_MOST_TYPES) /* 61: a set of labels has 64 bits */
#define NAME_ROW 64u                                       /* labels, rounded up for whole vectors */

static inline uint32_t label_outside(uint32_t n_types)
{
    return n_types;
}

static inline uint32_t label_make(uint32_t n_types, uint32_t type, enum name_place place)
{
    return place == PLACE_BEGIN ? type : 1 + (uint32_t)place * n_types + type;
}

static inline uint32_t label_count(uint32_t n_types)
{
    return 1 + N_PLACES * n_types;
}

/* Of a label that is not outside. */
static inline uint32_t label_type(uint32_t n_types, uint32_t label)
{
    return label < n_types ? label : (label - 1) % n_types;
}

static inline enum name_place label_place(uint32_t n_types, uint32_t label)
{
    assert(n_types > 0);
    return label < n_types ? PLACE_BEGIN : (enum name_place)((label - 1) / n_types);
}

/* Openers are labels 0 to 2 n, closers n to 3 n. */
static inline uint32_t label_openers(uint32_t n_types)
{
    return 1 + 2 * n_types;
}

static inline bool label_opens(uint32_t n_types, uint32_t label)
{
    return label < label_openers(n_types);
}

#endif
