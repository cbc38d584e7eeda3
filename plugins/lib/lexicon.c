/* lexicon.c: see lexicon.h. One hash table with open addressing and linear probing, at most half full, so that most
 * look-ups touch one slot; four slots share a cache line. Keys lie folded in one pool and a slot keeps the whole hash,
 * so a probe for an unknown word hardly ever reads the pool. Nothing is changed after lexicon_parse. */
#include "plugins/lib/lexicon.h"

#include <stdarg.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define KEY_LIMIT 127 /* bytes of a folded key; the longest English word in use has 45, our phrases stay below 40 */

struct slot {
    uint32_t hash;
    uint32_t key;    /* where the key starts in the pool */
    uint32_t length; /* 0: the slot is empty */
    float value;
};
_Static_assert(sizeof(struct slot) == 16, "four slots to a cache line");

struct lexicon {
    uint32_t mask;    /* number of slots less one; a power of two less one */
    uint32_t longest; /* key, in bytes */
    uint32_t count;
    uint32_t pool_used;
    char *pool;
    struct slot slots[];
};

/* The word on one line, and its number. */
struct entry {
    const char *word;
    size_t length;
    float value;
};

static int fail(char *reason, size_t size, const char *format, ...) __attribute__((format(printf, 3, 4)));

static int fail(char *reason, size_t size, const char *format, ...)
{
    va_list args;

    va_start(args, format);
    if (size)
        vsnprintf(reason, size, format, args);
    va_end(args);
    return -1;
}

/* Folds `word` into `out`, which has room for `limit` bytes. The folded length; above `limit` when there was no room. */
static size_t fold(const char *word, size_t length, unsigned char *out, size_t limit)
{
    const unsigned char *p = (const unsigned char *)word, *end = p + length;
    size_t n = 0;

    for (; p < end; p++) {
        unsigned c = *p;

        if (n == limit)
            return limit + 1;
        if (c - 'A' < 26)
            c |= 0x20;
        else if (c == 0xE2 && end - p >= 3 && p[1] == 0x80 && p[2] == 0x99) {
            c = '\'';
            p += 2;
        }
        out[n++] = (unsigned char)c;
    }
    return n;
}

/* FNV-1a, with a last mix because the table uses its low bits. http://www.isthe.com/chongo/tech/comp/fnv/ */
static uint32_t hash_of(const unsigned char *key, size_t length)
{
    uint32_t h = 2166136261u;

    for (size_t i = 0; i < length; i++)
        h = (h ^ key[i]) * 16777619u;
    return h ^ h >> 15;
}

/* Where the slot is that has the key, or the empty one where it would go. The table always has an empty slot. */
static uint32_t position_of(const struct lexicon *lexicon, const unsigned char *key, size_t length, uint32_t hash)
{
    for (uint32_t at = hash & lexicon->mask;; at = (at + 1) & lexicon->mask) {
        const struct slot *slot = &lexicon->slots[at];

        if (!slot->length ||
            (slot->hash == hash && slot->length == length && memcmp(lexicon->pool + slot->key, key, length) == 0))
            return at;
    }
}

int lexicon_find(const struct lexicon *lexicon, const char *word, size_t length, float *value)
{
    unsigned char key[KEY_LIMIT + 1];
    const struct slot *slot;
    size_t n;

    if (!length || length > 3 * (size_t)lexicon->longest) /* folding makes at most three bytes one */
        return 0;
    n = fold(word, length, key, lexicon->longest);
    if (n > lexicon->longest)
        return 0;
    slot = &lexicon->slots[position_of(lexicon, key, n, hash_of(key, n))];
    if (!slot->length)
        return 0;
    if (value)
        *value = slot->value;
    return 1;
}

size_t lexicon_size(const struct lexicon *lexicon)
{
    return lexicon->count;
}

static bool is_blank(char c)
{
    return c == ' ' || c == '\t' || c == '\r';
}

/* Reads [+-]digits[.digits]. Not strtof: it follows the process's locale and wants a NUL. */
static bool parse_number(const char *p, size_t length, float *value)
{
    const char *end = p + length;
    double number = 0, unit = 1;
    bool negative = length && *p == '-', point = false;
    int digits = 0;

    if (length && (*p == '-' || *p == '+'))
        p++;
    for (; p < end; p++) {
        if (*p == '.' && !point) {
            point = true;
            continue;
        }
        if (*p < '0' || *p > '9' || ++digits > 15)
            return false;
        number = number * 10 + (*p - '0');
        if (point)
            unit *= 10;
    }
    if (!digits)
        return false;
    *value = (float)(negative ? -number / unit : number / unit);
    return true;
}

