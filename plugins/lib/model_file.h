/* model_file.h: the head that every learned model's file starts with, so that one that was cut, altered, mixed up or made for
 * another version is refused with the reason before anything of it is read.
 *
 * The file, in little-endian order:
 *      0  8 bytes    the owner's magic, such as "TDSEGMNT"
 *      8  uint32     version of the content's format and of the features
 *     12  uint32     0
 *     16  uint64     XXH3-64 (https://xxhash.com) of all that follows; a CRC would take longer than all else of a load
 *     24  uint64     length of the whole file, bytes
 *     32  …          content, the owner's
 *
 * The file is mapped read-only and read where it is; what the owner looks up in it must be safe for any content, since a
 * checksum guards against accidents, not against malice. */
#ifndef TEXTD_MODEL_FILE_H
#define TEXTD_MODEL_FILE_H

#include <stddef.h>
#include <stdint.h>

#include <textd/checksum.h>
#include <textd/plugin.h>

/* What the owner expects. */
struct model_file_kind {
    char magic[9]; /* eight characters */
    uint32_t version;
    const char *owner; /* "segmenter", for messages */
};

_Static_assert(__BYTE_ORDER__ == __ORDER_LITTLE_ENDIAN__, "models are read where they are mapped");

struct model_file_head {
    char magic[8];
    uint32_t version, reserved;
    uint64_t checksum, length;
};
_Static_assert(sizeof(struct model_file_head) == 32, "the content is aligned as the file is");

_Static_assert(offsetof(struct model_file_head, length) == TEXTD_CHECKSUM_FROM, "what the host's checksum is of");

/* From here on models that are opened are held against the checksum that the host took of the file, if it has: none is
 * read for it. In create, by the plugin. */
void model_file_ask(const struct textd_host *host);

/* Puts what follows the head into *content and *content_length; it stays where it is. 0, or -1 and in `reason` what is wrong with
 * the file and what to do, starting in lower case: "it was cut: …". */
int model_file_open(const struct model_file_kind *kind, const void *bytes, size_t length, const void **content,
                    size_t *content_length, char *reason, size_t reason_size);

/* For trainers: fills in the head at `bytes`, behind which the content stands; `length` is the whole file's. */
void model_file_seal(const struct model_file_kind *kind, void *bytes, size_t length);

#endif
