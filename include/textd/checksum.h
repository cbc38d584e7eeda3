/* checksum.h: the extension "textd.checksum/1": a resource's checksum, which the daemon has taken while it copied the
 * file. SPDX-License-Identifier: Apache-2.0
 *
 *     const struct textd_checksum *sums = host->extension(TEXTD_CHECKSUM); // in create; NULL: an older host
 *     uint64_t sum;
 *
 *     host->resource("words.model", &file);
 *     if (!sums || sums->known(file.data, &sum) != TEXTD_OK)
 *         sum = XXH3_64bits((const char *)file.data + TEXTD_CHECKSUM_FROM, file.length - TEXTD_CHECKSUM_FROM);
 *
 * For files that say at their head what the checksum of the rest is, so that one that was cut or damaged is refused.
 * Each worker would read all of the file for that, most of it never again: of a large one that is what a start takes
 * longest for, and pages that it has for nothing. The bytes are sealed when they have been copied, so one look is
 * enough.
 *
 * Growth. The struct starts with its size and grows only at its end; another meaning would be "textd.checksum/2". */
#ifndef TEXTD_CHECKSUM_H
#define TEXTD_CHECKSUM_H

#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

#define TEXTD_CHECKSUM "textd.checksum/1"

/* A file's head, with its own checksum in it: so many bytes, and whatever the file is, are not part of the sum. */
#define TEXTD_CHECKSUM_FROM 24

/* Lives as long as the host. */
struct textd_checksum {
    uint32_t size; /* sizeof(struct textd_checksum) */
    uint32_t reserved;

    /* XXH3-64 (https://xxhash.com, without a seed) of the bytes from TEXTD_CHECKSUM_FROM to the end of the resource
     * that was asked for last, of which `data` is what was given out. TEXTD_NOT_FOUND: it isn't known; take it
     * yourself. In create, like resource. */
    int32_t (*known)(const void *data, uint64_t *sum);
};

#ifdef __cplusplus
}
#endif

#endif
