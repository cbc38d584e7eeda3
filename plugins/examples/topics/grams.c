/* grams.c: see grams.h. */
#include "grams.h"

#include <stddef.h>

enum {
    GROUP = 4,                 /* letters of a group; ends of words count as letters */
    MOST_LETTERS = 32,         /* of a word that groups are made of: what is longer is no word */
    BETWEEN_STOPS = 64 * 1024, /* bytes */
};

/* The finalizer of MurmurHash3 (Austin Appleby, public domain): each bit of x changes each bit of the result by half. */
static uint32_t spread(uint32_t x)
{
    x ^= x >> 16;
    x *= 0x85ebca6bu;
    x ^= x >> 13;
    x *= 0xc2b2ae35u;
    return x ^ x >> 16;
}

/* The next character; *at goes behind it. The text is valid UTF-8. */
static uint32_t next(const unsigned char *text, uint32_t *at)
{
    const unsigned char *p = text + *at;

    if (p[0] < 0x80) {
        *at += 1;
        return p[0];
    }
    if (p[0] < 0xe0) {
        *at += 2;
        return (p[0] & 0x1fu) << 6 | (p[1] & 0x3fu);
    }
    if (p[0] < 0xf0) {
        *at += 3;
        return (p[0] & 0x0fu) << 12 | (p[1] & 0x3fu) << 6 | (p[2] & 0x3fu);
    }
    *at += 4;
    return (p[0] & 0x07u) << 18 | (p[1] & 0x3fu) << 12 | (p[2] & 0x3fu) << 6 | (p[3] & 0x3fu);
}

/* Small letters, digits as 0, and 0 for what is in no word. Scripts that write capitals 32 places before their small letters are known;
 * others' letters are taken as they are: a word that is written both ways has two features then, which costs a little and hurts nothing. */
static uint32_t folded(uint32_t c)
{
    if (c < 0x80) {
        if (c >= 'A' && c <= 'Z')
            return c + 32;
        if (c >= 'a' && c <= 'z')
            return c;
        return c >= '0' && c <= '9' ? '0' : 0;
    }
    if (c < 0xc0)
        return c == 0xaa || c == 0xb5 || c == 0xba ? c : 0;
    if (c <= 0xde)
        return c == 0xd7 ? 0 : c + 32; /* Latin: À … Þ but for × */
    if (c == 0xf7)
        return 0; /* ÷ */
    if (c >= 0x0391 && c <= 0x03a9)
        return c + 32; /* Greek: Α … Ω */
    if (c >= 0x0410 && c <= 0x042f)
        return c + 32; /* Cyrillic: А … Я */
    if ((c >= 0x2000 && c <= 0x206f) || (c >= 0x3000 && c <= 0x3004) || (c >= 0x3008 && c <= 0x3020))
        return 0; /* general and CJK punctuation */
    return c;
}

/* Written without blanks between words: Chinese, Japanese, Thai, Lao, Burmese, Khmer. A character is a word then. */
static int stands_alone(uint32_t c)
{
    return (c >= 0x0e00 && c <= 0x0eff) || (c >= 0x1000 && c <= 0x109f) || (c >= 0x1780 && c <= 0x17ff) ||
           (c >= 0x3040 && c <= 0x30ff) || (c >= 0x3400 && c <= 0x9fff) || (c >= 0x20000 && c <= 0x3ffff);
}

/* A word while it is read. */
struct word {
    uint32_t letters[MOST_LETTERS];
    uint32_t n, hash, start, end;
};

static void take_groups(const struct word *w, take_feature *take, void *data)
{
    for (uint32_t i = 0; i + GROUP <= w->n + 2; i++) {
        uint32_t hash = 0x67u;
        for (uint32_t j = i; j < i + GROUP; j++)
            hash = spread(hash * 31 + (j == 0 || j == w->n + 1 ? ' ' : w->letters[j - 1]));
        take(data, hash, w->start, w->end);
    }
}

static void take_word(const struct word *w, const struct word *before, take_feature *take, void *data)
{
    take(data, spread(w->hash ^ 0x77u), w->start, w->end);
    if (before->n > 0)
        take(data, spread(spread(before->hash ^ 0x70u) * 31 + w->hash), before->start, w->end);
    if (w->n >= GROUP && w->n <= MOST_LETTERS)
        take_groups(w, take, data);
}

int grams_walk(const char *text, uint32_t length, take_feature *take, stop_walk *should_stop, void *data)
{
    struct word w = { .n = 0 }, before = { .n = 0 };
    uint32_t at = 0, asked = 0;

    while (at < length) {
        const uint32_t from = at;
        const uint32_t c = folded(next((const unsigned char *)text, &at));
        if (c && !stands_alone(c)) {
            if (w.n == 0) {
                w.start = from;
                w.hash = 0;
            }
            w.hash = spread(w.hash * 31 + c);
            if (w.n < MOST_LETTERS)
                w.letters[w.n] = c;
            w.n++;
            w.end = at;
            if (at < length)
                continue;
        }
        if (w.n > 0) {
            take_word(&w, &before, take, data);
            before = w;
            w.n = 0;
        }
        if (c && stands_alone(c)) {
            const struct word one = { .letters = { c }, .n = 1, .hash = spread(c), .start = from, .end = at };
            take_word(&one, &before, take, data);
            before = one;
        }
        if (should_stop && at - asked >= BETWEEN_STOPS) {
            asked = at;
            if (should_stop(data))
                return 1;
        }
    }
    return 0;
}
