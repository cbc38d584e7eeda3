/* check_options.h: the extension "textd.check_options/1": how a plugin refuses values of its options that the declarations can't
 * describe, such as a text that must be a date. SPDX-License-Identifier: Apache-2.0
 *
 *     static int32_t check(void *self, const struct textd_value *values)
 *     {
 *         if (is_day(values[OPTION_DAY].text, values[OPTION_DAY].length))
 *             return TEXTD_OK;
 *         host->explain(…);  // what it is, and what would be right
 *         return TEXTD_INVALID;
 *     }
 *
 *     static const void *extension(const char *id)
 *     {
 *         static const struct textd_check_options options = { .size = sizeof options, .check = check };
 *
 *         return strcmp(id, TEXTD_CHECK_OPTIONS) == 0 ? &options : NULL;
 *     }
 *
 * The plugin offers it by the `extension` of its own struct textd_plugin, which the host asks once, behind create. A host that
 * doesn't have it never asks: so process must still do something sensible with values that it can't use, and best fail.
 *
 * Who calls it. The host, behind create and before selftest, with the operator's values: a refusal is a fault of the
 * configuration, and what ran before goes on. And for each document for which a client has set an option of this plugin,
 * before any plugin runs on it: a refusal answers the whole request with BAD_OPTION and the plugin's words, and is nothing that
 * the plugin has done wrong. Types, ranges and choices have been checked by then.
 *
 * Threads and time. As process: one call at a time, under the same limit. There is no document: of the host, only explain,
 * extension and what extensions allow outside a document may be called. It should take microseconds.
 *
 * Growth. The struct starts with its size and grows only at its end; another meaning would be "textd.check_options/2". */
#ifndef TEXTD_CHECK_OPTIONS_H
#define TEXTD_CHECK_OPTIONS_H

#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

struct textd_value;

#define TEXTD_CHECK_OPTIONS "textd.check_options/1"

/* Lives as long as the library. */
struct textd_check_options {
    uint32_t size; /* sizeof(struct textd_check_options) */
    uint32_t reserved;

    /* `values` has one element a declared option, in the table's order, borrowed until it returns and not to be written to.
     * TEXTD_OK, or anything else to refuse them, after host->explain. */
    int32_t (*check)(void *self, const struct textd_value *values);
};

#ifdef __cplusplus
}
#endif

#endif
