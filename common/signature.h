/* signature.h: keys and signatures in minisign's files, read and made over libsodium: Ed25519 of the BLAKE2b-512 of
 * what is signed, and a second Ed25519 over the first and a line that is trusted with it. What `minisign -S` signs is
 * verified here, and the other way round. Its older kind, which signs the bytes themselves, is refused: a signature of
 * one kind would do as one of the other, for other bytes.
 *
 * Nothing here knows what is signed; see manifest.h. Call sodium_init() once before any of it. */
#ifndef TD_SIGNATURE_H
#define TD_SIGNATURE_H

#include <stddef.h>
#include <stdint.h>

#include "common/err.h"

#define TD_SIGNATURE_SUFFIX ".minisig"
#define TD_SIGNATURE_FILE_MOST 16384
#define TD_SIGNATURE_COMMENT 8193 /* of the trusted comment, with its NUL: minisign's own bound */

/* Who has signed, as minisign shows it: not secret, chosen at random with the key. */
#define TD_SIGNATURE_ID 8
#define TD_SIGNATURE_ID_CHARS 16

struct td_signature_key {
    unsigned char id[TD_SIGNATURE_ID];
    unsigned char bytes[32];
};

struct td_signature_secret {
    struct td_signature_key public;
    unsigned char bytes[64];
};

struct td_signature {
    unsigned char id[TD_SIGNATURE_ID];
    unsigned char bytes[64], of_comment[64];
    char comment[TD_SIGNATURE_COMMENT]; /* trusted, once it is verified */
};

/* "3B1905F4BBD74E92" */
void td_signature_id_print(const unsigned char id[TD_SIGNATURE_ID], char text[TD_SIGNATURE_ID_CHARS + 1]);

/* Of texts, which need no NUL behind. `what` names them in messages. TD_E_CONFIG. */
int td_signature_key_parse(struct td_signature_key *key, const char *text, size_t length, const char *what,
                           struct td_err *err);
int td_signature_parse(struct td_signature *signature, const char *text, size_t length, const char *what,
                       struct td_err *err);

/* `ask` is called for the password when the key is encrypted with one, and writes it (at most `size` bytes with its
 * NUL): 0, or -1 after which TD_E_DENIED is returned. NULL: such a key is refused. Wipe the secret after use. */
typedef int td_signature_ask(char *password, size_t size);
int td_signature_secret_parse(struct td_signature_secret *secret, const char *text, size_t length,
                              td_signature_ask *ask, const char *what, struct td_err *err);
void td_signature_secret_wipe(struct td_signature_secret *secret);

/* The same of files. A secret that others can read, or anybody's public key that everybody can write, is refused. */
int td_signature_key_read(struct td_signature_key *key, const char *path, const char *what, struct td_err *err);
int td_signature_secret_read(struct td_signature_secret *secret, const char *path, td_signature_ask *ask,
                             const char *what, struct td_err *err);

/* Whether that key has signed these bytes, and the comment with them. TD_E_CONFIG, with the reason. */
int td_signature_verify(const struct td_signature *signature, const struct td_signature_key *key, const void *message,
                        size_t length, const char *what, struct td_err *err);

/* A new pair. */
void td_signature_generate(struct td_signature_secret *secret);

/* Signs. The comment is one line that fits. */
void td_signature_make(struct td_signature *signature, const struct td_signature_secret *secret, const void *message,
                       size_t length, const char *comment);

/* The files, as minisign writes them. */
#define TD_SIGNATURE_TEXT (TD_SIGNATURE_COMMENT + 512) /* of any of them, with its NUL */
void td_signature_key_print(const struct td_signature_key *key, char text[TD_SIGNATURE_TEXT]);
void td_signature_secret_print(const struct td_signature_secret *secret, char text[TD_SIGNATURE_TEXT]);
void td_signature_print(const struct td_signature *signature, char text[TD_SIGNATURE_TEXT]);

#endif
