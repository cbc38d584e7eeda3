/* language.h: what is learned of another language than English: where its tokens come apart, and where its sentences end. English, and
 * whatever has no file of its own, has the rules of words.c and the model of model.h.
 *
 * The file, behind the head of model_file.h (magic "TDSEGLNG"), in little-endian order:
 *     32  char[8]    the language's code, "de", with zeros behind it
 *     40  uint32     flags, LANGUAGE_*
 *     44  int32, int32, uint32    `reject`, `accept` and the slots of the sentences' ends, as in model.h
 *     56  the same   of the tokens' cuts
 *     68  uint16 × slots of the first, and of the second */
#ifndef SEGMENTER_LANGUAGE_H
#define SEGMENTER_LANGUAGE_H

#include "plugins/segmenter/model.h"

#define LANGUAGE_CUTS_LETTERS 1u /* words come apart between two letters, too: "a|o", "var|dır" */

struct language_model {
    char code[8];
    uint32_t flags;
    struct boundary_model boundaries, cuts;
};

/* What stands before the slots. */
struct language_content {
    char code[8];
    uint32_t flags;
    struct model_content boundaries, cuts;
};

#define LANGUAGE_MOST_BYTES \
    (sizeof(struct model_file_head) + sizeof(struct language_content) + 2 * MODEL_MOST_SLOTS * sizeof(uint16_t))

extern const struct model_file_kind language_kind;

/* As model_open. */
int language_open(struct language_model *model, const void *bytes, size_t length, char *reason, size_t reason_size);

/* The languages that have a file, "segmenter-CODE.model"; NULL at the end. */
extern const char *const language_codes[];
#define LANGUAGES_MOST 24u

/* Which of them a BCP 47 code means, "pt-BR" the one of "pt"; -1 when none of them. */
int language_find(const char *code, uint32_t length);

/* Words behind which a period ends no sentence, though in this language it is a token by itself: "dr|.", for Polish and Czech; in small
 * letters, a blank before and behind each. NULL where an abbreviation has its period in its token, and the model learns of it. */
const char *language_titles(const char *code);

#endif
