/* unit.c: see unit.h. */
#include "plugins/entities/dictionary/unit.h"

#include <string.h>

#include "plugins/lib/character.h"
#include "plugins/lib/fold.h"

#define MULTIPLIER 0xC2B2AE3D27D4EB4Full /* of xxHash64 (https://xxhash.com) */

static const uint8_t is_alnum[256] = {
    ['0'] = 1, ['1'] = 1, ['2'] = 1, ['3'] = 1, ['4'] = 1, ['5'] = 1, ['6'] = 1, ['7'] = 1, ['8'] = 1,
    ['9'] = 1, ['A'] = 1, ['B'] = 1, ['C'] = 1, ['D'] = 1, ['E'] = 1, ['F'] = 1, ['G'] = 1, ['H'] = 1,
    ['I'] = 1, ['J'] = 1, ['K'] = 1, ['L'] = 1, ['M'] = 1, ['N'] = 1, ['O'] = 1, ['P'] = 1, ['Q'] = 1,
    ['R'] = 1, ['S'] = 1, ['T'] = 1, ['U'] = 1, ['V'] = 1, ['W'] = 1, ['X'] = 1, ['Y'] = 1, ['Z'] = 1,
    ['a'] = 1, ['b'] = 1, ['c'] = 1, ['d'] = 1, ['e'] = 1, ['f'] = 1, ['g'] = 1, ['h'] = 1, ['i'] = 1,
    ['j'] = 1, ['k'] = 1, ['l'] = 1, ['m'] = 1, ['n'] = 1, ['o'] = 1, ['p'] = 1, ['q'] = 1, ['r'] = 1,
    ['s'] = 1, ['t'] = 1, ['u'] = 1, ['v'] = 1, ['w'] = 1, ['x'] = 1, ['y'] = 1, ['z'] = 1,
};

/* Eight bytes at `p`, fewer when fewer are left, the first in the lowest byte. */
static uint64_t load(const char *p, uint32_t n)
{
    uint64_t word = 0;

    memcpy(&word, p, n < 8 ? n : 8);
#if __BYTE_ORDER__ == __ORDER_BIG_ENDIAN__
    word = __builtin_bswap64(word);
#endif
    return word;
}

/* Of bytes that are letters in small or capital, digits, or parts of wider characters: a letter's case is one bit, which digits
 * have set; wider characters were folded before, and setting the bit in their bytes loses nothing that matters. */
static uint64_t hash_bytes(const char *p, uint32_t n)
{
    uint64_t hash = n * MULTIPLIER;

    for (uint32_t at = 0; at < n; at += 8) {
        uint64_t word = load(p + at, n - at) | 0x2020202020202020ull;
        hash = (hash ^ word) * MULTIPLIER;
        hash ^= hash >> 29;
    }
    return hash & ~1ull; /* the lowest bit is unit_join's */
}

static uint32_t encode(uint32_t point, char *out)
{
    if (point < 0x80) {
        out[0] = (char)point;
        return 1;
    }
    /* not UTF-8, but as good for a hash */
    out[0] = (char)(0xC0 | (point & 0x1F));
    out[1] = (char)(0xC0 | (point >> 5 & 0x1F));
    out[2] = (char)(0xC0 | (point >> 10 & 0x1F));
    out[3] = (char)(0xC0 | point >> 15);
    return 4;
}

static bool is_letter(enum character kind)
{
    return kind == CHAR_LETTER || kind == CHAR_DIGIT || kind == CHAR_EXTEND || kind == CHAR_KATAKANA ||
           kind == CHAR_COMPLEX;
}

/* A unit with a character beyond ASCII in it. */
static uint32_t read_wide(const char *text, uint32_t at, uint32_t end, uint64_t *hash)
{
    char folded[4 * LONGEST_UNIT];
    uint32_t start = at, n = 0, size;

    while (at < end && at - start < LONGEST_UNIT) {
        enum character kind = char_kind_at(text, at, &size);
        uint32_t point = char_decode(text, at, &size);

        if (at > start && !is_letter(kind))
            break;
        if (kind != CHAR_EXTEND)
            n += encode(fold_case(fold_marks(fold_case(fold_sign(point)))), folded + n);
        at += size;
        if (!is_letter(kind)) {
            while (at < end && at - start < LONGEST_UNIT && char_kind_at(text, at, &size) == CHAR_EXTEND)
                at += size;
            break;
        }
    }
    *hash = hash_bytes(folded, n);
    return at - start < LONGEST_UNIT ? at : 0;
}

uint32_t unit_read(const char *text, uint32_t at, uint32_t end, uint64_t *hash)
{
    uint32_t stop = at;

    while (stop < end && is_alnum[(unsigned char)text[stop]])
        stop++;
    if (stop < end && (unsigned char)text[stop] >= 0x80)
        return read_wide(text, at, end, hash);
    stop += stop == at; /* a sign */
    if (stop - at >= LONGEST_UNIT)
        return 0;
    if (stop - at <= 8 && end - at >= 8) {
        uint64_t word;

        memcpy(&word, text + at, 8); /* all at once, for most words */
#if __BYTE_ORDER__ == __ORDER_BIG_ENDIAN__
        word = __builtin_bswap64(word);
#endif
        word &= ~0ull >> (8 - (stop - at)) * 8;
        uint64_t h = ((stop - at) * MULTIPLIER ^ (word | 0x2020202020202020ull)) * MULTIPLIER;
        *hash = (h ^ h >> 29) & ~1ull;
        return stop;
    }
    *hash = hash_bytes(text + at, stop - at);
    return stop;
}

uint32_t unit_skip_blanks(const char *text, uint32_t at, uint32_t end)
{
    uint32_t size;

    while (at < end && char_kind_at(text, at, &size) == CHAR_BLANK)
        at += size;
    return at;
}

/* The next character of a name or text as a policy sees it; 0 at the end, and a blank for any blanks. */
static uint32_t next_folded(const char *text, uint32_t *at, uint32_t end, const struct policy *policy)
{
    while (*at < end) {
        uint32_t size;
        enum character kind = char_kind_at(text, *at, &size);
        uint32_t point = char_decode(text, *at, &size);

        *at += size;
        if (kind == CHAR_BLANK) {
            *at = unit_skip_blanks(text, *at, end);
            return ' ';
        }
        point = fold_sign(point);
        if (policy->fold_marks && kind == CHAR_EXTEND)
            continue;
        if (policy->fold_marks)
            point = fold_marks(point);
        return policy->fold_case ? fold_case(point) : point;
    }
    return 0;
}

bool unit_same(const char *text, uint32_t text_length, const char *name, uint32_t name_length,
               const struct policy *policy)
{
    uint32_t at = 0, name_at = 0, c;

    if (text_length == name_length && memcmp(text, name, name_length) == 0)
        return true;
    do {
        c = next_folded(text, &at, text_length, policy);
        if (c != next_folded(name, &name_at, name_length, policy))
            return false;
    } while (c);
    return true;
}
