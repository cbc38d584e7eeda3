/* tagger.h: finds the entities of a text that is cut into sentences and tokens. Pure: no host, no files, no state between
 * calls; what it needs it asks of its caller. The rules and where they come from are told in README.md. */
#ifndef ENTITIES_TAGGER_H
#define ENTITIES_TAGGER_H

#include <stddef.h>
#include <stdint.h>

#include <textd/plugin.h>

#include "plugins/entities/types.h"

struct lists;

/* A text and its layers, as plugin.h describes sentences/1 and tokens/1. Borrowed. */
struct entity_input {
    const char *text;
    const struct textd_span *tokens;
    const uint8_t *kinds; /* TEXTD_TOKEN_*, one a token */
    const struct textd_span *sentences;
    uint32_t text_length, n_tokens, n_sentences;
};

/* What the tagger may ask of its caller. */
struct entity_means {
    void *(*alloc)(void *context, size_t bytes); /* aligned for any object; NULL: there is no more */
    int (*should_stop)(void *context);           /* non-zero: give up; asked every few thousand tokens */
    void *context;
};

struct entity {
    struct textd_span span;
    float score;  /* 0..1: how often the rule that found it is right, roughly */
    uint8_t type; /* enum entity_type, never ENTITY_NONE */
};

/* Puts the entities into *found (memory from `means`), ordered, not overlapping, from token border to token border, each
 * within a sentence. Time and memory are linear in the tokens, whatever they are. TEXTD_OK, TEXTD_NO_MEMORY or
 * TEXTD_STOPPED. */
int32_t tagger_run(const struct lists *lists, const struct entity_input *input, const struct entity_means *means,
                   struct entity **found, uint32_t *n_found);

/* "PERSON" and the like; the string is constant. */
const char *entity_type_name(uint8_t type);

/* The type of that name, in any case; ENTITY_NONE when there is none. */
uint8_t entity_type_find(const char *name, size_t length);

#endif
