/* signature.c: see signature.h. The formats: minisign's page, https://jedisct1.github.io/minisign/, "Signature format"
 * and what follows. */
#include "common/signature.h"

#include <assert.h>
#include <stdio.h>
#include <string.h>

#include <sodium.h>

#include "common/key_file.h"

#define UNTRUSTED "untrusted comment: "
#define TRUSTED "trusted comment: "

/* Each kind of line's bytes, as they lie behind the base64. */
struct key_line {
    unsigned char kind[2], id[TD_SIGNATURE_ID], key[32];
};

struct signature_line {
    unsigned char kind[2], id[TD_SIGNATURE_ID], bytes[64];
};

/* What a password hides: scrypt's stream is laid over it. */
struct hidden {
    unsigned char id[TD_SIGNATURE_ID], secret[64], check[32];
};

struct secret_line {
    unsigned char kind[2], derivation[2], check_kind[2], salt[32], work[8], memory[8];
    struct hidden hidden;
};

_Static_assert(sizeof(struct key_line) == 42, "no padding");
_Static_assert(sizeof(struct signature_line) == 74, "no padding");
_Static_assert(sizeof(struct secret_line) == 158, "no padding");

static const unsigned char plain_kind[2] = "Ed", hashed_kind[2] = "ED", scrypt[2] = "Sc", blake2b[2] = "B2";

static uint64_t read_le64(const unsigned char bytes[8])
{
    uint64_t number = 0;

    for (int i = 7; i >= 0; i--)
        number = number << 8 | bytes[i];
    return number;
}

void td_signature_id_print(const unsigned char id[TD_SIGNATURE_ID], char text[TD_SIGNATURE_ID_CHARS + 1])
{
    snprintf(text, TD_SIGNATURE_ID_CHARS + 1, "%016llX", (unsigned long long)read_le64(id));
}

/* ---- Lines -------------------------------------------------------------------------------------------------------- */

struct text {
    const char *at;
    size_t left;
};

struct line {
    const char *at;
    size_t length;
};

/* The next line, without its end; empty when there is none. */
static struct line next_line(struct text *text)
{
    const char *end = text->left ? memchr(text->at, '\n', text->left) : NULL;
    size_t length = end ? (size_t)(end - text->at) : text->left;
    struct line line = { text->at, length };

    text->at += length + (end != NULL);
    text->left -= length + (end != NULL);
    while (line.length > 0 && line.at[line.length - 1] == '\r')
        line.length--;
    return line;
}

static int begins_with(struct line line, const char *words)
{
    return line.length >= strlen(words) && memcmp(line.at, words, strlen(words)) == 0;
}

/* Zero when it isn't the base64 of exactly that many bytes. */
static int decode(struct line line, void *bytes, size_t size)
{
    const char *end = NULL;
    size_t length = 0;

    return line.length > 0 && line.length <= 4 * (size + 2) / 3 + 1 &&
           sodium_base642bin(bytes, size, line.at, line.length, NULL, &length, &end, sodium_base64_VARIANT_ORIGINAL) ==
               0 &&
           end == line.at + line.length && length == size;
}

/* What lies behind the bytes that end a file is nobody's. */
static int is_over(struct text *text)
{
    while (text->left > 0)
        if (next_line(text).length > 0)
            return 0;
    return 1;
}

/* The base64 of a key's file: behind its comment, or all that there is, as it is copied from minisign's output. */
static struct line key_of(struct text *text)
{
    struct line line = next_line(text);

    return begins_with(line, UNTRUSTED) ? next_line(text) : line;
}

/* ---- Reading ------------------------------------------------------------------------------------------------------ */

int td_signature_key_parse(struct td_signature_key *key, const char *text, size_t length, const char *what,
                           struct td_err *err)
{
    struct text rest = { text, length };
    struct line line = key_of(&rest);
    struct key_line found;

    if (decode(line, &found, sizeof found) && memcmp(found.kind, plain_kind, 2) == 0 && is_over(&rest)) {
        memcpy(key->id, found.id, sizeof key->id);
        memcpy(key->bytes, found.key, sizeof key->bytes);
        return TD_OK;
    }
    return td_fail(err, TD_E_CONFIG,
                   "%s is no public key of minisign's: its comment, and a line of 56 characters that begins with RW; "
                   "textctl plugin keygen makes one, as NAME.pub",
                   what);
}

