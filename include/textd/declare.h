/* declare.h: the extension "textd.declare/1": how a plugin says of each instance what it needs, adds and accepts, when the
 * constant tables of its struct can't, since it learns that from a file or an option. SPDX-License-Identifier: Apache-2.0
 *
 *     static int32_t declare(const struct textd_host *host, const char *instance, const struct textd_value *values,
 *                            struct textd_declared *declared, void **self)
 *     {
 *         struct thing *thing = read_script(host, values[OPTION_SCRIPT].text);
 *
 *         if (!thing)
 *             return TEXTD_FAILED; // after host->explain
 *         declared->needs_layers = thing->needs;
 *         declared->options = thing->options;
 *         declared->n_options = thing->n_options;
 *         declared->option_size = sizeof thing->options[0];
 *         *self = thing;
 *         return TEXTD_OK;
 *     }
 *
 *     static const void *extension(const char *id)
 *     {
 *         static const struct textd_declare table = { .size = sizeof table, .declare = declare };
 *
 *         return strcmp(id, TEXTD_DECLARE) == 0 ? &table : NULL;
 *     }
 *
 * What is declared comes on top of the constant tables, and is held to the same rules; a breach refuses the plugin, in words
 * that name the instance. From then on there is no difference: the order of the pipeline, the checks of configuration and
 * requests, `describe` and the messages go by both. The options are those of the struct, followed by the declared ones: in
 * that order their values reach create, process (doc->options) and textd.check_options/1. No option may be declared twice.
 *
 * When. Once an instance, in each worker, before create: what it declares must follow from the instance's name, the values
 * and the plugin's own files alone, and be the same in all workers. A host that doesn't have the extension never asks:
 * then process runs with the constant tables, and best fails in words.
 *
 * What may be called. As in create: of the host, resource, explain and extension. Threads and time as create.
 *
 * The instance. What declare puts into *self, create finds there, and completes it or puts another in its place; destroy gets
 * what create has left. When declare or create fails the process ends: there is nothing to give back.
 *
 * Growth. Both structs start with their size and grow only at their end; another meaning would be "textd.declare/2". */
#ifndef TEXTD_DECLARE_H
#define TEXTD_DECLARE_H

#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

struct textd_host;
struct textd_option;
struct textd_value;

#define TEXTD_DECLARE "textd.declare/1"

/* What an instance declares. The host makes it, all zero but `size`, which is the host's: a field that lies behind it is one
 * that this host doesn't have. What is put into it must live as long as the instance. */
struct textd_declared {
    uint32_t size;
    uint32_t n_options;
    uint32_t option_size; /* sizeof(struct textd_option) */
    uint32_t reserved;
    const struct textd_option *options;
    const char *const *needs_layers; /* as in struct textd_plugin: NULL at the end; NULL for none */
    const char *const *adds_layers;
    const char *version, *license, *summary; /* of the instance, in the place of the plugin's; NULL: those hold */
};

/* Lives as long as the library. */
struct textd_declare {
    uint32_t size; /* sizeof(struct textd_declare) */
    uint32_t reserved;

    /* `instance` is the name that the operator gave it; `values` has one element an option of the constant table, with what
     * the operator set. Both are borrowed until it returns. Anything but TEXTD_OK refuses the plugin, after host->explain. */
    int32_t (*declare)(const struct textd_host *host, const char *instance, const struct textd_value *values,
                       struct textd_declared *declared, void **self);
};

#ifdef __cplusplus
}
#endif

#endif
