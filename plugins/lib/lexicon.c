/* lexicon.c: see lexicon.h. One hash table with open addressing and linear probing, at most half full, so that most
 * look-ups touch one slot; four slots share a cache line. A word is taken eight bytes at a time: its first eight,
 * folded, stand in the slot itself, so only words longer than that are compared any further. Nothing is changed after
 * lexicon_parse. */
#include "plugins/lib/lexicon.h"

#include <stdarg.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define KEY_LIMIT 127 /* bytes of a folded key; the longest English word in use has 45, our phrases stay below 40 */
#define KEY_BLOCKS 16
#define REST_BITS 25 /* of a slot's `place` that say where the key's other blocks are; the others are its length */

/* A word, folded: its bytes in blocks of eight, the first byte lowest, the last block filled up with 0. */
struct key {
    uint64_t blocks[KEY_BLOCKS];
    uint32_t length; /* 0: there is none, or it is too long */
};

struct slot {
    uint64_t first; /* block of the key */
    uint32_t place; /* length << REST_BITS | index of the second block in `rest`; 0: the slot is empty */
    float value;
};
_Static_assert(sizeof(struct slot) == 16, "four slots to a cache line");
_Static_assert(KEY_LIMIT < 1u << (32 - REST_BITS), "a key's length has to fit beside its place");

