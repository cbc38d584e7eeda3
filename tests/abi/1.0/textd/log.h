/* log.h: the extension "textd.log/1": how a plugin says something to the operator. SPDX-License-Identifier: Apache-2.0
 *
 *     static const struct textd_log *log;
 *     …
 *     log = host->extension(TEXTD_LOG);  // in create; NULL from a host that doesn't have it
 *     if (log && log->is_wanted(TEXTD_LOG_WARN))
 *         log->write(TEXTD_LOG_WARN, words, length);
 *
 * The words become a line of the daemon's log, event=plugin.log, with the plugin's name, the worker and the generation.
 * The daemon escapes them: what is written can't look like another line. It keeps a budget: a worker that says more
 * than 100 lines at once, or 20 a second for long, loses some, and the log says how many bytes. Never write the
 * document's text, or parts of it: logs go further than documents may.
 *
 * Threads. As for the host: only from inside a call of the plugin (create, selftest, process, destroy), by the thread
 * that was called. What a plugin prints to stdout or stderr instead comes out as well, as event=plugin.stderr, without
 * a level.
 *
 * Growth. The struct starts with its size and grows only at its end; another meaning would be "textd.log/2". */
#ifndef TEXTD_LOG_H
#define TEXTD_LOG_H

#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

#define TEXTD_LOG "textd.log/1"

#define TEXTD_LOG_ERROR 0 /* somebody must do something */
#define TEXTD_LOG_WARN 1  /* somebody should look at it today */
#define TEXTD_LOG_INFO 2  /* something has changed */
#define TEXTD_LOG_DEBUG 3 /* for the plugin's author */

#define TEXTD_LOG_BYTES 1024 /* of the words that are kept; what is longer is cut */

/* Lives as long as the host. */
struct textd_log {
    uint32_t size; /* sizeof(struct textd_log) */
    uint32_t reserved;

    /* Says these words: UTF-8 without a line's end (bytes that are none are replaced), copied. A level that isn't
     * wanted costs nothing more than the call; one that there isn't counts as TEXTD_LOG_DEBUG. It may wait for a moment
     * when the plugin has said very much. */
    void (*write)(int32_t level, const char *words, uint64_t length);

    /* Non-zero when a line of this level would be written now: ask before making words that cost something. */
    int32_t (*is_wanted)(int32_t level);
};

#ifdef __cplusplus
}
#endif

#endif
