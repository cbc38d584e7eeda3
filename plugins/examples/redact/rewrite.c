/* rewrite.c: see rewrite.h. SPDX-License-Identifier: Apache-2.0 What is put in depends on what the find means and not
 * on how it is written: "4111 1111…" and "4111-1111-…" are one card. */
#include "rewrite.h"

#include <sodium.h>
#include <stdio.h>
#include <stdlib.h>

#include "scan.h"

static const char *const action_names[] = {
#define X(name, text) text,
    REDACT_ACTIONS(X)
#undef X
};

/* ---- policy ------------------------------------------------------------------------------------------------------ */

static int are_equal(struct textd_text a, struct textd_text b)
{
    return a.length == b.length && memcmp(a.bytes, b.bytes, a.length) == 0;
}

static struct textd_text trim(const char *bytes, size_t length)
{
    while (length && (*bytes == ' ' || *bytes == '\t' || *bytes == '\n'))
        bytes++, length--;
    while (length && (bytes[length - 1] == ' ' || bytes[length - 1] == '\t' || bytes[length - 1] == '\n'))
        length--;
    return (struct textd_text) { bytes, length };
}

/* The next part between commas; 0 when there is none. */
static int next_part(const char **at, const char *end, struct textd_text *part)
{
    if (*at >= end)
        return 0;
    const char *comma = memchr(*at, ',', (size_t)(end - *at)), *stop = comma ? comma : end;
    *part = trim(*at, (size_t)(stop - *at));
    *at = comma ? comma + 1 : end;
    return 1;
}

static int find_action(struct textd_text name)
{
    for (int i = 0; i < ACTION_COUNT; i++)
        if (name.length == strlen(action_names[i]) && memcmp(name.bytes, action_names[i], name.length) == 0)
            return i;
    return -1;
}

/* Types of an operator's own dictionaries are not ours to know: "entities:TEAM". */
static int take_type(struct textd_text *type)
{
    static const char own[] = "entities:";

    if (type->length > sizeof own - 1 && memcmp(type->bytes, own, sizeof own - 1) == 0) {
        *type = (struct textd_text) { type->bytes + sizeof own - 1, type->length - (sizeof own - 1) };
        return 1;
    }
    for (int i = 0; i < TYPE_COUNT; i++)
        if (are_equal(*type, type_name((enum redact_type)i)))
            return 1;
    return 0;
}

int policy_read(struct policy *policy, const struct textd_value *others, const struct textd_value *policies,
                char *reason, size_t size)
{
    const char *at = policies->text, *end = at + policies->length;
    struct textd_text part;

    policy->n = 0;
    policy->others = (uint8_t)find_action((struct textd_text) { others->text, others->length });
    while (next_part(&at, end, &part)) {
        if (part.length == 0)
            continue;
        const char *equals = memchr(part.bytes, '=', part.length);
        struct textd_text type = trim(part.bytes, equals ? (size_t)(equals - part.bytes) : part.length);
        int action = equals ? find_action(trim(equals + 1, part.length - (size_t)(equals + 1 - part.bytes))) : -1;
        int shown = (int)(type.length < 40 ? type.length : 40);
        while (shown > 0 && shown < (int)type.length && ((unsigned char)type.bytes[shown] & 0xC0) == 0x80)
            shown--;
        if (action < 0)
            return snprintf(
                       reason, size,
                       "redact.policy: '%.*s' must be followed by =mask, =remove, =tag, =pseudonym, =hash or =keep",
                       shown, type.bytes),
                   -1;
        if (!take_type(&type))
            return snprintf(
                       reason, size,
                       "redact.policy: there is no type '%.*s'; the README lists them, and one of a dictionary of the "
                       "plugin entities is written 'entities:%.*s'",
                       shown, type.bytes, shown, type.bytes),
                   -1;
        if (policy->n == POLICY_ENTRIES)
            return snprintf(reason, size, "redact.policy has more than %u types", POLICY_ENTRIES), -1;
        policy->entries[policy->n].type = type;
        policy->entries[policy->n++].action = (uint8_t)action;
    }
    return 0;
}

static enum action action_for(const struct policy *policy, struct textd_text type)
{
    for (uint32_t i = 0; i < policy->n; i++)
        if (are_equal(policy->entries[i].type, type))
            return (enum action)policy->entries[i].action;
    return type_is_kept(type) ? ACTION_KEEP : (enum action)policy->others;
}

