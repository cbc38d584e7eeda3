/* snapshot.h: a plugin's files as they were at load: its library and its resources, each in sealed memory of its own.
 *
 * Workers open the snapshot and never the file: a worker that is replaced an hour later runs the same bytes, and whoever
 * copies over, cuts or removes a file that is loaded changes nothing and kills nobody (a mapped file that is cut is a
 * SIGBUS in every worker at once; one that is overwritten is a mixture of two programs). Memory and not a copy on disk,
 * since /run is mounted noexec on Debian, and since a seal is a promise that even we can't break.
 *
 * Snapshots are counted and shared: between instances of one library, and between generations when the files are still
 * the same. Taking one reads files and may block; all functions here may run in any thread. */
#ifndef TD_SNAPSHOT_H
#define TD_SNAPSHOT_H

#include <pthread.h>
#include <stdatomic.h>
#include <stdint.h>

#include "common/err.h"
#include "daemon/both/setup.h"

#define TD_SNAPSHOT_HASH_BYTES 65 /* SHA-256 in hexadecimal, as sha256sum prints it, and a NUL */

/* Where the bytes are from. DISK: the files as they were found at a start or a reload. ROLLED_BACK: the copy that
 * served before, by an operator's word. LAST_GOOD: the copy that served before the restart, since what is on disk
 * can't be used. */
#define TD_SNAPSHOT_SOURCES(X) X(DISK, "disk") X(ROLLED_BACK, "rolled_back") X(LAST_GOOD, "last_good")

enum td_snapshot_source {
#define X(name, text) TD_SNAPSHOT_##name,
    TD_SNAPSHOT_SOURCES(X)
#undef X
};

/* What lies beside the library and says whose it is (common/manifest.h): as it was found, believed by nobody yet. */
struct td_snapshot_seal {
    char *manifest, *signature; /* with a NUL behind; NULL: one of them can't be had, */
    size_t manifest_bytes, signature_bytes;
    char *missing;                          /* which, and why */
    char (*hashes)[TD_SNAPSHOT_HASH_BYTES]; /* SHA-256 of each resource's sealed bytes; NULL without a manifest */
    /* What came with textd: it lay where textd was installed, and nobody but root could have written it or its folder. Of
     * the library, and of each resource (NULL: none of them has). */
    int is_installed;
    unsigned char *are_installed;
};

/* What is known of the bytes once somebody asks: they are sealed, so that it is the same whenever that is. To read
 * them all takes longer than to copy them, and a start waits for neither. */
struct td_snapshot_prints {
    pthread_mutex_t lock;
    atomic_int are_known;
    char hash[TD_SNAPSHOT_HASH_BYTES];    /* of the library */
    char content[TD_SNAPSHOT_HASH_BYTES]; /* a fingerprint of library and resources */
};

struct td_snapshot {
    _Atomic uint32_t references;
    char *path; /* of the library, as it was found */
    struct td_snapshot_prints *prints;
    int library_fd;
    int bundle_fd; /* the resources, one behind the other; -1: there are none */
    struct td_resource *entries;
    uint32_t n_entries;
    uint64_t identity; /* of the files: inodes, sizes, times; see td_snapshot_is_current. 0: of none that is there */
    struct td_snapshot_seal seal;
    enum td_snapshot_source source;
    char *reason;                      /* of LAST_GOOD: what is wrong with the files; NULL */
    char held[TD_SNAPSHOT_HASH_BYTES]; /* of ROLLED_BACK: the content that isn't taken again unasked; "" */
    struct td_snapshot *before; /* what served before it; NULL. The one field that changes: by the loop, at a switch */
};

/* Where else a library's resources may lie than in the folder FILE/ beside it. */
struct td_resource_dirs {
    char *const *plugin_dirs; /* in FILE/ of each that has no FILE.so: that one's files are its own */
    uint32_t n_plugin_dirs;
    const char *model_dir; /* and in FILE/ of this */
    const char *installed; /* the plugin directory that textd was installed with; NULL: there is none */
};

/* Takes one of the library at `path` and of the files in <its folder>/FILE/ and, in their order, those of `dirs` (of two
 * of the same name, the first counts). TD_E_CONFIG: a file can't be read, is being written, or could be changed by others
 * than its owner: this user, or root. */
int td_snapshot_take(struct td_snapshot **snapshot, const char *path, const struct td_resource_dirs *dirs,
                     struct td_err *err);

/* Reads the bytes, unless somebody has: then the three below cost nothing. TD_E_SYSTEM: they can't be read now. */
int td_snapshot_know(const struct td_snapshot *snapshot, struct td_err *err);

/* SHA-256 of the library, and a fingerprint of all; "" when they can't be had. */
const char *td_snapshot_hash(const struct td_snapshot *snapshot);
const char *td_snapshot_content(const struct td_snapshot *snapshot);

/* Whether the two have the same bytes. */
int td_snapshot_is_same(const struct td_snapshot *a, const struct td_snapshot *b);

/* Non-zero when the files on disk are still those that it was taken of. */
int td_snapshot_is_current(const struct td_snapshot *snapshot, const struct td_resource_dirs *dirs);

/* A copy that was kept in a file. */
struct td_snapshot_parts {
    const char *path; /* of the library that it was taken of */
    int fd;           /* at `library_at` the library begins, and right behind it the bundle */
    uint64_t library_at, library_bytes, bundle_bytes;
    const struct td_resource *entries;
    uint32_t n_entries;
    const char *manifest, *signature; /* NULL: there were none */
};

/* Makes one of the parts, which are borrowed. Whether it is what was kept, its content says. */
int td_snapshot_restore(struct td_snapshot **snapshot, const struct td_snapshot_parts *parts, struct td_err *err);

/* One with the bytes of `to` that holds back the content of `from`. */
int td_snapshot_roll_back(struct td_snapshot **snapshot, const struct td_snapshot *to, const struct td_snapshot *from,
                          struct td_err *err);

/* Says of one that nobody else has yet where it is from, and why. */
int td_snapshot_explain(struct td_snapshot *snapshot, enum td_snapshot_source source, const char *reason,
                        struct td_err *err);

const char *td_snapshot_source_name(enum td_snapshot_source source);

struct td_snapshot *td_snapshot_share(struct td_snapshot *snapshot);
void td_snapshot_release(struct td_snapshot *snapshot); /* NULL is fine */

#endif