/* Splits one line. 1: *entry is filled in; 0: there is no word on the line; -1: the line is wrong. */
static int parse_line(const char *line, size_t length, struct entry *entry, char *reason, size_t reason_size)
{
    const char *tab;

    while (length && is_blank(line[length - 1]))
        length--;
    if (!length || line[0] == '#')
        return 0;
    tab = memchr(line, '\t', length);
    *entry = (struct entry) { .word = line, .length = tab ? (size_t)(tab - line) : length, .value = 1 };
    if (!entry->length || is_blank(line[0]) || is_blank(line[entry->length - 1]))
        return fail(reason, reason_size, "blanks around the word");
    if (tab && !parse_number(tab + 1, length - entry->length - 1, &entry->value))
        return fail(reason, reason_size, "what follows the tab must be a number such as -1.5");
    return 1;
}

static int insert(struct lexicon *lexicon, const struct entry *entry, char *reason, size_t reason_size)
{
    unsigned char key[KEY_LIMIT + 1];
    size_t length = fold(entry->word, entry->length, key, KEY_LIMIT);
    struct slot *slot;
    uint32_t hash;

    if (length > KEY_LIMIT)
        return fail(reason, reason_size, "the word has more than %d bytes", KEY_LIMIT);
    hash = hash_of(key, length);
    slot = &lexicon->slots[position_of(lexicon, key, length, hash)];
    if (slot->length)
        return fail(reason, reason_size, "the word has a line already");
    memcpy(lexicon->pool + lexicon->pool_used, key, length);
    *slot = (struct slot) { hash, lexicon->pool_used, (uint32_t)length, entry->value };
    lexicon->pool_used += (uint32_t)length;
    lexicon->count++;
    if (length > lexicon->longest)
        lexicon->longest = (uint32_t)length;
    return 0;
}

/* An empty table for a text of `length` bytes. No line gives more than one word, and no word grows when it is folded,
 * so neither table nor pool ever needs to grow. NULL when memory runs out. */
static struct lexicon *lexicon_new(const char *text, size_t length)
{
    struct lexicon *lexicon;
    size_t lines = 1, slots = 8;

    for (const char *p = text; (p = memchr(p, '\n', (size_t)(text + length - p))) != NULL; p++)
        lines++;
    while (slots < 2 * lines)
        slots *= 2;
    lexicon = calloc(1, sizeof(*lexicon) + slots * sizeof(lexicon->slots[0]));
    if (!lexicon)
        return NULL;
    lexicon->mask = (uint32_t)(slots - 1);
    lexicon->pool = malloc(length + 1);
    if (!lexicon->pool) {
        free(lexicon);
        return NULL;
    }
    return lexicon;
}

struct lexicon *lexicon_parse(const char *text, size_t length, char *reason, size_t reason_size)
{
    const char *start = length ? text : "", *end = start + length; /* an empty resource may have no address */
    struct lexicon *lexicon = NULL;
    struct entry entry;
    size_t number = 0;
    char why[80];

    /* Half a gigabyte: the table's indexes have 32 bits, and a text may be nothing but line ends. */
    if (length > (1u << 29) || !(lexicon = lexicon_new(start, length))) {
        fail(reason, reason_size, "no memory for a lexicon of %zu bytes", length);
        return NULL;
    }
    for (const char *line = start, *next; line < end; line = next) {
        const char *stop = memchr(line, '\n', (size_t)(end - line));
        int got;

        stop = stop ? stop : end;
        next = stop < end ? stop + 1 : end;
        number++;
        got = parse_line(line, (size_t)(stop - line), &entry, why, sizeof why);
        if (got < 0 || (got && insert(lexicon, &entry, why, sizeof why) < 0)) {
            fail(reason, reason_size, "line %zu: %s", number, why);
            lexicon_free(lexicon);
            return NULL;
        }
    }
    return lexicon;
}

void lexicon_free(struct lexicon *lexicon)
{
    if (!lexicon)
        return;
    free(lexicon->pool);
    free(lexicon);
}
