/* plugin.c: the plugin `redact`: its life and its way to the host. See README.md. SPDX-License-Identifier: Apache-2.0 */
#include <sodium.h>
#include <stdlib.h>

#include <textd/check_options.h>
#include <textd/explain.h>
#include <textd/plugin.h>

#include "checks.h"
#include "rewrite.h"
#include "scan.h"

#define KEY_LEAST 16u /* bytes of the operator's key */

struct instance {
    const struct textd_host *host;
    struct tables tables;
    uint8_t key[KEY_BYTES];
    int has_key;
};

enum { OPTION_DEFAULT, OPTION_POLICY, OPTION_ALLOW, OPTION_MIN_SCORE, OPTION_KEY };

static const char *const actions[] = {
#define X(name, text) text,
    REDACT_ACTIONS(X)
#undef X
        NULL
};

static const struct textd_option options[] = {
    [OPTION_DEFAULT] = TEXTD_OPTION_TEXT("default", "tag", actions, TEXTD_PER_REQUEST,
                                         "What becomes of what was found, unless policy says otherwise for its type"),
    [OPTION_POLICY] = TEXTD_OPTION_TEXT("policy", "", NULL, TEXTD_PER_REQUEST,
                                        "By type, between commas: EMAIL=mask, PERSON=pseudonym, LOC=keep"),
    [OPTION_ALLOW] = TEXTD_OPTION_TEXT("allow", "", NULL, TEXTD_PER_REQUEST,
                                       "Words that are never redacted, between commas, in any case"),
    [OPTION_MIN_SCORE] = TEXTD_OPTION_FLOAT("min_score", 0.5, 0, 1, TEXTD_PER_REQUEST,
                                            "How sure a find must be; 0 takes every number whose check digit is right"),
    [OPTION_KEY] = TEXTD_OPTION_TEXT("key", "", NULL, TEXTD_SECRET, "The key of the action hash, 16 bytes or more"),
};

static const struct textd_text names[] = {
#define X(name, kept, meaning) { #name, sizeof #name - 1 },
    REDACT_TYPES(X)
#undef X
};

struct textd_text type_name(enum redact_type type)
{
    return names[type];
}

int type_is_kept(struct textd_text name)
{
    static const uint8_t kept[] = {
#define X(name, kept, meaning) kept,
        REDACT_TYPES(X)
#undef X
    };

    for (int i = 0; i < TYPE_COUNT; i++)
        if (names[i].length == name.length && memcmp(names[i].bytes, name.bytes, name.length) == 0)
            return kept[i];
    return 0;
}

void *work_alloc(struct work *work, uint64_t bytes)
{
    void *memory = work->rc == TEXTD_OK ? work->host->alloc(work->doc, bytes, 16) : NULL;

    if (!memory && work->rc == TEXTD_OK)
        work->rc = TEXTD_NO_MEMORY;
    return memory;
}

void work_add_bytes(struct work *work, struct find find)
{
    if (find.score + 1e-6 < work->min_score || find.end <= find.start) /* 0.95f is less than 0.95 */
        return;
    if (work->n_finds == work->room) {
        uint32_t room = work->room ? 2 * work->room : 64;
        struct find *larger = work_alloc(work, (uint64_t)room * sizeof *larger);
        if (!larger)
            return;
        if (work->n_finds)
            memcpy(larger, work->finds, (size_t)work->n_finds * sizeof *larger);
        work->finds = larger;
        work->room = room;
    }
    work->finds[work->n_finds++] = find;
}

void work_add(struct work *work, uint32_t from, uint32_t to, enum redact_type type, double score)
{
    work_add_bytes(work, (struct find) { work->view.at[from], work->view.at[to], type_name(type), score, NO_REF, 1 });
}

static void destroy(void *self)
{
    struct instance *in = self;

    sodium_memzero(in->key, sizeof in->key);
    free(in);
}

/* The key is kept as a hash of what the operator wrote, which has the length that BLAKE2b wants. */
static int32_t take_key(struct instance *in, const struct textd_value *key)
{
    if (key->length == 0)
        return TEXTD_OK;
    if (key->length < KEY_LEAST)
        return textd_explain(in->host, TEXTD_FAILED,
                             "redact.key has fewer than 16 bytes; `head -c 32 /dev/urandom | base64` makes a good one");
    in->has_key = 1;
    crypto_generichash(in->key, sizeof in->key, (const uint8_t *)key->text, key->length, NULL, 0);
    return TEXTD_OK;
}

