/* keyring.c: see keyring.h. */
#include "daemon/net/keyring.h"

#include <assert.h>
#include <dirent.h>
#include <errno.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "common/trusted.h"

#define SUFFIX ".key"

/* Whose key that file holds. Zero: it isn't called as one. An editor's copy, alice.key~, must not keep a key alive that
 * was taken off. */
static int name_user(char user[TD_USER_NAME + 1], const char *file)
{
    static const char letters[] = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_-";
    size_t length = strlen(file), name = strspn(file, letters), suffix = strlen(SUFFIX);

    if (length <= suffix || strcmp(file + length - suffix, SUFFIX) != 0)
        return 0;
    if (name == 0 || name > TD_USER_NAME || file[name] != '.')
        return 0;
    memcpy(user, file, name);
    user[name] = 0;
    return 1;
}

static int grow(struct td_keyring **ring, uint32_t *room, struct td_err *err)
{
    struct td_keyring *grown = realloc(*ring, sizeof **ring + (*room * 2 + 16) * sizeof(*ring)->entries[0]);

    if (!grown)
        return td_fail(err, TD_E_SYSTEM, "there is no memory for the keys of curve.clients");
    if (!*ring)
        *grown = (struct td_keyring) { 0 };
    *ring = grown;
    *room = *room * 2 + 16;
    return TD_OK;
}

static int read_entry(struct td_keyring *ring, const char *folder, const char *file, struct td_err *err)
{
    struct td_keyring_entry *entry = &ring->entries[ring->n];
    char path[PATH_MAX];

    if (file[0] == '.') /* "." and "..", and what tools keep beside: Kubernetes' ..data */
        return TD_OK;
    if (!name_user(entry->user, file)) {
        if (ring->n_passed_over++ == 0)
            snprintf(ring->passed_over, sizeof ring->passed_over, "%.255s", file);
        return TD_OK;
    }
    if (snprintf(path, sizeof path, "%s/%s", folder, file) >= (int)sizeof path)
        return td_fail(err, TD_E_CONFIG, "curve.clients: the path of %.64s is too long", file);
    int rc = td_curve_key_read_public(entry->key, path, "curve.clients:", err);
    if (rc == TD_OK)
        ring->n++;
    return rc;
}

static int by_key(const void *a, const void *b)
{
    return strcmp(((const struct td_keyring_entry *)a)->key, ((const struct td_keyring_entry *)b)->key);
}

/* Sorted, so that a key that stands there twice does so side by side. */
static int check_keys(struct td_keyring *ring, const char *folder, struct td_err *err)
{
    qsort(ring->entries, ring->n, sizeof ring->entries[0], by_key);
    for (uint32_t i = 1; i < ring->n; i++) {
        const struct td_keyring_entry *a = &ring->entries[i - 1], *b = &ring->entries[i];
        if (strcmp(a->key, b->key) == 0 && strcmp(a->user, b->user) != 0)
            return td_fail(err, TD_E_CONFIG,
                           "curve.clients: in %s users %s and %s have the same key; give each its own", folder, a->user,
                           b->user);
    }
    return TD_OK;
}

static int read_folder(struct td_keyring **ring, DIR *dir, const char *folder, struct td_err *err)
{
    uint32_t room = 0;
    int rc = grow(ring, &room, err);

    while (rc == TD_OK) {
        assert(*ring);
        errno = 0;
        const struct dirent *entry = readdir(dir);
        if (!entry)
            return errno ? td_fail(err, TD_E_CONFIG, "curve.clients: %s can't be read: %s", folder, strerror(errno))
                         : check_keys(*ring, folder, err);
        if ((*ring)->n == TD_KEYRING_MOST)
            return td_fail(err, TD_E_CONFIG, "curve.clients: %s has more than %d keys", folder, TD_KEYRING_MOST);
        if ((*ring)->n == room)
            rc = grow(ring, &room, err);
        if (rc == TD_OK)
            rc = read_entry(*ring, folder, entry->d_name, err);
    }
    return rc;
}

int td_keyring_read(struct td_keyring **ring, const char *folder, struct td_err *err)
{
    struct td_err why;

    *ring = NULL;
    if (td_trusted_folder(folder, &why) != TD_OK)
        return td_fail(err, why.code, "curve.clients: %s", why.text);
    DIR *dir = opendir(folder);
    if (!dir)
        return td_fail(err, td_trusted_blame(errno), "curve.clients: %s can't be read: %s", folder, strerror(errno));
    int rc = read_folder(ring, dir, folder, err);
    closedir(dir);
    if (rc == TD_OK)
        return TD_OK;
    free(*ring);
    *ring = NULL;
    return rc;
}
