/* signed.c: see signed.h. */
#include "daemon/fleet/signed.h"

#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <sodium.h>

#include "common/key_file.h"
#include "common/manifest.h"
#include "common/trusted.h"

/* ---- Keys --------------------------------------------------------------------------------------------------------- */

/* The key decides what runs as us: it is believed as a plugin's own file is. */
static int read_key(struct td_signature_key *key, const char *path, struct td_err *err)
{
    char text[TD_KEY_FILE_MOST], folder[PATH_MAX + 2], name[PATH_MAX + 32];
    const char *slash = strrchr(path, '/');
    ssize_t n, length = 0;
    struct td_err why;
    struct stat st;
    int fd;

    snprintf(folder, sizeof folder, "%.*s/.", slash ? (int)(slash - path) : 0, path);
    snprintf(name, sizeof name, "security.plugin_keys: %s", path);
    int rc = td_trusted_folder(folder, &why);
    if (rc == TD_OK)
        rc = td_trusted_open(path, &fd, &st, &why);
    if (rc != TD_OK)
        return td_fail(err, (enum td_code)rc, "security.plugin_keys: %s", why.text);
    while (length < (ssize_t)sizeof text && (n = read(fd, text + length, sizeof text - (size_t)length)) > 0)
        length += n;
    close(fd);
    rc = td_signature_key_parse(key, text, (size_t)length, name, err);
    explicit_bzero(text, sizeof text); /* whoever has named the wrong file may have named a secret */
    return rc;
}

int td_signed_keys_read(struct td_signed_keys *keys, const struct td_config *config, struct td_err *err)
{
    const char *at = config->set.security_plugin_keys;
    int rc = TD_OK;

    keys->n = 0;
    if (at && sodium_init() < 0)
        return td_fail(err, TD_E_SYSTEM, "libsodium can't be used: it has no random numbers");
    while (at && *at && rc == TD_OK) {
        size_t length = strcspn(at, ":");
        char path[PATH_MAX];
        if (length >= sizeof path || keys->n == TD_SIGNED_MOST_KEYS)
            return td_fail(err, TD_E_CONFIG, "security.plugin_keys: %s",
                           length >= sizeof path ? "a path is too long" : "64 keys are the most");
        snprintf(path, sizeof path, "%.*s", (int)length, at);
        rc = read_key(&keys->all[keys->n++], path, err);
        at += length + (at[length] != 0);
    }
    return rc;
}

static const struct td_signature_key *find_key(const struct td_signed_keys *keys,
                                               const unsigned char id[TD_SIGNATURE_ID])
{
    for (uint32_t i = 0; i < keys->n; i++)
        if (memcmp(keys->all[i].id, id, TD_SIGNATURE_ID) == 0)
            return &keys->all[i];
    return NULL;
}

/* "3B1905F4BBD74E92, C16B03B043D67450", as many as there is room for. */
static void list_keys(const struct td_signed_keys *keys, char *text, size_t size)
{
    size_t used = 0;

    for (uint32_t i = 0; i < keys->n && used + TD_SIGNATURE_ID_CHARS + 3 < size; i++) {
        char id[TD_SIGNATURE_ID_CHARS + 1];
        td_signature_id_print(keys->all[i].id, id);
        used += (size_t)snprintf(text + used, size - used, "%s%s", i ? ", " : "", id);
    }
}

/* ---- A plugin ----------------------------------------------------------------------------------------------------- */

static int is_resource_installed(const struct td_snapshot *s, uint32_t index)
{
    return s->seal.is_installed && s->seal.are_installed && s->seal.are_installed[index];
}

/* The name of a file that didn't come with textd, which must be signed; NULL: all did. */
static const char *find_foreign(const struct td_snapshot *s)
{
    const char *slash = strrchr(s->path, '/');

    if (!s->seal.is_installed)
        return slash ? slash + 1 : s->path;
    for (uint32_t i = 0; i < s->n_entries; i++)
        if (!is_resource_installed(s, i))
            return s->entries[i].name;
    return NULL;
}

