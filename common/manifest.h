/* manifest.h: what was signed of a plugin: FILE.manifest beside FILE.so, a line for the library and for each resource,
 * in the form of sha256sum, so that `sha256sum -c` reads it as well:
 *
 *   <SHA-256, 64 digits>  FILE.so
 *   <SHA-256, 64 digits>  FILE/lexicon.tsv
 *
 * One of files that were added to a library which is elsewhere, and which somebody else answers for, has no line for that.
 *
 * FILE.manifest.minisig is the signature of that file (signature.h). Names are part of it, so that no file can be taken
 * for another, and no plugin for another: what isn't in it is refused, as is what is in it and isn't there. */
#ifndef TD_MANIFEST_H
#define TD_MANIFEST_H

#include <stddef.h>
#include <stdint.h>

#include "common/err.h"

#define TD_MANIFEST_SUFFIX ".manifest"
#define TD_MANIFEST_MOST (1u << 20) /* bytes */
#define TD_MANIFEST_ENTRIES 1001u   /* the library, and as many resources as a plugin may have */
#define TD_MANIFEST_NAME 512        /* with its NUL */
#define TD_MANIFEST_HASH 64         /* digits */

struct td_manifest_entry {
    char name[TD_MANIFEST_NAME];
    char hash[TD_MANIFEST_HASH + 1];
    int is_optional; /* of those that are found: a manifest need not have it */
};

struct td_manifest {
    struct td_manifest_entry *entries;
    uint32_t n;
};

/* Of a text that needs no NUL behind. `what` names it in messages. Free it in any case. TD_E_CONFIG; TD_E_SYSTEM: no
 * memory. */
int td_manifest_parse(struct td_manifest *manifest, const char *text, size_t length, const char *what,
                      struct td_err *err);

/* Adds an entry. TD_E_CONFIG: a name that can't stand in a manifest; TD_E_SYSTEM. */
int td_manifest_add(struct td_manifest *manifest, const char *name, const char *hash, const char *what,
                    struct td_err *err);

/* The text, to be freed; NULL: no memory. */
char *td_manifest_print(const struct td_manifest *manifest);

/* Judges the files that there are, as another manifest, by the one that was signed. `plugin`: FILE. TD_E_CONFIG, with
 * the first file that differs, and how. `what` names the manifest. */
int td_manifest_compare(const struct td_manifest *was_signed, const struct td_manifest *found, const char *plugin,
                        const char *what, struct td_err *err);

/* The comment that is signed with a manifest, as minisign's own fields, parted by tabs, and two of ours:
 * "timestamp:1795952196\tfile:shout.manifest\thashed\tplugin:shout\tversion:1.2.0". `version` may be NULL. */
void td_manifest_comment(char *comment, size_t size, const char *plugin, const char *version, int64_t unix_time);

/* TD_E_CONFIG: the comment is of another plugin's. One of minisign's own has no such field, and says nothing. */
int td_manifest_check_comment(const char *comment, const char *plugin, const char *what, struct td_err *err);

/* The field of that name in a comment; NULL: there is none. */
const char *td_manifest_comment_field(const char *comment, const char *name, char *value, size_t size);

void td_manifest_free(struct td_manifest *manifest);

#endif
