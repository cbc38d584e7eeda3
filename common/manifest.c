/* manifest.c: see manifest.h. */
#include "common/manifest.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define GAP "  " /* sha256sum's, of a file that was read as text */

/* Names are FILE.so and FILE/RESOURCE. What sha256sum would write with a backslash in front can't be read by both. */
static int is_name(const char *name, size_t length)
{
    const char *slash = length ? memchr(name, '/', length) : NULL;
    size_t last = slash ? length - (size_t)(slash + 1 - name) : length;

    return length > 0 && length < TD_MANIFEST_NAME && last > 0 && (!slash || slash > name) &&
           !memchr(name + length - last, '/', last) && name[0] != '.' && name[length - last] != '.' &&
           !memchr(name, '\\', length) && !memchr(name, '\r', length) && !memchr(name, '\n', length) &&
           !memchr(name, 0, length);
}

static int is_hash(const char *text)
{
    return strspn(text, "0123456789abcdef") >= TD_MANIFEST_HASH;
}

static const struct td_manifest_entry *find(const struct td_manifest *manifest, const char *name)
{
    for (uint32_t i = 0; i < manifest->n; i++)
        if (strcmp(manifest->entries[i].name, name) == 0)
            return &manifest->entries[i];
    return NULL;
}

static int add(struct td_manifest *manifest, const char *name, size_t length, const char *hash, struct td_err *err)
{
    if ((manifest->n & (manifest->n - 1)) == 0) { /* room for twice as many */
        size_t room = manifest->n ? 2 * (size_t)manifest->n : 1;
        struct td_manifest_entry *grown = realloc(manifest->entries, room * sizeof *grown);
        if (!grown)
            return td_fail(err, TD_E_SYSTEM, "there is no memory for a manifest");
        manifest->entries = grown;
    }
    struct td_manifest_entry *entry = &manifest->entries[manifest->n++];
    memcpy(entry->name, name, length);
    entry->name[length] = 0;
    memcpy(entry->hash, hash, TD_MANIFEST_HASH);
    entry->hash[TD_MANIFEST_HASH] = 0;
    entry->is_optional = 0;
    return TD_OK;
}

int td_manifest_add(struct td_manifest *manifest, const char *name, const char *hash, const char *what,
                    struct td_err *err)
{
    if (!is_name(name, strlen(name)))
        return td_fail(err, TD_E_CONFIG,
                       "%s: '%s' can't be signed: a name has no line's end and no backslash, and less than %d bytes",
                       what, name, TD_MANIFEST_NAME);
    return add(manifest, name, strlen(name), hash, err);
}

static int parse_line(struct td_manifest *manifest, const char *line, size_t length, unsigned number, const char *what,
                      struct td_err *err)
{
    const size_t front = TD_MANIFEST_HASH + strlen(GAP);
    char hash[TD_MANIFEST_HASH + 1] = "";

    if (length > front)
        memcpy(hash, line, TD_MANIFEST_HASH);
    if (length <= front || !is_hash(hash) || memcmp(line + TD_MANIFEST_HASH, GAP, strlen(GAP)) != 0 ||
        !is_name(line + front, length - front))
        return td_fail(err, TD_E_CONFIG,
                       "%s: line %u is none of a manifest's: a SHA-256, two blanks, and FILE.so or FILE/RESOURCE", what,
                       number);
    if (manifest->n == TD_MANIFEST_ENTRIES)
        return td_fail(err, TD_E_CONFIG, "%s has more than %u lines", what, TD_MANIFEST_ENTRIES);
    int rc = add(manifest, line + front, length - front, hash, err);
    if (rc != TD_OK)
        return rc;
    const char *name = manifest->entries[manifest->n - 1].name;
    if (find(manifest, name) != &manifest->entries[manifest->n - 1])
        return td_fail(err, TD_E_CONFIG, "%s: line %u names %s again", what, number, name);
    return TD_OK;
}

int td_manifest_parse(struct td_manifest *manifest, const char *text, size_t length, const char *what,
                      struct td_err *err)
{
    unsigned number = 1;
    int rc = TD_OK;