int td_signature_parse(struct td_signature *signature, const char *text, size_t length, const char *what,
                       struct td_err *err)
{
    struct text rest = { text, length };
    struct line untrusted = next_line(&rest), bytes = next_line(&rest), comment = next_line(&rest),
                of_comment = next_line(&rest);
    struct signature_line found;

    *signature = (struct td_signature) { .comment = "" };
    if (!begins_with(untrusted, UNTRUSTED) || !decode(bytes, &found, sizeof found) || !begins_with(comment, TRUSTED) ||
        comment.length - strlen(TRUSTED) >= sizeof signature->comment || memchr(comment.at, 0, comment.length) ||
        !decode(of_comment, signature->of_comment, sizeof signature->of_comment) || !is_over(&rest))
        return td_fail(err, TD_E_CONFIG, "%s is no signature of minisign's", what);
    if (memcmp(found.kind, plain_kind, 2) == 0)
        return td_fail(
            err, TD_E_CONFIG,
            "%s is a signature of minisign's older kind, which isn't taken; sign with textctl plugin sign, or "
            "with minisign 0.10 or later and without -l",
            what);
    if (memcmp(found.kind, hashed_kind, 2) != 0)
        return td_fail(err, TD_E_CONFIG, "%s is a signature of a kind that isn't known", what);
    memcpy(signature->id, found.id, sizeof signature->id);
    memcpy(signature->bytes, found.bytes, sizeof signature->bytes);
    memcpy(signature->comment, comment.at + strlen(TRUSTED), comment.length - strlen(TRUSTED));
    return TD_OK;
}

/* minisign's own: kind, id and secret, the latter two in that order. */
static void check_of(const struct secret_line *line, unsigned char check[32])
{
    crypto_generichash_state state;

    crypto_generichash_init(&state, NULL, 0, 32);
    crypto_generichash_update(&state, line->kind, sizeof line->kind);
    crypto_generichash_update(&state, line->hidden.id, sizeof line->hidden.id);
    crypto_generichash_update(&state, line->hidden.secret, sizeof line->hidden.secret);
    crypto_generichash_final(&state, check, 32);
}

/* More than minisign ever asks for would only keep a machine busy. */
#define MOST_MEMORY (UINT64_C(2) << 30)
#define MOST_WORK (UINT64_C(1) << 27)

static int uncover(struct secret_line *line, td_signature_ask *ask, const char *what, struct td_err *err)
{
    unsigned char stream[sizeof line->hidden] = { 0 }, *hidden = (unsigned char *)&line->hidden;
    uint64_t work = read_le64(line->work), memory = read_le64(line->memory);
    char password[1024];

    if (!ask)
        return td_fail(err, TD_E_CONFIG, "%s is encrypted with a password, which can't be asked for here", what);
    if (work > MOST_WORK || memory > MOST_MEMORY)
        return td_fail(err, TD_E_CONFIG,
                       "%s wants %llu MiB to make a key of its password, which is no key of minisign's", what,
                       (unsigned long long)(memory >> 20));
    if (ask(password, sizeof password) != 0)
        return td_fail(err, TD_E_DENIED, "%s is encrypted, and no password was given", what);
    int failed = crypto_pwhash_scryptsalsa208sha256(stream, sizeof stream, password, strlen(password), line->salt, work,
                                                    (size_t)memory) != 0;
    explicit_bzero(password, sizeof password);
    for (size_t i = 0; i < sizeof stream && !failed; i++)
        hidden[i] ^= stream[i];
    explicit_bzero(stream, sizeof stream);
    if (failed)
        return td_fail(err, TD_E_SYSTEM, "there is no memory to make a key of a password: %llu MiB",
                       (unsigned long long)(memory >> 20));
    return TD_OK;
}

/* A secret whose public half isn't its own would sign what nobody can verify, and give the secret away by doing so
 * (two signatures of one text with two public keys). One without a password has no check of its own. */
