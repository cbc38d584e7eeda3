/* word.c: see word.h. */
#include "plugins/entities/names/word.h"

#include <stdbool.h>
#include <string.h>

#include "plugins/entities/names/knowledge.h"
#include "plugins/lib/character.h"

#define LONGEST 64u /* bytes; of longer words the rest counts by its length only */

/* Less than eight bytes as a number, the first the lowest; by pieces that overlap. */
static inline uint64_t rest_of(const unsigned char *p, size_t length)
{
    uint32_t first, last;

    if (length >= 4) {
        memcpy(&first, p, 4);
        memcpy(&last, p + length - 4, 4);
        return first | (uint64_t)last << (length - 4) * 8;
    }
    return length == 0 ? 0
                       : p[0] | (uint64_t)p[length / 2] << length / 2 * 8 | (uint64_t)p[length - 1] << (length - 1) * 8;
}

_Static_assert(__BYTE_ORDER__ == __ORDER_LITTLE_ENDIAN__, "as the bytes of a number are read");

#define FIRST_HASH 0x243F6A8885A308D3ull

/* The same as hash_bytes, of less than eight. */
static inline uint64_t hash_few(const char *bytes, size_t length)
{
    return hash_join(FIRST_HASH ^ length, rest_of((const unsigned char *)bytes, length));
}

uint64_t hash_bytes(const void *bytes, size_t length)
{
    const unsigned char *p = bytes;
    uint64_t hash = FIRST_HASH ^ length;

    for (; length >= 8; p += 8, length -= 8) {
        uint64_t eight;
        memcpy(&eight, p, sizeof eight);
        hash = hash_join(hash, eight);
    }
    return hash_join(hash, rest_of(p, length));
}

/* The small letter of a capital that UTF-8 writes in two bytes, and itself else. */
static uint32_t small_letter(uint32_t c)
{
    if ((c >= 0xC0 && c <= 0xDE && c != 0xD7) || (c >= 0x391 && c <= 0x3A9) || (c >= 0x410 && c <= 0x42F))
        return c + 0x20;
    if (c >= 0x400 && c <= 0x40F)
        return c + 0x50;
    if ((c >= 0x100 && c <= 0x137 && c != 0x130) || (c >= 0x14A && c <= 0x177) || (c >= 0x460 && c <= 0x481) ||
        (c >= 0x48A && c <= 0x4BF) || (c >= 0x1DE && c <= 0x1EF) || (c >= 0x1F8 && c <= 0x21F))
        return c | 1;
    if ((c >= 0x139 && c <= 0x148) || (c >= 0x179 && c <= 0x17E) || (c >= 0x1CD && c <= 0x1DC))
        return c + (c & 1);
    return c;
}

size_t word_lower(const char *text, size_t length, char *lower, size_t room)
{
    size_t n = 0;

    for (size_t i = 0; i < length && n + 2 <= room; i++) {
        unsigned char c = (unsigned char)text[i];
        if (c >= 0xC3 && c <= 0xD2 && i + 1 < length) {
            uint32_t small = small_letter((c & 0x1Fu) << 6 | ((unsigned char)text[++i] & 0x3Fu));
            lower[n++] = (char)(0xC0 | small >> 6);
            lower[n++] = (char)(0x80 | (small & 0x3F));
        } else if (c == 0xE2 && i + 2 < length && memcmp(text + i, "\xE2\x80\x99", 3) == 0) {
            lower[n++] = '\'';
            i += 2;
        } else {
            lower[n++] = char_to_lower((char)c);
        }
    }
    return n;
}

/* The shape's bytes: X for a capital, x for a small letter, 0 for a digit, a sign as it is; of a run no more than
 * one, and no more than four. */
struct shapes {
    char brief[LONGEST], full[LONGEST];
    size_t n_brief, n_full;
    bool has_digit;
};

#define FULL_RUN 4u

/* Tells how the word is written, too. */
static void read_shapes(const char *text, size_t length, struct shapes *out, struct name_word *word)
{
    uint32_t size, upper = 0, lower = 0, run = 0;
    int last = -1;

    out->n_brief = out->n_full = 0;
    out->has_digit = false;
    word->form = FORM_OTHER;
    for (size_t i = 0; i < length; i += size) {
        uint8_t class = char_class_at(text, (uint32_t)i, &size);
        enum character kind = (enum character)(class & CHAR_KIND_MASK);
        if (kind == CHAR_EXTEND)
            continue;
        char c = class & CHAR_UPPER   ? 'X'
                 : class & CHAR_LOWER ? 'x'
                 : kind == CHAR_DIGIT ? '0'
                 : size == 1          ? text[i]
                                      : (char)(0x80 + kind);
        if (word->form == FORM_OTHER && (c == 'X' || c == 'x'))
            word->form = c == 'X' ? FORM_CAPITAL : FORM_LOWER;
        upper += c == 'X';
        lower += c == 'x';
        out->has_digit |= c == '0';
        run = c == last ? run + 1 : 1;
        last = c;
        if (run == 1)
            out->brief[out->n_brief++] = c;
        if (run <= FULL_RUN)
            out->full[out->n_full++] = c;
    }
    if (word->form == FORM_CAPITAL && upper > 1 && lower == 0)
        word->form = FORM_CAPS;
    word->is_mixed = word->form == FORM_LOWER && upper > 0;
}

static void read_affixes(struct name_word *word, const char *lower, size_t n)
{
    for (uint32_t k = 0; k < WORD_PREFIXES; k++)
        word->prefixes[k] = (uint32_t)(hash_few(lower, n < k + 2 ? n : k + 2) >> 32);
    for (uint32_t k = 0; k < WORD_SUFFIXES; k++) {
        size_t bytes = n < k + 1 ? n : k + 1;
        word->suffixes[k] = (uint32_t)(hash_few(lower + n - bytes, bytes) >> 32);
    }
}

uint64_t word_read(struct name_word *word, const char *text, size_t length)
{
    char lower[LONGEST];
    size_t head = length < LONGEST ? length : LONGEST, n;
    struct shapes shapes;
    uint64_t hash, with_zeros, exact;

    while (head > 0 && head < length && ((unsigned char)text[head] & 0xC0) == 0x80)
        head--;
    memset(word, 0, sizeof *word);
    read_shapes(text, head, &shapes, word);
    word->shape = (uint32_t)(hash_bytes(shapes.brief, shapes.n_brief) >> 32);
    word->long_shape = (uint32_t)(hash_bytes(shapes.full, shapes.n_full) >> 32);
    n = word_lower(text, head, lower, sizeof lower);
    hash = with_zeros = hash_bytes(lower, n);
    exact = n == head && memcmp(text, lower, n) == 0 ? hash : hash_bytes(text, head);
    for (size_t i = 0; i < n && shapes.has_digit; i++)
        if (char_is_digit(lower[i]))
            lower[i] = '0';
    if (shapes.has_digit)
        with_zeros = hash_bytes(lower, n);
    word->exact = hash_join(exact, length - head);
    word->lower = hash_join(with_zeros, length - head);
    read_affixes(word, lower, n);
    word->listed = char_is_digit(*text) && word->form != FORM_OTHER ? word->exact : word->lower;
    return hash;
}

void word_know(struct name_word *word, uint64_t hash, const struct knowledge *knowledge)
{
    if (!knowledge)
        return;
    knowledge_look_up(knowledge, word, hash);
    word->phrase = knowledge_phrase(knowledge, knowledge_phrase_add(0, word));
}