int policy_asks_for(const struct policy *policy, enum action action)
{
    int asks = policy->others == action;

    for (uint32_t i = 0; i < policy->n; i++)
        asks |= policy->entries[i].action == action;
    return asks;
}

/* ---- words that may stay ----------------------------------------------------------------------------------------- */

/* Of a word or more: small letters, one blank where there are blanks. */
static uint32_t fold_words(const char *bytes, size_t length, char *out, uint32_t room)
{
    uint32_t n = 0;

    for (size_t i = 0; i < length; i++) {
        char c = bytes[i] == '\t' || bytes[i] == '\n' || bytes[i] == '\r' ? ' ' : (char)to_lower((uint8_t)bytes[i]);
        if (c == ' ' && (n == 0 || out[n - 1] == ' '))
            continue;
        if (n == room)
            return 0; /* longer than what is allowed is compared with */
        out[n++] = c;
    }
    return n;
}

#define ALLOWED_BYTES 128u

struct allowed {
    uint32_t length;
    char bytes[ALLOWED_BYTES];
};

static uint32_t slot_of(const struct work *work, const char *bytes, size_t length, uint32_t mask)
{
    uint64_t hash;

    crypto_shorthash((uint8_t *)&hash, (const uint8_t *)bytes, length, work->tables->shorthash_key);
    return (uint32_t)hash & mask;
}

/* The place of the words in the table, or the empty one where they would stand. */
static struct allowed *allowed_at(const struct work *work, struct allowed *table, uint32_t mask, const char *bytes,
                                  uint32_t length)
{
    uint32_t slot = slot_of(work, bytes, length, mask);

    while (table[slot].length && (table[slot].length != length || memcmp(table[slot].bytes, bytes, length) != 0))
        slot = (slot + 1) & mask;
    return &table[slot];
}

static struct allowed *read_allowed(struct work *work, const struct textd_value *allow, uint32_t *mask)
{
    const char *at = allow->text, *end = at + allow->length;
    uint32_t slots = 8, n = 0;
    struct textd_text part;
    char word[ALLOWED_BYTES];

    while (next_part(&at, end, &part))
        n++;
    while (slots < 2 * n)
        slots *= 2;
    struct allowed *table = work_alloc(work, (uint64_t)slots * sizeof *table);
    if (!table)
        return NULL;
    memset(table, 0, (size_t)slots * sizeof *table);
    *mask = slots - 1;
    for (at = allow->text; next_part(&at, end, &part);) {
        uint32_t length = fold_words(part.bytes, part.length, word, sizeof word);
        struct allowed *place = length ? allowed_at(work, table, *mask, word, length) : NULL;
        if (place) {
            place->length = length;
            memcpy(place->bytes, word, length);
        }
    }
    return table;
}

static int compare_stays(const void *a, const void *b)
{
    const struct textd_span *x = a, *y = b;

    return x->start != y->start ? (x->start < y->start ? -1 : 1) : (x->end > y->end) - (x->end < y->end);
}

/* Sorted by start, each end becomes the largest so far: who begins behind a start and ends before its end is within. */
static void stays_sort(struct work *work)
{
    qsort(work->stays, work->n_stays, sizeof *work->stays, compare_stays);
    for (uint32_t i = 1; i < work->n_stays; i++)
        if (work->stays[i].end < work->stays[i - 1].end)
            work->stays[i].end = work->stays[i - 1].end;
}

static int stays(const struct work *work, const struct find *find)
{
    uint32_t low = 0, high = work->n_stays; /* before low they start no later than the find */

    while (low < high) {
        uint32_t middle = low + (high - low) / 2;
        if (work->stays[middle].start <= find->start)
            low = middle + 1;
        else
            high = middle;
    }
    return low > 0 && find->end <= work->stays[low - 1].end;
}