    *manifest = (struct td_manifest) { 0 };
    if (length > TD_MANIFEST_MOST)
        return td_fail(err, TD_E_CONFIG, "%s has more than %u bytes", what, TD_MANIFEST_MOST);
    for (; length > 0 && rc == TD_OK; number++) {
        const char *end = memchr(text, '\n', length);
        size_t n = end ? (size_t)(end - text) : length;
        rc = parse_line(manifest, text, n, number, what, err);
        n += end != NULL;
        text += n;
        length -= n;
    }
    if (rc == TD_OK && manifest->n == 0)
        rc = td_fail(err, TD_E_CONFIG, "%s is empty", what);
    return rc;
}

char *td_manifest_print(const struct td_manifest *manifest)
{
    char *text = NULL;
    size_t length = 0;
    FILE *out = open_memstream(&text, &length);

    if (!out)
        return NULL;
    for (uint32_t i = 0; i < manifest->n; i++)
        fprintf(out, "%s" GAP "%s\n", manifest->entries[i].hash, manifest->entries[i].name);
    if (fclose(out) == 0)
        return text;
    free(text);
    return NULL;
}

/* Of another plugin is said first: all else would follow from it. */
int td_manifest_compare(const struct td_manifest *was_signed, const struct td_manifest *found, const char *plugin,
                        const char *what, struct td_err *err)
{
    char library[TD_MANIFEST_NAME];

    snprintf(library, sizeof library, "%s.so", plugin);
    const struct td_manifest_entry *it = find(found, library);
    if (it && !it->is_optional && !find(was_signed, library))
        return td_fail(err, TD_E_CONFIG, "%s was signed for another plugin: it has no %s, but %s", what, library,
                       was_signed->entries[0].name);
    for (uint32_t i = 0; i < found->n; i++) {
        const struct td_manifest_entry *is = &found->entries[i], *was = find(was_signed, is->name);
        if (!was && is->is_optional)
            continue;
        if (!was)
            return td_fail(err, TD_E_CONFIG, "%s isn't in %s: it was added after that was signed", is->name, what);
        if (strcmp(is->hash, was->hash) != 0)
            return td_fail(err, TD_E_CONFIG,
                           "%s isn't what was signed: its SHA-256 is %.16s…, and %s has %.16s…; it was changed, or not "
                           "signed again after a build",
                           is->name, is->hash, what, was->hash);
    }
    for (uint32_t i = 0; i < was_signed->n; i++)
        if (!find(found, was_signed->entries[i].name))
            return td_fail(err, TD_E_CONFIG, "%s was signed, as %s says, and isn't there", was_signed->entries[i].name,
                           what);
    return TD_OK;
}

void td_manifest_comment(char *comment, size_t size, const char *plugin, const char *version, int64_t unix_time)
{
    snprintf(comment, size, "timestamp:%" PRId64 "\tfile:%s" TD_MANIFEST_SUFFIX "\thashed\tplugin:%s%s%s", unix_time,
             plugin, plugin, version ? "\tversion:" : "", version ? version : "");
}

const char *td_manifest_comment_field(const char *comment, const char *name, char *value, size_t size)
{
    size_t length = strlen(name);

    while (*comment) {
        size_t n = strcspn(comment, "\t");
        if (n > length && memcmp(comment, name, length) == 0 && comment[length] == ':') {
            snprintf(value, size, "%.*s", (int)(n - length - 1), comment + length + 1);
            return value;
        }
        comment += n + (comment[n] == '\t');
    }
    return NULL;
}

int td_manifest_check_comment(const char *comment, const char *plugin, const char *what, struct td_err *err)
{
    char name[TD_MANIFEST_NAME];

    if (!td_manifest_comment_field(comment, "plugin", name, sizeof name) || strcmp(name, plugin) == 0)
        return TD_OK;
    return td_fail(err, TD_E_CONFIG, "%s was signed for the plugin %s, and not for %s", what, name, plugin);
}

void td_manifest_free(struct td_manifest *manifest)
{
    free(manifest->entries);
    *manifest = (struct td_manifest) { 0 };
}