/* The files that there are, as a manifest would have them. */
static int list_files(struct td_manifest *found, const struct td_snapshot *s, const char *file, struct td_err *err)
{
    const char *slash = strrchr(s->path, '/'), *library = slash ? slash + 1 : s->path;
    int stem = (int)strcspn(library, ".");
    char name[TD_MANIFEST_NAME];

    snprintf(name, sizeof name, "%s.so", file);
    int rc = td_manifest_add(found, name, td_snapshot_hash(s), s->path, err);
    if (rc == TD_OK)
        found->entries[0].is_optional = s->seal.is_installed;
    for (uint32_t i = 0; i < s->n_entries && rc == TD_OK; i++) {
        const char *entry = s->entries[i].name;
        if (snprintf(name, sizeof name, "%.*s/%s", stem, library, entry) >= (int)sizeof name)
            return td_fail(err, TD_E_CONFIG, "%s: the name %.64s… is too long to be signed", s->path, entry);
        rc = td_manifest_add(found, name, s->seal.hashes[i], s->path, err);
        if (rc == TD_OK)
            found->entries[found->n - 1].is_optional = is_resource_installed(s, i);
    }
    return rc;
}

static int compare(const struct td_snapshot *s, const char *file, const char *name, struct td_err *err)
{
    struct td_manifest was_signed, found = { 0 };
    int rc = td_manifest_parse(&was_signed, s->seal.manifest, s->seal.manifest_bytes, name, err);

    if (rc == TD_OK)
        rc = td_snapshot_know(s, err);
    if (rc == TD_OK)
        rc = list_files(&found, s, file, err);
    if (rc == TD_OK)
        rc = td_manifest_compare(&was_signed, &found, file, name, err);
    td_manifest_free(&was_signed);
    td_manifest_free(&found);
    return rc;
}

/* The signature first: the manifest isn't read before it is known whose it is. */
static int check(const struct td_signed_keys *keys, const struct td_snapshot *s, const char *file, struct td_err *err)
{
    char name[TD_MANIFEST_NAME], signature_name[TD_MANIFEST_NAME + 16], known[200], id[TD_SIGNATURE_ID_CHARS + 1];
    struct td_signature signature;

    snprintf(name, sizeof name, "%.256s" TD_MANIFEST_SUFFIX, file);
    snprintf(signature_name, sizeof signature_name, "%s" TD_SIGNATURE_SUFFIX, name);
    if (!s->seal.manifest || !s->seal.signature)
        return td_fail(err, TD_E_CONFIG, "%s%s isn't signed: %s", s->seal.is_installed ? "its file " : "",
                       s->seal.is_installed ? find_foreign(s) : "it",
                       s->seal.missing ? s->seal.missing : "there is no signature beside it");
    int rc = td_signature_parse(&signature, s->seal.signature, s->seal.signature_bytes, signature_name, err);
    if (rc != TD_OK)
        return rc;
    const struct td_signature_key *key = find_key(keys, signature.id);
    if (!key) {
        td_signature_id_print(signature.id, id);
        list_keys(keys, known, sizeof known);
        return td_fail(err, TD_E_CONFIG, "it is signed by the key %s, which is none of security.plugin_keys' (%s)", id,
                       known);
    }
    rc = td_signature_verify(&signature, key, s->seal.manifest, s->seal.manifest_bytes, name, err);
    if (rc == TD_OK)
        rc = td_manifest_check_comment(signature.comment, file, name, err);
    return rc == TD_OK ? compare(s, file, name, err) : rc;
}

int td_signed_check(const struct td_signed_keys *keys, const struct td_snapshot *snapshot, const char *file,
                    struct td_err *err)
{
    struct td_err why;

    if (keys->n == 0 || !find_foreign(snapshot))
        return TD_OK;
    int rc = check(keys, snapshot, file, &why);
    if (rc == TD_OK)
        return TD_OK;
    if (rc == TD_E_SYSTEM)
        return td_fail(err, TD_E_SYSTEM, "%s", why.text);
    return td_fail(err, TD_E_CONFIG,
                   "%s; security.plugin_keys is set: have it signed (textctl plugin sign), or leave it out", why.text);
}

const char *td_signed_by(const struct td_config *config, const struct td_snapshot *snapshot,
                         char id[TD_SIGNATURE_ID_CHARS + 1])
{
    struct td_signature signature;

    id[0] = 0;
    if (config->set.security_plugin_keys && find_foreign(snapshot) && snapshot->seal.signature &&
        td_signature_parse(&signature, snapshot->seal.signature, snapshot->seal.signature_bytes, "", NULL) == TD_OK)
        td_signature_id_print(signature.id, id);
    return id;
}
