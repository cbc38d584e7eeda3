/* curve_key.c: see curve_key.h. */
#include "common/curve_key.h"

#include <stdint.h>
#include <string.h>
#include <unistd.h>

#include <zmq.h>

#include "common/key_file.h"

static const char alphabet[] = "0123456789abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ.-:+=^!/*?&<>()[]{}@%$#";

/* Five characters are four bytes: a number below 2^32. */
int td_curve_key_is_valid(const char *text, size_t length)
{
    uint64_t word = 0, any = 0;

    if (length != TD_CURVE_KEY_CHARS)
        return 0;
    for (size_t i = 0; i < length; i++) {
        const char *at = text[i] ? strchr(alphabet, text[i]) : NULL;
        if (!at)
            return 0;
        word = word * 85 + (uint64_t)(at - alphabet);
        if (i % 5 != 4)
            continue;
        if (word > UINT32_MAX)
            return 0;
        any |= word;
        word = 0;
    }
    return any != 0;
}

void td_curve_pair_wipe(struct td_curve_pair *pair)
{
    explicit_bzero(pair, sizeof *pair);
}

/* ---- What stands in a file ---------------------------------------------------------------------------------------- */

/* A part of the file's text; length 0: there is none. */
struct part {
    const char *text;
    size_t length;
};

struct contents {
    struct part public_key, secret_key, bare; /* bare: all that is in the file, when that is one word */
};

static struct part trim(const char *text, size_t length)
{
    while (length > 0 && strchr(" \t\r\n", text[length - 1]))
        length--;
    while (length > 0 && strchr(" \t\r\n", *text)) {
        text++;
        length--;
    }
    return (struct part) { text, length };
}

static int is_word(struct part part, const char *word)
{
    return part.length == strlen(word) && memcmp(part.text, word, part.length) == 0;
}

static struct part unquote(struct part part)
{
    if (part.length >= 2 && (part.text[0] == '"' || part.text[0] == '\'') && part.text[part.length - 1] == part.text[0])
        return (struct part) { part.text + 1, part.length - 2 };
    return part;
}

/* Forty zeros are how a certificate says that it has no such key. */
static int is_none(struct part part)
{
    return part.length == 0 || strspn(part.text, "0") >= part.length;
}

/* ZPL (ZeroMQ's RFC 4): a section's name at the line's beginning, its properties below it, moved in. */
static void read_certificate(struct contents *c, const char *text, size_t length)
{
    int is_curve = 0;

    while (length > 0) {
        const char *end = memchr(text, '\n', length);
        size_t n = end ? (size_t)(end - text) : length;
        struct part line = trim(text, n);
        const char *equals = line.length ? memchr(line.text, '=', line.length) : NULL;
        if (line.length > 0 && line.text[0] != '#' && line.text == text)
            is_curve = is_word(line, "curve");
        else if (line.length > 0 && line.text[0] != '#' && is_curve && equals) {
            struct part name = trim(line.text, (size_t)(equals - line.text));
            struct part value = unquote(trim(equals + 1, line.length - (size_t)(equals + 1 - line.text)));
            if (is_word(name, "public-key"))
                c->public_key = value;
            else if (is_word(name, "secret-key"))
                c->secret_key = value;
        }
        n += end != NULL;
        text += n;
        length -= n;
    }
}

static struct contents read_contents(const char *text, size_t length)
{
    struct contents c = { .bare = trim(text, length) };

    for (size_t i = 0; i < c.bare.length; i++)
        if (strchr(" \t\r\n", c.bare.text[i])) {
            c.bare.length = 0;
            read_certificate(&c, text, length);
        }
    return c;
}

/* ---- Files -------------------------------------------------------------------------------------------------------- */

