/* found.h: what a finder has found so far, whose number is known only at the end; and the tokens of each sentence, which all finders
 * walk over in the same way. */
#ifndef ENTITIES_FOUND_H
#define ENTITIES_FOUND_H

#include "plugins/entities/entity.h"

struct found_block;

/* Start with all zero but `means`. */
struct found {
    const struct entity_means *means;
    struct found_block *first, *last;
    uint32_t n;
};

/* A new entity at the end, all zero. NULL: no memory. */
struct entity *found_add(struct found *found);

/* Puts all of them into one array. TEXTD_OK or TEXTD_NO_MEMORY. */
int32_t found_finish(const struct found *found, struct entity **entities, uint32_t *n);

/* The tokens of sentence `n`: *token is behind those of the sentence before, and is moved behind these, which start at *first. A
 * token that crosses a sentence's border is in none. */
static inline void found_sentence(const struct entity_input *input, uint32_t n, uint32_t *first, uint32_t *token)
{
    while (*token < input->n_tokens && input->tokens[*token].start < input->sentences[n].start)
        ++*token;
    *first = *token;
    while (input->n_tokens - *token >= 8 && input->tokens[*token + 7].end <= input->sentences[n].end)
        *token += 8;
    while (*token < input->n_tokens && input->tokens[*token].end <= input->sentences[n].end)
        ++*token;
}

#endif
