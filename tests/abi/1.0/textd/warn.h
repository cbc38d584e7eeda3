/* warn.h: the extension "textd.warn/1": how a plugin says something to the client, beside its result.
 * SPDX-License-Identifier: Apache-2.0
 *
 *     static const struct textd_warn *warnings;
 *     …
 *     warnings = host->extension(TEXTD_WARN);  // in create; NULL from a host that doesn't have it
 *     if (warnings)
 *         warnings->warn(doc, words, length);  // in process
 *
 * The words come back in the reply's `warnings`, with the name of the plugin's instance in front: "shout: words". They are
 * for people: why a result is less than they may expect, and what they could do. What is for programs goes into the
 * result, what is for the operator into the log (log.h), and what ends in a failure to host->explain.
 *
 * A reply has room for eight warnings, the daemon's own among them; when there are more, the last one says how many.
 * So warn once of a kind, and not once a sentence. Those of a plugin that fails afterwards are told as well. As a
 * result does, they depend on the text, the options and the plugin's own files, and on nothing else.
 *
 * Growth. The struct starts with its size and grows only at its end; another meaning would be "textd.warn/2". */
#ifndef TEXTD_WARN_H
#define TEXTD_WARN_H

#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

struct textd_doc;

#define TEXTD_WARN "textd.warn/1"

#define TEXTD_WARN_BYTES 200 /* that are kept, the name in front among them; what is longer is cut between characters */

/* Lives as long as the host. */
struct textd_warn {
    uint32_t size; /* sizeof(struct textd_warn) */
    uint32_t reserved;

    /* Adds a warning to the document's reply. UTF-8, copied. It is shown as one line: a line's end becomes a blank, and
     * other control characters and bytes that are no UTF-8 a "?". Only with the document that process was given, until
     * it returns, as all of the host's functions that take one. */
    void (*warn)(struct textd_doc *doc, const char *text, uint64_t length);
};

#ifdef __cplusplus
}
#endif

#endif
