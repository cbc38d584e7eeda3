/* dictionary.c: reads the lists and makes their table (see dictionary.h, table.h). Two passes: one counts the lines, so that all
 * memory is taken at once, one checks and enters them. */
#include "plugins/entities/dictionary/dictionary.h"

#include <assert.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "common/utf8.h"
#include "plugins/entities/dictionary/unit.h"
#include "plugins/lib/character.h"

/* Where reading stands. */
struct loader {
    struct dictionary *dictionary;
    struct entity_types *types;
    struct list *list;
    uint32_t number; /* of the list */
    uint32_t line;   /* counted from one */
    bool in_names;   /* a name has been read: headers are over */
    char *reason;
    size_t reason_size;
};

static int fail(struct loader *l, const char *format, ...) __attribute__((format(printf, 2, 3)));

static int fail(struct loader *l, const char *format, ...)
{
    int n = snprintf(l->reason, l->reason_size, "%s:%u: ", l->list->source.file, l->line);
    va_list args;

    va_start(args, format);
    if (n > 0 && (size_t)n < l->reason_size)
        vsnprintf(l->reason + n, l->reason_size - (size_t)n, format, args);
    va_end(args);
    return -1;
}

/* ---- Lines -------------------------------------------------------------------------------------------------------- */

static uint32_t field_end(const char *at, const char *end)
{
    const char *tab = memchr(at, '\t', (size_t)(end - at));

    return (uint32_t)((tab ? tab : end) - at);
}

struct line line_split(const char *start, const char *end)
{
    struct line line = { .name = start };

    line.name_length = field_end(start, end);
    start += line.name_length + (start + line.name_length < end);
    line.type = start;
    line.type_length = field_end(start, end);
    start += line.type_length + (start + line.type_length < end);
    line.id = start;
    line.id_length = (uint32_t)(end - start);
    return line;
}

/* Without its line break. */
static const char *line_end(const char *start, const char *end)
{
    const char *stop = memchr(start, '\n', (size_t)(end - start));

    stop = stop ? stop : end;
    return stop > start && stop[-1] == '\r' ? stop - 1 : stop;
}

struct line line_at(const struct dictionary *d, const struct slot *slot)
{
    const struct list *list = &d->lists[slot->list];
    const char *start = list->source.bytes + (slot->line - 1 - list->base);

    return line_split(start, line_end(start, list->source.bytes + list->source.length));
}

/* ---- Types -------------------------------------------------------------------------------------------------------- */

/* The type of a line; a new one is noted. */
static int read_type(struct loader *l, const struct line *line, uint8_t *type)
{
    if (!entity_types_may_be(line->type, line->type_length))
        return fail(
            l,
            line->type_length
                ? "the type is '%.*s'; it must be of capital letters, digits and '_', such as PRODUCT, at most 31"
                : "the name has no type%.*s; a line is name, type and id, with tabs between them",
            td_utf8_quoted(line->type, line->type_length), line->type);
    *type = entity_types_add(l->types, line->type, line->type_length);
    if (*type == ENTITY_NONE)
        return fail(l, "'%.*s' is one type too many; there may be %u beside the plugin's own, the model's counted",
                    (int)line->type_length, line->type, ENTITY_MOST_OWN_TYPES);
    return 0;
}

/* ---- Headers ------------------------------------------------------------------------------------------------------ */

static bool is_text(const char *p, uint32_t length, const char *text)
{
    return length == strlen(text) && memcmp(p, text, length) == 0;
}