/* Of the words that a bad key may be, none are shown: they may be most of a secret. */
static int fail_malformed(const char *path, const char *what, const char *which, struct td_err *err)
{
    return td_fail(err, TD_E_CONFIG,
                   "%s %s holds no %s: a key is 40 characters (Z85), alone in the file, or as a certificate of CZMQ's "
                   "has it; textctl keygen makes both keys",
                   what, path, which);
}

static int take_pair(struct td_curve_pair *pair, struct contents c, const char *path, const char *what,
                     struct td_err *err)
{
    struct part secret = c.bare.length ? c.bare : c.secret_key;

    if (!c.bare.length && is_none(secret) && !is_none(c.public_key))
        return td_fail(
            err, TD_E_CONFIG,
            "%s %s holds a public key alone (a secret of forty zeros is none); name the secret's file, which "
            "textctl keygen calls NAME.key_secret",
            what, path);
    if (!td_curve_key_is_valid(secret.text, secret.length))
        return fail_malformed(path, what, "secret key", err);
    memcpy(pair->secret_key, secret.text, TD_CURVE_KEY_CHARS);
    pair->secret_key[TD_CURVE_KEY_CHARS] = 0;
    if (zmq_curve_public(pair->public_key, pair->secret_key) != 0)
        return td_fail(err, TD_E_SYSTEM, "this libzmq has no CURVE: %s", zmq_strerror(zmq_errno()));
    if (is_none(c.public_key) || is_word(c.public_key, pair->public_key))
        return TD_OK;
    return td_fail(err, TD_E_CONFIG,
                   "%s %s holds a public key that isn't the secret's; take the file as textctl keygen wrote it", what,
                   path);
}

int td_curve_key_read_secret(struct td_curve_pair *pair, const char *path, const char *what, struct td_err *err)
{
    char text[TD_KEY_FILE_MOST + 1];
    struct stat st = { 0 };
    size_t length;
    int rc = td_key_file_read(text, &length, &st, path, what, err);

    if (rc == TD_OK)
        rc = take_pair(pair, read_contents(text, length), path, what, err);
    if (rc == TD_OK) /* of a file without a secret there is nothing that others may not read */
        rc = td_key_file_check_secret(&st, path, what, "textctl keygen", err);
    if (rc != TD_OK)
        td_curve_pair_wipe(pair);
    explicit_bzero(text, sizeof text);
    return rc;
}

int td_curve_key_read_public(char public_key[TD_CURVE_KEY_CHARS + 1], const char *path, const char *what,
                             struct td_err *err)
{
    char text[TD_KEY_FILE_MOST + 1];
    struct stat st = { 0 };
    size_t length;
    int rc = td_key_file_read(text, &length, &st, path, what, err);

    if (rc == TD_OK)
        rc = td_key_file_check_public(&st, path, what, err);
    if (rc != TD_OK)
        return rc;
    struct contents c = read_contents(text, length);
    struct part found = c.bare.length ? c.bare : c.public_key;
    if (!is_none(c.secret_key))
        rc = td_fail(err, TD_E_CONFIG,
                     "%s %s holds a secret key, which belongs to its owner alone; put the public one there, which "
                     "textctl keygen calls NAME.key",
                     what, path);
    else if (found.text && td_curve_key_is_valid(found.text, found.length)) {
        memcpy(public_key, found.text, TD_CURVE_KEY_CHARS);
        public_key[TD_CURVE_KEY_CHARS] = 0;
    } else {
        rc = fail_malformed(path, what, "public key", err);
    }
    explicit_bzero(text, sizeof text);
    return rc;
}

/* A path can have a key's characters, and its length; no file is called by a key. */
int td_curve_key_take_public(char public_key[TD_CURVE_KEY_CHARS + 1], const char *text, const char *what,
                             struct td_err *err)
{
    if (!td_curve_key_is_valid(text, strlen(text)) || access(text, F_OK) == 0)
        return td_curve_key_read_public(public_key, text, what, err);
    memcpy(public_key, text, TD_CURVE_KEY_CHARS + 1);
    return TD_OK;
}
