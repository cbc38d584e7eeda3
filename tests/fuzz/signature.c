/* signature.c: any bytes as a public key, a secret one, a signature and a manifest. What is read is written again, and read as the
 * same; and a manifest that was read agrees with itself. */
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <sodium.h>

#include "common/manifest.h"
#include "common/signature.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void try_keys(const char *text, size_t length)
{
    struct td_signature_key key, again;
    struct td_signature_secret secret, secret_again;
    char out[TD_SIGNATURE_TEXT];
    struct td_err err;

    if (td_signature_key_parse(&key, text, length, "a key", &err) == TD_OK) {
        td_signature_key_print(&key, out);
        if (td_signature_key_parse(&again, out, strlen(out), "it", &err) != TD_OK ||
            memcmp(&key, &again, sizeof key) != 0)
            abort();
    }
    if (td_signature_secret_parse(&secret, text, length, NULL, "a key", &err) == TD_OK) {
        td_signature_secret_print(&secret, out);
        if (td_signature_secret_parse(&secret_again, out, strlen(out), NULL, "it", &err) != TD_OK ||
            memcmp(&secret, &secret_again, sizeof secret) != 0)
            abort();
    }
}

static void try_signature(const char *text, size_t length)
{
    static const struct td_signature_key key = { .bytes = { 1 } };
    struct td_signature signature, again;
    char out[TD_SIGNATURE_TEXT], field[64];
    struct td_err err;

    if (td_signature_parse(&signature, text, length, "a signature", &err) != TD_OK)
        return;
    td_signature_print(&signature, out);
    if (td_signature_parse(&again, out, strlen(out), "it", &err) != TD_OK ||
        memcmp(signature.bytes, again.bytes, sizeof again.bytes) != 0 || strcmp(signature.comment, again.comment) != 0)
        abort();
    td_manifest_comment_field(signature.comment, "plugin", field, sizeof field);
    td_manifest_check_comment(signature.comment, "shout", "it", &err);
    if (td_signature_verify(&signature, &key, text, length, "it", &err) == TD_OK)
        abort();
}

static void try_manifest(const char *text, size_t length)
{
    struct td_manifest manifest, again;
    struct td_err err;

    if (td_manifest_parse(&manifest, text, length, "a manifest", &err) == TD_OK) {
        char *out = td_manifest_print(&manifest);
        if (!out || strlen(out) - length > 1 || memcmp(out, text, length) != 0) /* but for a last line's end */
            abort();
        if (td_manifest_parse(&again, out, strlen(out), "it", &err) != TD_OK || again.n != manifest.n)
            abort();
        int rc = td_manifest_compare(&manifest, &again, "shout", "it", &err);
        if (rc != TD_OK && !strstr(err.text, "was signed for another plugin"))
            abort();
        td_manifest_free(&again);
        free(out);
    }
    td_manifest_free(&manifest);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    if (sodium_init() < 0)
        abort();
    try_keys((const char *)data, size);
    try_signature((const char *)data, size);
    try_manifest((const char *)data, size);
    return 0;
}
