/* options.h: the plugin's options, and what they say in a form that's ready for use. */
#ifndef ENTITIES_OPTIONS_H
#define ENTITIES_OPTIONS_H

#include <stdbool.h>

#include <textd/plugin.h>

#include "plugins/entities/types.h"
#include "plugins/entities/expressions/expressions.h"

enum {
    OPTION_TYPES,
    OPTION_MIN_SCORE,
    OPTION_REFERENCE_DATE,
    OPTION_DATE_ORDER,
    OPTION_NEXT_WEEKDAY,
    OPTION_DATE_TIMES,
    OPTION_DECIMAL,
    OPTION_DICTIONARIES,
    OPTION_LANGUAGES,
    OPTION_FORM,
    OPTION_COUNT
};

extern const struct textd_option entity_options[OPTION_COUNT];

/* What holds for one document. */
struct entity_wishes {
    struct expression_settings settings;
    double min_score;
    uint32_t types[8]; /* a bit for each type */
    bool in_columns;
};

static inline bool wishes_type(const struct entity_wishes *wishes, uint8_t type)
{
    return wishes->types[type / 32] >> type % 32 & 1;
}

/* Reads the options' values; the types are those of the plugin and the operator's own. TEXTD_OK, or TEXTD_FAILED and
 * in `reason` which option is wrong, what it is and what would be right. */
int32_t options_read(const struct textd_value *values, const struct entity_types *types, struct entity_wishes *wishes,
                     char *reason, size_t reason_size);

/* Whether days come first in the document's dates, where the option leaves that to the document: told by the client's hint at the
 * language, or by another of its dates. */
void options_look_at(const struct textd_value *values, const struct textd_doc *doc, struct entity_wishes *wishes);

/* The next of the parts of a list between commas, without blanks around it: moves *at behind it. False: there is none. */
bool options_next(const char **at, const char *end, const char **part, uint32_t *length);

/* Whether a comma stands before decimals in a language, as BCP 47 names it, "de", "de-CH". */
bool options_language_has_comma(const char *language, uint32_t length);

#endif