static int32_t create(const struct textd_host *host, const struct textd_value *values, void **self)
{
    struct instance *in = calloc(1, sizeof *in);

    if (!in)
        return textd_explain(host, TEXTD_NO_MEMORY, "no memory for the plugin's instance");
    in->host = host;
    if (sodium_init() < 0) {
        free(in);
        return textd_explain(host, TEXTD_FAILED, "libsodium finds no source of randomness");
    }
    tables_make(&in->tables);
    randombytes_buf(in->tables.shorthash_key,
                    sizeof in->tables.shorthash_key); /* where things stand in tables; no result knows */
    int32_t rc = take_key(in, &values[OPTION_KEY]);
    if (rc != TEXTD_OK) {
        destroy(in);
        return rc;
    }
    *self = in;
    return TEXTD_OK;
}

static int32_t read_policy(const struct instance *in, const struct textd_value *values, int32_t code,
                           struct policy *policy)
{
    char reason[300];

    if (policy_read(policy, &values[OPTION_DEFAULT], &values[OPTION_POLICY], reason, sizeof reason) != 0)
        return textd_explain(in->host, code, "%s", reason);
    if (policy_asks_for(policy, ACTION_HASH) && !in->has_key)
        return textd_explain(
            in->host, code,
            "the action hash needs a key: redact.key_file, in the server's configuration, names its file");
    return TEXTD_OK;
}

static int32_t process(void *self, struct textd_doc *doc)
{
    struct instance *in = self;
    struct work work = {
        .host = in->host, .doc = doc, .tables = &in->tables, .min_score = doc->options[OPTION_MIN_SCORE].number
    };
    struct policy policy;
    int32_t rc = read_policy(in, doc->options, TEXTD_FAILED, &policy);

    if (rc != TEXTD_OK)
        return rc;
    view_make(&work);
    if (work.rc == TEXTD_OK)
        scan(&work);
    if (work.rc == TEXTD_OK)
        names_add(&work);
    finds_select(&work, &policy, &doc->options[OPTION_ALLOW]);
    if (work.rc == TEXTD_OK)
        names_spread(&work);
    finds_select(&work, &policy, &doc->options[OPTION_ALLOW]); /* an allowed word may be a part of a name elsewhere */
    if (work.rc == TEXTD_OK)
        rewrite(&work, &policy, in->has_key ? in->key : NULL);
    if (work.rc == TEXTD_NO_MEMORY)
        return textd_explain(in->host, work.rc, "no memory to redact the text");
    if (work.rc != TEXTD_OK)
        return textd_explain(in->host, work.rc, "told to stop while redacting");
    return TEXTD_OK;
}

/* A build in which numbers that are right aren't recognised must not serve. */
static int32_t selftest(void *self)
{
    struct instance *in = self;

    if (!check_card("4111111111111111", 16) || check_card("4111111111111112", 16) ||
        !check_iban("LY83002048000020100120361", 25) || check_iban("LY84002048000020100120361", 25))
        return textd_explain(in->host, TEXTD_FAILED, "its check digits are wrong");
    return TEXTD_OK;
}

static int32_t check_options(void *self, const struct textd_value *values)
{
    struct policy policy;

    return read_policy(self, values, TEXTD_INVALID, &policy);
}

static const void *extension(const char *id)
{
    static const struct textd_check_options check = { .size = sizeof check, .check = check_options };

    return strcmp(id, TEXTD_CHECK_OPTIONS) == 0 ? &check : NULL;
}

static const char *const needs[] = { TEXTD_ENTITIES, TEXTD_LANGUAGE TEXTD_OPTIONAL, NULL };

TEXTD_EXPORT const struct textd_plugin textd_plugin_v1 = {
    TEXTD_PLUGIN_HEAD,
    .name = "redact",
    .version = "1.0.0",
    .license = "Apache-2.0",
    .summary = "Finds personal data and secrets, and rewrites the text without them",
    .needs_layers = needs,
    TEXTD_PLUGIN_OPTIONS(options),
    .create = create,
    .process = process,
    .selftest = selftest,
    .destroy = destroy,
    .extension = extension,
};
