/* options.h: the values of plugin options. A plugin declares them in a table (struct textd_option); the operator's come
 * as text from the configuration and are checked in the worker that opens the plugin; a client's come as MessagePack
 * with a document and are checked by the supervisor against the catalogue. Same table, same checks, same words. */
#ifndef TD_OPTIONS_H
#define TD_OPTIONS_H

#include <textd/plugin.h>

#include "common/err.h"
#include "common/mp.h"

/* A plugin's options: the table's elements are `stride` bytes apart. */
struct td_options {
    const char *plugin; /* for messages */
    const struct textd_option *table;
    uint32_t n, stride;
};

const struct textd_option *td_options_at(const struct td_options *options, uint32_t index);

/* The index of an option, or TD_E_BAD_OPTION with the list of those that there are. */
int td_options_find(const struct td_options *options, const char *name, size_t length, uint32_t *index,
                    struct td_err *err);

/* The value that an option has when nobody sets it. Borrows the declaration's text. */
struct textd_value td_option_initial(const struct textd_option *option);

/* An operator's value. `text` (NUL at the end) is borrowed by the value of a TEXTD_TEXT option. TD_E_BAD_OPTION. */
int td_option_parse(const struct td_options *options, uint32_t index, const char *text, struct textd_value *value,
                    struct td_err *err);

/* A client's value; also checks that the option may be set per request. A text is borrowed from the message. */
int td_option_read(const struct td_options *options, uint32_t index, struct td_mp *mp, struct textd_value *value,
                   struct td_err *err);

/* "bool", "int", "float", "text". */
const char *td_option_type_name(uint32_t type);

#endif
