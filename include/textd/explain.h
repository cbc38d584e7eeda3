/* explain.h: a failure and its reason in one line. Nothing of the ABI: a function that becomes part of the plugin.
 * SPDX-License-Identifier: Apache-2.0
 *
 *     if (n > most)
 *         return textd_explain(host, TEXTD_FAILED, "words.txt has %u words; %u are allowed", n, most);
 *
 * Words for an operator: what was wrong, with what, and what would be right. Never the document's text. */
#ifndef TEXTD_EXPLAIN_H
#define TEXTD_EXPLAIN_H

#include <stdarg.h>
#include <stdio.h>

#include <textd/plugin.h>

#define TEXTD_EXPLAIN_BYTES 400 /* what is longer is cut; the host cuts between characters */

static inline int32_t textd_explain(const struct textd_host *host, int32_t result, const char *format, ...)
    __attribute__((format(printf, 3, 4)));

/* Tells the host the reason, and returns `result`. Whenever the host may be called. */
static inline int32_t textd_explain(const struct textd_host *host, int32_t result, const char *format, ...)
{
    char words[TEXTD_EXPLAIN_BYTES + 1];
    va_list arguments;

    va_start(arguments, format);
    int n = vsnprintf(words, sizeof words, format, arguments);
    va_end(arguments);
    host->explain(words, n < 0 ? 0 : n > TEXTD_EXPLAIN_BYTES ? TEXTD_EXPLAIN_BYTES : (uint64_t)n);
    return result;
}

#endif