static int take_secret(struct td_signature_secret *secret, const struct secret_line *line, int is_encrypted,
                       const char *what, struct td_err *err)
{
    unsigned char check[32], seed[32], public[32], both[64];

    check_of(line, check);
    if (is_encrypted && sodium_memcmp(check, line->hidden.check, sizeof check) != 0)
        return td_fail(err, TD_E_DENIED, "%s: the password is wrong", what);
    memcpy(seed, line->hidden.secret, sizeof seed);
    crypto_sign_seed_keypair(public, both, seed);
    int is_same = sodium_memcmp(both, line->hidden.secret, sizeof both) == 0;
    explicit_bzero(seed, sizeof seed);
    explicit_bzero(both, sizeof both);
    if (!is_same)
        return td_fail(err, TD_E_CONFIG, "%s is damaged: its public key isn't the secret's", what);
    memcpy(secret->public.id, line->hidden.id, sizeof secret->public.id);
    memcpy(secret->public.bytes, public, sizeof secret->public.bytes);
    memcpy(secret->bytes, line->hidden.secret, sizeof secret->bytes);
    return TD_OK;
}

int td_signature_secret_parse(struct td_signature_secret *secret, const char *text, size_t length,
                              td_signature_ask *ask, const char *what, struct td_err *err)
{
    static const unsigned char none[2] = { 0, 0 };
    struct text rest = { text, length };
    struct line line = key_of(&rest);
    struct secret_line found = { .kind = { 0 } };
    int rc = TD_OK;

    if (!decode(line, &found, sizeof found) || memcmp(found.kind, plain_kind, 2) != 0 || !is_over(&rest) ||
        memcmp(found.check_kind, blake2b, 2) != 0 ||
        (memcmp(found.derivation, scrypt, 2) != 0 && memcmp(found.derivation, none, 2) != 0))
        rc = td_fail(err, TD_E_CONFIG,
                     "%s is no secret key of minisign's; textctl plugin keygen makes one, as NAME.sec", what);
    int is_encrypted = rc == TD_OK && memcmp(found.derivation, scrypt, 2) == 0;
    if (is_encrypted)
        rc = uncover(&found, ask, what, err);
    if (rc == TD_OK)
        rc = take_secret(secret, &found, is_encrypted, what, err);
    explicit_bzero(&found, sizeof found);
    return rc;
}

void td_signature_secret_wipe(struct td_signature_secret *secret)
{
    explicit_bzero(secret, sizeof *secret);
}

/* "security.plugin_keys /etc/textd/team.pub", for messages. */
static void name_file(char name[512], const char *what, const char *path)
{
    snprintf(name, 512, "%s %s", what, path);
}

int td_signature_key_read(struct td_signature_key *key, const char *path, const char *what, struct td_err *err)
{
    char text[TD_KEY_FILE_MOST + 1], name[512];
    struct stat st = { 0 };
    size_t length;
    int rc = td_key_file_read(text, &length, &st, path, what, err);

    name_file(name, what, path);
    if (rc == TD_OK)
        rc = td_key_file_check_public(&st, path, what, err);
    if (rc == TD_OK)
        rc = td_signature_key_parse(key, text, length, name, err);
    explicit_bzero(text, sizeof text); /* who names the wrong file may have named a secret */
    return rc;
}

int td_signature_secret_read(struct td_signature_secret *secret, const char *path, td_signature_ask *ask,
                             const char *what, struct td_err *err)
{
    char text[TD_KEY_FILE_MOST + 1], name[512];
    struct stat st = { 0 };
    size_t length;
    int rc = td_key_file_read(text, &length, &st, path, what, err);

    name_file(name, what, path);
    if (rc == TD_OK)
        rc = td_key_file_check_secret(&st, path, what, "textctl plugin keygen", err);
    if (rc == TD_OK)
        rc = td_signature_secret_parse(secret, text, length, ask, name, err);
    explicit_bzero(text, sizeof text);
    return rc;
}

/* ---- Signing and verifying ---------------------------------------------------------------------------------------- */

static void digest(unsigned char hash[64], const void *message, size_t length)
{
    crypto_generichash(hash, 64, message, length, NULL, 0);
}

/* What the second signature is over: the first, and the comment. */
static size_t join(unsigned char bytes[64 + TD_SIGNATURE_COMMENT], const struct td_signature *signature)
{
    size_t length = strlen(signature->comment);

    memcpy(bytes, signature->bytes, 64);
    memcpy(bytes + 64, signature->comment, length);
    return 64 + length;
}