/* "case=fold": of two values, sets *flag when it is the first. */
static int read_setting(struct loader *l, const char *p, uint32_t length)
{
    static const struct {
        const char *key, *on, *off;
        size_t flag;
    } settings[] = {
        { "case", "fold", "exact", offsetof(struct policy, fold_case) },
        { "diacritics", "fold", "exact", offsetof(struct policy, fold_marks) },
        { "priority", "low", "high", offsetof(struct policy, yields) },
    };
    const char *equals = memchr(p, '=', length);
    uint32_t key = equals ? (uint32_t)(equals - p) : length;

    for (size_t i = 0; i < sizeof settings / sizeof settings[0]; i++) {
        const char *value = p + key + 1;
        uint32_t value_length = equals ? length - key - 1 : 0;

        if (!is_text(p, key, settings[i].key))
            continue;
        if (!equals ||
            (!is_text(value, value_length, settings[i].on) && !is_text(value, value_length, settings[i].off)))
            return fail(l, "%s is '%.*s'; it must be %s or %s", settings[i].key,
                        equals ? td_utf8_quoted(value, value_length) : 0, equals ? value : "", settings[i].on,
                        settings[i].off);
        *(bool *)((char *)&l->list->policy + settings[i].flag) = is_text(value, value_length, settings[i].on);
        return 0;
    }
    return fail(l, "'%.*s' is no setting; there are case, diacritics and priority, such as case=fold",
                td_utf8_quoted(p, length), p);
}

static int read_header(struct loader *l, const char *at, const char *end)
{
    if (l->in_names)
        return fail(l, "settings must stand before the first name");
    while (at < end) {
        const char *start = at;

        while (at < end && *at != ' ' && *at != '\t')
            at++;
        if (at > start && read_setting(l, start, (uint32_t)(at - start)) != 0)
            return -1;
        at += at < end;
    }
    return 0;
}

/* ---- Names -------------------------------------------------------------------------------------------------------- */

static void set_bit(struct dictionary *d, uint64_t hash, uint32_t bit)
{
    uint64_t pair = hash >> d->bit_shift;

    d->bits[pair / 32] |= (uint64_t)bit << pair % 32 * 2;
}

/* Notes the beginnings of a name, and puts the hash of the whole into *hash. */
static int hash_name(struct loader *l, const struct line *line, uint64_t *hash)
{
    uint32_t at = 0, n = 0, end = line->name_length;

    *hash = UNIT_START;
    while (at < end) {
        uint64_t unit;
        uint32_t next = unit_skip_blanks(line->name, at, end), behind = unit_read(line->name, next, end, &unit);

        if (!behind)
            return fail(l, "the name has a word of %u bytes or more", LONGEST_UNIT);
        if (++n > MOST_UNITS)
            return fail(l, "the name has more than %u words and signs", MOST_UNITS);
        *hash = unit_join(*hash, unit, n > 1 && next == at);
        at = behind;
        set_bit(l->dictionary, *hash, at < end ? BIT_GOES_ON : BIT_ENDS);
    }
    return 0;
}

static bool is_blank(char c)
{
    return c == ' ' || c == '\t';
}

/* Of the same name in the same writing the first stays, and the others cost no place. */
static void enter(struct dictionary *d, const struct slot *slot, const struct line *line, uint64_t hash)
{
    uint64_t mask = (1ull << (64 - d->slot_shift)) - 1, at = hash >> d->slot_shift;

    for (; d->slots[at].line; at = (at + 1) & mask) {
        struct line other;

        if (d->slots[at].tag != slot->tag)
            continue;
        other = line_at(d, &d->slots[at]);
        if (other.name_length == line->name_length && memcmp(other.name, line->name, line->name_length) == 0)
            return;
    }
    d->slots[at] = *slot;
    d->n_names++;
}

static int read_name(struct loader *l, const char *start, const char *end)
{
    struct line line = line_split(start, end);
    struct slot slot = { .line = (uint32_t)(start - l->list->source.bytes) + l->list->base + 1,
                         .list = (uint8_t)l->number };
    uint64_t hash;

    l->in_names = true;
    if (line.name_length == 0 || is_blank(line.name[0]) || is_blank(line.name[line.name_length - 1]))
        return fail(l, line.name_length ? "the name starts or ends with a blank" : "there is no name before the tab");
    if (line.name_length > LONGEST_NAME)
        return fail(l, "the name has %u bytes; at most %u are allowed", line.name_length, LONGEST_NAME);
    if (memchr(line.id, '\t', line.id_length))
        return fail(l, "there is a third tab; a line is name, type and id");
    if (read_type(l, &line, &slot.type) != 0 || hash_name(l, &line, &hash) != 0)
        return -1;
    slot.tag = tag_of(hash);
    enter(l->dictionary, &slot, &line, hash);
    return 0;
}