static void take_stays(struct work *work, const struct textd_value *allow)
{
    uint32_t mask = 0;
    struct allowed *table = read_allowed(work, allow, &mask);
    struct textd_span *list = table ? work_alloc(work, (work->n_stays + work->n_finds + 1ull) * sizeof *list) : NULL;
    char word[ALLOWED_BYTES];

    if (!list)
        return;
    if (work->n_stays)
        memcpy(list, work->stays, work->n_stays * sizeof *list);
    work->stays = list;
    for (uint32_t i = 0; i < work->n_finds; i++) {
        const struct find *find = &work->finds[i];
        uint32_t length = fold_words(work->doc->text + find->start, find->end - find->start, word, sizeof word);
        if (length && allowed_at(work, table, mask, word, length)->length)
            work->stays[work->n_stays++] = (struct textd_span) { find->start, find->end };
    }
    stays_sort(work);
}

/* Without what is kept, and what is allowed: of a name that stays no part is taken out, though it be a find of its own. */
void finds_select(struct work *work, const struct policy *policy, const struct textd_value *allow)
{
    uint32_t kept = 0;

    if (allow->length)
        take_stays(work, allow);
    for (uint32_t i = 0; i < work->n_finds && work->rc == TEXTD_OK; i++) {
        const struct find *find = &work->finds[i];
        if (action_for(policy, find->type) != ACTION_KEEP && !stays(work, find))
            work->finds[kept++] = *find;
    }
    work->n_finds = kept;
}

/* ---- one list ---------------------------------------------------------------------------------------------------- */

static int compare_finds(const void *a, const void *b)
{
    const struct find *x = a, *y = b;

    if (x->start != y->start)
        return x->start < y->start ? -1 : 1;
    if (x->end != y->end)
        return x->end > y->end ? -1 : 1;
    if (x->score != y->score)
        return x->score > y->score ? -1 : 1;
    if (x->is_ours != y->is_ours)
        return x->is_ours ? -1 : 1;
    size_t length = x->type.length < y->type.length ? x->type.length : y->type.length;
    int order = memcmp(x->type.bytes, y->type.bytes, length);
    return order ? order : x->type.length < y->type.length ? -1 : x->type.length > y->type.length;
}

/* What overlaps becomes one, from where the first begins to where the last ends: no part of either is left to read. It
 * is what the longest of them is. */
static void join(struct work *work)
{
    uint32_t n = 0, longest = 0;

    if (work->n_finds)
        qsort(work->finds, work->n_finds, sizeof *work->finds, compare_finds);
    for (uint32_t i = 0; i < work->n_finds; i++) {
        struct find next = work->finds[i];
        if (n == 0 || next.start >= work->finds[n - 1].end) {
            longest = next.end - next.start;
            work->finds[n++] = next;
            continue;
        }
        struct find *last = &work->finds[n - 1];
        if (next.end - next.start > longest) {
            longest = next.end - next.start;
            last->type = next.type;
            last->ref = next.ref;
        }
        if (last->ref == NO_REF && are_equal(last->type, next.type))
            last->ref = next.ref;
        if (next.end > last->end)
            last->end = next.end;
    }
    work->n_finds = n;
}

/* ---- what it means ----------------------------------------------------------------------------------------------- */

static int is_number_type(struct textd_text type)
{
    static const enum redact_type few[] = { TYPE_PHONE, TYPE_CARD, TYPE_IBAN, TYPE_ACCOUNT, TYPE_PASSPORT };

    for (size_t i = 0; i < sizeof few / sizeof few[0]; i++)
        if (are_equal(type, type_name(few[i])))
            return 1;
    for (int i = TYPE_US_SSN; i < TYPE_COUNT; i++)
        if (are_equal(type, type_name((enum redact_type)i)))
            return 1;
    return 0;
}

static int is_exact_type(struct textd_text type)
{
    return are_equal(type, type_name(TYPE_SECRET)) || are_equal(type, type_name(TYPE_PRIVATE_KEY)) ||
           are_equal(type, type_name(TYPE_CRYPTO));
}

/* What the find says, however it is written: numbers without what stands between their groups, names in small letters. */
static struct textd_text meaning_of(struct work *work, const struct find *find)
{
    const struct view *view = &work->view;
    int is_number = is_number_type(find->type), is_exact = is_exact_type(find->type);
    char *out = work_alloc(work, find->end - find->start + 1ull);
    uint32_t n = 0;

