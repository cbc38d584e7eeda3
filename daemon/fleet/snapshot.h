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

#include <stdatomic.h>
#include <stdint.h>

#include "common/err.h"
#include "daemon/both/setup.h"

#define TD_SNAPSHOT_HASH_BYTES 65 /* SHA-256 in hexadecimal, as sha256sum prints it, and a NUL */

struct td_snapshot {
    _Atomic uint32_t references;
    char *path; /* of the library, as it was found */
    char hash[TD_SNAPSHOT_HASH_BYTES];
    int library_fd;
    int bundle_fd; /* the resources, one behind the other; -1: there are none */
    struct td_resource *entries;
    uint32_t n_entries;
    uint64_t identity; /* of the files: inodes, sizes, times; see td_snapshot_is_current */
};

/* Takes one of the library at `path` and of the files in <its folder>/FILE/ and <model_dir>/FILE/ (of two of the same
 * name, the first counts). TD_E_CONFIG: a file can't be read, is being written, or could be changed by others than its
 * owner: this user, or root. */
int td_snapshot_take(struct td_snapshot **snapshot, const char *path, const char *model_dir, struct td_err *err);

/* Non-zero when the files on disk are still those that it was taken of. */
int td_snapshot_is_current(const struct td_snapshot *snapshot, const char *model_dir);

struct td_snapshot *td_snapshot_share(struct td_snapshot *snapshot);
void td_snapshot_release(struct td_snapshot *snapshot); /* NULL is fine */

#endif