struct lexicon {
    uint32_t mask;    /* number of slots less one; a power of two less one */
    uint32_t longest; /* key, in bytes */
    uint32_t count;
    uint32_t rest_used;
    uint64_t *rest; /* the blocks of long keys, save their first */
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

/* Spelt out, these are one instruction on little-endian machines and right on all. */
static uint32_t load4(const unsigned char *p)
{
    return p[0] | (uint32_t)p[1] << 8 | (uint32_t)p[2] << 16 | (uint32_t)p[3] << 24;
}

static uint64_t load8(const unsigned char *p)
{
    return load4(p) | (uint64_t)load4(p + 4) << 32;
}

/* The 1 to 7 bytes at p. Loads that overlap put a byte twice in the same place, which spares a loop whose end no
 * processor can predict. */
static uint64_t load_few(const unsigned char *p, size_t n)
{
    if (n >= 4)
        return load4(p) | (uint64_t)load4(p + n - 4) << 8 * (n - 4);
    return p[0] | (uint64_t)p[n / 2] << 8 * (n / 2) | (uint64_t)p[n - 1] << 8 * (n - 1);
}

#define EACH(byte) (0x0101010101010101u * (uint64_t)(byte))

/* ASCII capitals to small letters, eight bytes at once. Adding to the low seven bits carries into the eighth where a
 * byte is large enough; no sum leaves its byte. */
static uint64_t lower(uint64_t block)
{
    uint64_t low = block & EACH(0x7F);
    uint64_t from_a = low + EACH(0x80 - 'A'), beyond_z = low + EACH(0x7F - 'Z');

    return block | ((from_a ^ beyond_z) & ~block & EACH(0x80)) >> 2;
}

/* Copies with each U+2019 made "'". The new length; above KEY_LIMIT when there is no room. */
static size_t fold_apostrophes(const unsigned char *p, size_t length, unsigned char out[KEY_LIMIT])
{
    const unsigned char *end = p + length;
    size_t n = 0;

    for (; p < end; p++) {
        unsigned char c = *p;

        if (n == KEY_LIMIT)
            return KEY_LIMIT + 1;
        if (c == 0xE2 && end - p >= 3 && p[1] == 0x80 && p[2] == 0x99) {
            c = '\'';
            p += 2;
        }
        out[n++] = c;
    }
    return n;
}

/* The bits that any of the bytes has. */
static uint64_t read_blocks(struct key *key, const unsigned char *p, size_t length)
{
    uint64_t any = 0;
    uint32_t n = 0;

    key->length = (uint32_t)length;
    for (; length >= 8; length -= 8, p += 8, n++) {
        key->blocks[n] = lower(load8(p));
        any |= key->blocks[n];
    }
    if (length) {
        key->blocks[n] = lower(load_few(p, length));
        any |= key->blocks[n];
    }
    return any;
}

/* Makes a key of a word that has 1 to 3 * KEY_LIMIT bytes. */
static void read_key(struct key *key, const char *word, size_t length)
{
    unsigned char folded[KEY_LIMIT];

    if (length <= KEY_LIMIT && !(read_blocks(key, (const unsigned char *)word, length) & EACH(0x80)))
        return; /* all of it is ASCII */
    length = fold_apostrophes((const unsigned char *)word, length, folded);
    key->length = 0;
    if (length <= KEY_LIMIT)
        read_blocks(key, folded, length);
}

/* Multiplying by an odd number spreads each bit upwards, the shift brings the best of them down again. The number is
 * 2^64 over the golden ratio: Knuth, The Art of Computer Programming, volume 3, section 6.4. */
static uint32_t hash_of(const struct key *key)
{
    uint64_t h = key->length;

    for (uint32_t i = 0; i < (key->length + 7) / 8; i++) {
        h = (h ^ key->blocks[i]) * 0x9E3779B97F4A7C15u;
        h ^= h >> 32;
    }
    return (uint32_t)h;
}

static bool is_key_of(const struct lexicon *lexicon, const struct slot *slot, const struct key *key)
{
    const uint64_t *rest = lexicon->rest + (slot->place & ((1u << REST_BITS) - 1));

    if (slot->first != key->blocks[0] || slot->place >> REST_BITS != key->length)
        return false;
    for (uint32_t i = 1; i < (key->length + 7) / 8; i++)
        if (rest[i - 1] != key->blocks[i])
            return false;
    return true;
}

/* Where the slot is that has the key, or the empty one where it would go. The table always has an empty slot. */
static uint32_t position_of(const struct lexicon *lexicon, const struct key *key)
{
    uint32_t at = hash_of(key) & lexicon->mask;

    while (lexicon->slots[at].place && !is_key_of(lexicon, &lexicon->slots[at], key))
        at = (at + 1) & lexicon->mask;
    return at;
}

int lexicon_find(const struct lexicon *lexicon, const char *word, size_t length, float *value)
{
    const struct slot *slot;
    struct key key;

    if (!length || length > 3 * (size_t)lexicon->longest) /* folding makes at most three bytes one */
        return 0;
    read_key(&key, word, length);
    if (!key.length || key.length > lexicon->longest)
        return 0;
    slot = &lexicon->slots[position_of(lexicon, &key)];
    if (!slot->place)
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
    struct key key = { { 0 }, 0 };
    struct slot *slot;

    if (entry->length <= (size_t)3 * KEY_LIMIT)
        read_key(&key, entry->word, entry->length);
    if (!key.length)
        return fail(reason, reason_size, "the word has more than %d bytes", KEY_LIMIT);
    slot = &lexicon->slots[position_of(lexicon, &key)];
    if (slot->place)
        return fail(reason, reason_size, "the word has a line already");
    *slot = (struct slot) { key.blocks[0], key.length << REST_BITS | lexicon->rest_used, entry->value };
    for (uint32_t i = 1; i < (key.length + 7) / 8; i++)
        lexicon->rest[lexicon->rest_used++] = key.blocks[i];
    lexicon->count++;
    if (key.length > lexicon->longest)
        lexicon->longest = key.length;
    return 0;
}

/* An empty table for a text of `length` bytes. No line gives more than one word, no word grows when it is folded, and a
 * key's blocks after the first are fewer than an eighth of its bytes: nothing ever needs to grow. NULL when memory runs
 * out. */
static struct lexicon *lexicon_new(const char *text, size_t length)
{
    struct lexicon *lexicon;
    size_t lines = 1, slots = 8;

    for (const char *p = text; (p = memchr(p, '\n', (size_t)(text + length - p))) != NULL; p++)
        lines++;
    while (slots < 2 * lines)
        slots *= 2;
    lexicon = calloc(1, sizeof(*lexicon) + slots * sizeof(struct slot));
    if (!lexicon)
        return NULL;
    lexicon->mask = (uint32_t)(slots - 1);
    lexicon->rest = malloc((length / 8 + 1) * sizeof(lexicon->rest[0]));
    if (!lexicon->rest) {
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

    /* The index into `rest` has to fit into a slot. */
    if (length > 8u << REST_BITS || !(lexicon = lexicon_new(start, length))) {
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
    free(lexicon->rest);
    free(lexicon);
}