    if (!out)
        return (struct textd_text) { "", 0 };
    for (uint32_t i = view_index(view, find->start); i < view->n && view->at[i] < find->end; i++) {
        uint8_t c = view->c[i];
        if (c >= 0x80) {
            uint32_t to = view->at[i + 1] < find->end ? view->at[i + 1] : find->end, size = to - view->at[i];
            memcpy(out + n, work->doc->text + view->at[i], size);
            n += size;
        } else if (is_exact || is_alnum(c)) {
            out[n++] = (char)(is_exact ? c : to_lower(c));
        } else if (c == ' ' || c == '\n') {
            if (!is_number && n > 0 && out[n - 1] != ' ')
                out[n++] = ' ';
        } else if (!is_number) {
            out[n++] = (char)c;
        }
    }
    return (struct textd_text) { out, n };
}

/* ---- numbers of pseudonyms --------------------------------------------------------------------------------------- */

/* By type and meaning: the number. Open addressing in an array that is never full. */
struct numbered {
    struct textd_text type, meaning;
    uint32_t number; /* from 1; 0: the place is empty */
};

struct edit {
    struct textd_text meaning, replacement;
};

struct rewriting {
    struct work *work;
    const struct policy *policy;
    const uint8_t *key;
    struct numbered *table;
    uint32_t mask;
    struct counted {
        struct textd_text type;
        uint32_t n;
    } * counts; /* a type each */
    uint32_t n_counts;
    struct edit *edits;
};

static uint32_t next_number(struct rewriting *r, struct textd_text type)
{
    for (uint32_t i = 0; i < r->n_counts; i++)
        if (are_equal(r->counts[i].type, type))
            return ++r->counts[i].n;
    r->counts[r->n_counts++] = (struct counted) { type, 1 };
    return 1;
}

static uint32_t number_of(struct rewriting *r, struct textd_text type, struct textd_text meaning)
{
    uint32_t slot = slot_of(r->work, meaning.bytes, meaning.length, r->mask);

    for (; r->table[slot].number; slot = (slot + 1) & r->mask)
        if (are_equal(r->table[slot].type, type) && are_equal(r->table[slot].meaning, meaning))
            return r->table[slot].number;
    r->table[slot] = (struct numbered) { type, meaning, next_number(r, type) };
    return r->table[slot].number;
}

/* Mentions of one name mean what the fullest of them says, the first of the longest: "Smith" is "John Smith". */
static void unite_names(struct rewriting *r)
{
    struct work *work = r->work;
    uint32_t slots = 8;

    while (slots < 2 * work->n_finds)
        slots *= 2;
    struct {
        uint32_t ref, best; /* of the finds, plus one; 0: the place is empty */
    } *names = work_alloc(work, (uint64_t)slots * sizeof *names);
    if (!names)
        return;
    memset(names, 0, (size_t)slots * sizeof *names);
    for (int pass = 0; pass < 2; pass++)
        for (uint32_t i = 0; i < work->n_finds; i++) {
            uint32_t ref = work->finds[i].ref, slot = ref * 2654435761u & (slots - 1);
            if (ref == NO_REF)
                continue;
            while (names[slot].best && names[slot].ref != ref)
                slot = (slot + 1) & (slots - 1);
            if (pass)
                r->edits[i].meaning = r->edits[names[slot].best - 1].meaning;
            else if (!names[slot].best || r->edits[names[slot].best - 1].meaning.length < r->edits[i].meaning.length) {
                names[slot].ref = ref;
                names[slot].best = i + 1;
            }
        }
}

#define HASH_BYTES 8u

/* BLAKE2b with a key (RFC 7693): without the key nobody can try all telephone numbers. */
static void hash_meaning(const struct rewriting *r, struct textd_text type, struct textd_text meaning,
                         char hex[2 * HASH_BYTES + 1])
{
    uint8_t hash[crypto_generichash_BYTES];
    crypto_generichash_state state;

    crypto_generichash_init(&state, r->key, KEY_BYTES, sizeof hash);
    crypto_generichash_update(&state, (const uint8_t *)type.bytes, type.length);
    crypto_generichash_update(&state, (const uint8_t *)"=", 1);
    crypto_generichash_update(&state, (const uint8_t *)meaning.bytes, meaning.length);
    crypto_generichash_final(&state, hash, sizeof hash);
    for (uint32_t i = 0; i < HASH_BYTES; i++)
        snprintf(hex + 2 * i, 3, "%02x", hash[i]);
    sodium_memzero(&state, sizeof state);
}