/* ---- Lists -------------------------------------------------------------------------------------------------------- */

static int read_line(struct loader *l, const char *start, const char *end)
{
    if (start == end)
        return 0;
    if (start[0] == '#')
        return end - start > 1 && start[1] == '!' ? read_header(l, start + 2, end) : 0;
    return read_name(l, start, end);
}

static int read_list(struct loader *l)
{
    const char *at = l->list->source.bytes, *end = at + l->list->source.length;
    size_t valid = td_utf8_check(at, l->list->source.length, NULL);

    l->in_names = false;
    l->line = 1;
    if (end - at >= 3 && memcmp(at, "\xEF\xBB\xBF", 3) == 0)
        at += 3; /* the mark that some editors write */
    for (; at < end; l->line++) {
        const char *stop = line_end(at, end), *next = memchr(at, '\n', (size_t)(end - at));

        if (stop > l->list->source.bytes + valid)
            return fail(l, "the line is not UTF-8");
        if (read_line(l, at, stop) != 0)
            return -1;
        at = next ? next + 1 : end;
    }
    return 0;
}

/* Lines, and blanks and hyphens in them, which is about as many as there are beginnings of names. */
static void count(const struct dictionary_list *list, uint64_t *lines, uint64_t *beginnings)
{
    const char *end = list->bytes + list->length;

    for (const char *p = list->bytes; p < end; p++) {
        *lines += *p == '\n';
        *beginnings += *p == ' ' || *p == '-' || *p == '\n';
    }
    *lines += 1;
    *beginnings += 1;
}

static uint32_t log2_above(uint64_t n)
{
    uint32_t bits = 6;

    while (bits < 40 && (1ull << bits) < n)
        bits++;
    return bits;
}

static bool take_memory(struct dictionary *d, uint64_t lines, uint64_t beginnings)
{
    uint32_t slot_bits = log2_above(lines + lines / 3), bit_bits = log2_above(beginnings * 4);
    size_t slots = (size_t)8 << slot_bits, bits = (size_t)1 << (bit_bits - 2);

    d->slots = calloc(slots / 8, 8);
    d->bits = calloc(bits / 8, 8);
    d->slot_shift = 64 - slot_bits;
    d->bit_shift = 64 - bit_bits;
    d->bytes = sizeof *d + slots + bits;
    return d->slots && d->bits;
}

struct dictionary *dictionary_new(const struct dictionary_list *lists, uint32_t n, struct entity_types *types,
                                  char *reason, size_t reason_size)
{
    struct dictionary *d = calloc(1, sizeof *d);
    struct loader l = { .dictionary = d, .types = types, .reason = reason, .reason_size = reason_size };
    uint64_t lines = 0, beginnings = 0, base = 0;
    int rc = 0;

    snprintf(reason, reason_size, "no memory for the dictionary");
    if (!d)
        return NULL;
    assert(n <= DICTIONARY_MOST_LISTS);
    for (uint32_t i = 0; i < n; i++) {
        d->lists[i] = (struct list) { .source = lists[i], .base = (uint32_t)base };
        base += lists[i].length;
        count(&lists[i], &lines, &beginnings);
    }
    d->n_lists = n;
    if (base >= UINT32_MAX)
        snprintf(reason, reason_size, "the lists have %llu bytes together; at most 4 GiB are allowed",
                 (unsigned long long)base);
    rc = base >= UINT32_MAX || !take_memory(d, lines, beginnings) ? -1 : 0;
    for (uint32_t i = 0; i < n && rc == 0; i++) {
        l.list = &d->lists[i];
        l.number = i;
        rc = read_list(&l);
    }
    if (rc == 0)
        return d;
    dictionary_free(d);
    return NULL;
}

void dictionary_free(struct dictionary *d)
{
    if (!d)
        return;
    free(d->slots);
    free(d->bits);
    free(d);
}

uint32_t dictionary_names(const struct dictionary *d)
{
    return d->n_names;
}

size_t dictionary_bytes(const struct dictionary *d)
{
    return d->bytes;
}