int td_signature_verify(const struct td_signature *signature, const struct td_signature_key *key, const void *message,
                        size_t length, const char *what, struct td_err *err)
{
    unsigned char hash[64], both[64 + TD_SIGNATURE_COMMENT];

    digest(hash, message, length);
    if (crypto_sign_verify_detached(signature->bytes, hash, sizeof hash, key->bytes) != 0)
        return td_fail(err, TD_E_CONFIG, "%s isn't what was signed", what);
    size_t n = join(both, signature);
    if (crypto_sign_verify_detached(signature->of_comment, both, n, key->bytes) != 0)
        return td_fail(err, TD_E_CONFIG, "%s: the signature's comment isn't the one that was signed", what);
    return TD_OK;
}

void td_signature_generate(struct td_signature_secret *secret)
{
    randombytes_buf(secret->public.id, sizeof secret->public.id);
    crypto_sign_keypair(secret->public.bytes, secret->bytes);
}

void td_signature_make(struct td_signature *signature, const struct td_signature_secret *secret, const void *message,
                       size_t length, const char *comment)
{
    unsigned char hash[64], both[64 + TD_SIGNATURE_COMMENT];

    assert(strlen(comment) < sizeof signature->comment && !strpbrk(comment, "\r\n"));
    memcpy(signature->id, secret->public.id, sizeof signature->id);
    snprintf(signature->comment, sizeof signature->comment, "%s", comment);
    digest(hash, message, length);
    crypto_sign_detached(signature->bytes, NULL, hash, sizeof hash, secret->bytes);
    size_t n = join(both, signature);
    crypto_sign_detached(signature->of_comment, NULL, both, n, secret->bytes);
}

/* ---- Writing ------------------------------------------------------------------------------------------------------ */

static void encode(char *text, size_t size, const void *bytes, size_t length)
{
    sodium_bin2base64(text, size, bytes, length, sodium_base64_VARIANT_ORIGINAL);
}

void td_signature_key_print(const struct td_signature_key *key, char text[TD_SIGNATURE_TEXT])
{
    char id[TD_SIGNATURE_ID_CHARS + 1], encoded[64];
    struct key_line line;

    memcpy(line.kind, plain_kind, sizeof line.kind);
    memcpy(line.id, key->id, sizeof line.id);
    memcpy(line.key, key->bytes, sizeof line.key);
    td_signature_id_print(key->id, id);
    encode(encoded, sizeof encoded, &line, sizeof line);
    snprintf(text, TD_SIGNATURE_TEXT, UNTRUSTED "minisign public key %s\n%s\n", id, encoded);
}

/* Without a password, as `minisign -G -W` makes them; but with the check, which that leaves out. */
void td_signature_secret_print(const struct td_signature_secret *secret, char text[TD_SIGNATURE_TEXT])
{
    char id[TD_SIGNATURE_ID_CHARS + 1], encoded[256];
    struct secret_line line = { .derivation = { 0, 0 } };

    memcpy(line.kind, plain_kind, sizeof line.kind);
    memcpy(line.check_kind, blake2b, sizeof line.check_kind);
    memcpy(line.hidden.id, secret->public.id, sizeof line.hidden.id);
    memcpy(line.hidden.secret, secret->bytes, sizeof line.hidden.secret);
    check_of(&line, line.hidden.check);
    td_signature_id_print(secret->public.id, id);
    encode(encoded, sizeof encoded, &line, sizeof line);
    snprintf(text, TD_SIGNATURE_TEXT, UNTRUSTED "minisign secret key %s, without a password\n%s\n", id, encoded);
    explicit_bzero(&line, sizeof line);
    explicit_bzero(encoded, sizeof encoded);
}

void td_signature_print(const struct td_signature *signature, char text[TD_SIGNATURE_TEXT])
{
    char id[TD_SIGNATURE_ID_CHARS + 1], encoded[128], of_comment[128];
    struct signature_line line;

    memcpy(line.kind, hashed_kind, sizeof line.kind);
    memcpy(line.id, signature->id, sizeof line.id);
    memcpy(line.bytes, signature->bytes, sizeof line.bytes);
    td_signature_id_print(signature->id, id);
    encode(encoded, sizeof encoded, &line, sizeof line);
    encode(of_comment, sizeof of_comment, signature->of_comment, sizeof signature->of_comment);
    snprintf(text, TD_SIGNATURE_TEXT, UNTRUSTED "signature by key %s\n%s\n" TRUSTED "%s\n%s\n", id, encoded,
             signature->comment, of_comment);
}