static struct textd_text keep_text(struct work *work, const char *bytes, int length)
{
    char *copy = work_alloc(work, (uint64_t)length + 1);

    if (!copy)
        return (struct textd_text) { "", 0 };
    memcpy(copy, bytes, (size_t)length);
    return (struct textd_text) { copy, (uint64_t)length };
}

static struct textd_text replacement_for(struct rewriting *r, uint32_t index)
{
    struct textd_text type = r->work->finds[index].type, meaning = r->edits[index].meaning;
    char text[128], hex[2 * HASH_BYTES + 1];
    int shown = (int)(type.length < 64 ? type.length : 64);

    switch (action_for(r->policy, type)) {
    case ACTION_MASK:
        return (struct textd_text) { "****", 4 }; /* always four: how long it was says something, too */
    case ACTION_TAG:
        return keep_text(r->work, text, snprintf(text, sizeof text, "<%.*s>", shown, type.bytes));
    case ACTION_PSEUDONYM:
        return keep_text(r->work, text,
                         snprintf(text, sizeof text, "%.*s_%u", shown, type.bytes, number_of(r, type, meaning)));
    case ACTION_HASH:
        hash_meaning(r, type, meaning, hex);
        return keep_text(r->work, text, snprintf(text, sizeof text, "<%.*s:%s>", shown, type.bytes, hex));
    default:
        return (struct textd_text) { "", 0 };
    }
}

static void write_result(struct rewriting *r)
{
    struct work *work = r->work;
    const struct textd_host *host = work->host;
    uint64_t size = work->doc->text_length + 1ull;
    uint32_t at = 0, n = 0;

    for (uint32_t i = 0; i < work->n_finds; i++)
        size += r->edits[i].replacement.length;
    char *text = work_alloc(work, size);
    if (!text)
        return;
    for (uint32_t i = 0; i < work->n_finds; i++) {
        memcpy(text + n, work->doc->text + at, work->finds[i].start - at);
        n += work->finds[i].start - at;
        memcpy(text + n, r->edits[i].replacement.bytes, r->edits[i].replacement.length);
        n += (uint32_t)r->edits[i].replacement.length;
        at = work->finds[i].end;
    }
    memcpy(text + n, work->doc->text + at, work->doc->text_length - at);
    n += work->doc->text_length - at;
    host->map_begin(work->doc);
    host->write_key(work->doc, "text");
    host->write_text(work->doc, text, n);
    host->write_key(work->doc, "edits");
    host->array_begin(work->doc);
    for (uint32_t i = 0; i < work->n_finds; i++) {
        const struct find *find = &work->finds[i];
        host->map_begin(work->doc);
        host->write_key(work->doc, "start");
        host->write_offset(work->doc, find->start);
        host->write_key(work->doc, "end");
        host->write_offset(work->doc, find->end);
        host->write_key(work->doc, "replacement");
        host->write_text(work->doc, r->edits[i].replacement.bytes, r->edits[i].replacement.length);
        host->write_key(work->doc, "type");
        host->write_text(work->doc, find->type.bytes, find->type.length);
        host->map_end(work->doc);
    }
    host->array_end(work->doc);
    host->map_end(work->doc);
}

void rewrite(struct work *work, const struct policy *policy, const uint8_t *key)
{
    struct rewriting r = { .work = work, .policy = policy, .key = key };
    uint32_t slots = 8;

    join(work);
    while (slots < 2 * work->n_finds)
        slots *= 2;
    r.mask = slots - 1;
    r.edits = work_alloc(work, (work->n_finds + 1ull) * sizeof *r.edits);
    r.counts = work_alloc(work, (work->n_finds + 1ull) * sizeof *r.counts);
    r.table = work_alloc(work, (uint64_t)slots * sizeof *r.table);
    if (!r.edits || !r.counts || !r.table)
        return;
    memset(r.table, 0, (size_t)slots * sizeof *r.table);
    for (uint32_t i = 0; i < work->n_finds; i++)
        r.edits[i].meaning = meaning_of(work, &work->finds[i]);
    unite_names(&r);
    for (uint32_t i = 0; i < work->n_finds && work->rc == TEXTD_OK; i++)
        r.edits[i].replacement = replacement_for(&r, i);
    if (work->rc == TEXTD_OK)
        write_result(&r);
}
