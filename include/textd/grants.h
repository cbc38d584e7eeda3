/* grants.h: the extension "textd.grants/1": how a plugin says what it needs beyond its documents and its own files.
 * SPDX-License-Identifier: Apache-2.0
 *
 *     static const void *extension(const char *id)
 *     {
 *         static const char *const needs[] = { "threads", "read:/usr/share/dict", NULL };
 *         static const struct textd_grants grants = { .size = sizeof grants, .needs = needs };
 *
 *         return strcmp(id, TEXTD_GRANTS) == 0 ? &grants : NULL;
 *     }
 *
 * A plugin sees its documents, its options and its resources, and nothing else: no file, no socket, no thread, no other
 * process, no environment. What tries more is ended, and the client is told which system call it was. What a plugin
 * needs beyond that the operator grants it, in its entry of the configuration:
 *
 *     plugins:
 *       - {name: dict, grants: [threads, "read:/usr/share/dict"]}
 *
 *   threads       to start threads. The host may still be called by none of them but the one that it has called.
 *   network       sockets of IPv4 and IPv6, and to look names up
 *   read:/PATH    to read that file, or all below that folder
 *   write:/PATH   the same, and to change, make and remove files there
 *   env:NAME      to see that variable of textd's environment
 *
 * The plugin offers this by the `extension` of its own struct textd_plugin, which the host asks before create. A plugin
 * that needs what it wasn't granted isn't loaded, and the refusal has the line to be added; without this list it would
 * load, and be ended at its first such call. A host that doesn't have the extension never asks: then nothing is kept
 * from plugins.
 *
 * Purity. With any grant but threads, a result may depend on more than the text, the options and the plugin's own
 * files. `describe` then shows the plugin with `pure: false`, and clients know that a document sent twice may be
 * answered twice differently. That is a plugin's worst habit: what never changes is better read in create.
 *
 * Growth. The struct starts with its size and grows only at its end; another meaning would be "textd.grants/2". */
#ifndef TEXTD_GRANTS_H
#define TEXTD_GRANTS_H

#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

#define TEXTD_GRANTS "textd.grants/1"

/* Lives as long as the library. */
struct textd_grants {
    uint32_t size; /* sizeof(struct textd_grants) */
    uint32_t reserved;

    /* At most 32, NULL at the end. "read", "write" and "env" alone mean: any of that kind, such as a path that an
     * option names. */
    const char *const *needs;
};

#ifdef __cplusplus
}
#endif

#endif
