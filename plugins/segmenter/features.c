/* features.c: what is known of a gap between two tokens, as hashes of templates. See features.h. */
#include "plugins/segmenter/features.h"

#include <assert.h>
#include <string.h>

#include "plugins/lib/character.h"
#include "plugins/segmenter/bits.h"

enum { L2, L1, R1, R2 }; /* the tokens around a gap */

/* Hashing by multiplication with odd numbers of well spread bits, of which the upper half is used (Dietzfelbinger et al. 1997): each
 * bit of the result depends on all bits of what went in below it, and it takes few cycles. */
#define SPREAD_1 0xBF58476D1CE4E5B9ull
#define SPREAD_2 0x94D049BB133111EBull
#define SPREAD_3 0x9E3779B97F4A7C15ull

static uint64_t mix(uint64_t a, uint64_t b)
{
    return (a ^ b * SPREAD_1) * SPREAD_2;
}

#define CASELESS 0x2020202020202020ull

/* A token's identity: its first and last eight bytes and its length, without regard to case, and of numbers without regard to the
 * digits. Setting 0x20 lowers ASCII letters, and Latin-1's, whose cases differ in that bit of the second byte; what else it makes one
 * is rare. Eight bytes may be read at `token`, whatever its length. */
static inline uint64_t key_of_bytes(const char *token, uint32_t length, uint8_t kind)
{
    static const uint64_t within[9] = {
        0, 0xFFull, 0xFFFFull, 0xFFFFFFull, 0xFFFFFFFFull, ~0ull >> 24, ~0ull >> 16, ~0ull >> 8, ~0ull,
    };
    uint32_t first_length = length < 8 ? length : 8;
    uint64_t mask = within[first_length] & (kind == TEXTD_TOKEN_NUMBER ? 0xF0F0F0F0F0F0F0F0ull : ~0ull);
    uint64_t first = (bits_eight(token) & mask) | CASELESS;
    uint64_t last = (bits_eight(token + length - first_length) & mask) | CASELESS;
    uint64_t key = (first ^ last * SPREAD_1 ^ length) * SPREAD_2;

    return key ^ key >> 32;
}

static uint64_t key_of(const struct paragraph *p, uint32_t start, uint32_t end, uint8_t kind)
{
    char rest[8] = { 0 };

    if (p->length - start >= 8)
        return key_of_bytes(p->text + start, end - start, kind);
    memcpy(rest, p->text + start, p->length - start); /* which is no less than the token */
    return key_of_bytes(rest, end - start, kind);
}

/* That of token `i`; 1 beyond the paragraph. */
static uint64_t token_key(const struct paragraph *p, uint32_t i)
{
    return i - p->first >= p->end - p->first ? 1
                                             : key_of(p, p->tokens[i].start, p->tokens[i].end, paragraph_kind(p, i));
}

/* Adds a feature of two values, at least one of them of few bits. Each template has its own place. */
static void add(struct features *f, uint64_t a, uint64_t b)
{
    assert(f->n < MOST_FEATURES);
    f->hash[f->n] = (uint32_t)(mix(a, b) >> 32) + f->n * 0x9E3779B1u;
    f->n++;
}

/* The tokens around the gap before token `i`: their keys, and the shapes of the outer two. */
static inline void look_around(const struct paragraph *p, uint32_t i, uint64_t words[4], uint64_t *l2, uint64_t *r2)
{
    if (i - p->first >= 2 && i + 1 < p->end && p->length - p->tokens[i + 1].start >= 8) {
        const struct textd_span *t = p->tokens + i - 2;
        const uint8_t *kinds = p->kinds + i - 2;
        const char *text = p->text;
#pragma GCC unroll 4
        for (uint32_t place = 0; place < 4; place++)
            words[place] =
                key_of_bytes(text + t[place].start, t[place].end - t[place].start, kinds[place] & TOKEN_KIND);
    } else { /* near the paragraph's ends or the text's */
        for (uint32_t place = 0; place < 4; place++)
            words[place] = token_key(p, i - 2 + place);
    }
    *l2 = paragraph_shape(p, i - 2);
    *r2 = paragraph_shape(p, i + 1);
}

/* The near features have hashes of their own kind, cheaper: every gap has them. */
void features_near(struct features *f, const struct paragraph *p, const struct gap_view *view, uint32_t i)
{
    uint64_t words[4], l2, r2, l1 = view->left, r1 = view->right, middle = l1 << 16 | r1 << 8 | view->gap;

    look_around(p, i, words, &l2, &r2);
    f->middle = middle;
    middle *= SPREAD_1;
    f->hash[0] = (uint32_t)(middle >> 32);
    f->hash[1] = (uint32_t)((middle + r2 * SPREAD_3) * SPREAD_2 >> 32);
    f->hash[2] = (uint32_t)((middle + (r2 + 64 + 128 * l2) * SPREAD_3) * SPREAD_2 >> 32);
    f->hash[3] = (uint32_t)(words[L1] * SPREAD_1 >> 32);
    f->hash[4] = (uint32_t)(words[R1] * SPREAD_2 >> 32);
    f->hash[5] = (uint32_t)((words[L2] + middle) * SPREAD_3 >> 32);
    f->hash[6] = (uint32_t)((words[R2] ^ middle) * SPREAD_1 >> 32);
    f->n = NEAR_FEATURES;
    memcpy(f->words, words, sizeof words);
    f->shapes[L2] = (uint8_t)l2, f->shapes[L1] = (uint8_t)l1, f->shapes[R1] = (uint8_t)r1, f->shapes[R2] = (uint8_t)r2;
    f->gap = view->gap;
}

/* A number of tokens, coarsely. */
static uint32_t bucket(uint32_t n)
{
    static const uint8_t buckets[41] = { 0, 1, 2, 3,  4,  5,  6,  6,  7,  7,  7,  8,  8,  8,  8,  8,  9,  9,  9,  9, 9,
                                         9, 9, 9, 10, 10, 10, 10, 10, 10, 10, 10, 10, 10, 10, 10, 10, 10, 10, 10, 11 };

    return buckets[n < 40 ? n : 40];
}

static int is_terminal(const struct paragraph *p, uint32_t i)
{
    char c = p->text[p->tokens[i].start];

    return paragraph_kind(p, i) == TEXTD_TOKEN_PUNCT && (c == '.' || c == '?' || c == '!');
}

/* How far the next mark is that may end a sentence, from token `i` on. A gap follows on each. */
static uint32_t next_terminal(const struct paragraph *p, struct sentence_state *state, uint32_t i)
{
    if (state->terminal < i) {
        uint32_t at = i + 1;
        while ((at = paragraph_next_gap(p, at, p->end)) < p->end && !is_terminal(p, at - 1))
            at++;
        state->terminal = at < p->end || is_terminal(p, p->end - 1) ? at - 1 : p->end;
    }
    return state->terminal < p->end ? bucket(state->terminal - i) : 12 + bucket(p->end - i);
}

static uint64_t ending(const struct paragraph *p, uint32_t i)
{
    const struct textd_span *t = &p->tokens[i];

    return key_of(p, t->end - t->start < 3 ? t->start : t->end - 3, t->end, paragraph_kind(p, i));
}

/* The bytes of the line that ends before token `i`, at most 200; and whether the word that follows would have fitted on it. */
static uint32_t line_before(const struct paragraph *p, uint32_t i, int *fits)
{
    uint32_t end = p->tokens[i - 1].end, start = end, floor = p->tokens[p->first].start;

    while (start > floor && p->text[start - 1] != '\n' && end - start < 200)
        start--;
    *fits = end - start + 1 + p->tokens[i].end - p->tokens[i].start < p->line_width;
    return end - start;
}

static void add_lines(struct features *f, const struct paragraph *p, uint32_t i)
{
    int fits;
    uint32_t line = line_before(p, i, &fits);

    add(f, line / 8, (uint64_t)fits);
    add(f, f->middle, (uint64_t)fits);
    add(f, f->middle, (uint64_t)f->shapes[L2] << 16 | (uint64_t)f->shapes[R2] << 8 | (uint64_t)fits);
    add(f, p->line_width / 8, (uint64_t)fits);
    add(f, f->words[R1], (uint64_t)fits);
}

void features_far(struct features *f, struct paragraph *p, struct sentence_state *state, uint32_t i)
{
    uint64_t middle = f->middle, l3 = paragraph_shape(p, i - 3), r3 = paragraph_shape(p, i + 2);
    uint64_t around = (uint64_t)f->shapes[L2] << 8 | f->shapes[R2];
    uint64_t sofar = bucket(i - state->start), rest = bucket(p->end - i), terminal = next_terminal(p, state, i);
    uint64_t manners = paragraph_manners(p), starts = paragraph_shape(p, state->start);

    add(f, middle, (uint64_t)f->shapes[R2] << 8 | r3);
    add(f, mix(middle, around), l3 << 8 | r3);
    add(f, f->words[L2], f->words[L1]);
    add(f, f->words[R1], mix(f->words[R2], f->shapes[L1]));
    add(f, f->words[L1], f->words[R1]);
    add(f, f->words[L2], mix(f->shapes[L1], f->words[R1]));
    add(f, middle, sofar);
    add(f, middle, rest);
    add(f, mix(middle, sofar), rest);
    add(f, middle, terminal);
    add(f, middle, manners);
    add(f, f->words[R1], (uint64_t)f->shapes[L1] << 8 | manners);
    add(f, middle, starts);
    add(f, mix(middle, starts), sofar);
    add(f, middle, ending(p, i - 1));
    add(f, middle, ending(p, i));
    add(f, middle, p->tokens[i - 1].end - p->tokens[i - 1].start);
    add(f, middle, p->last_shape);
    add(f, mix(middle, p->first_shape), i - p->first < 4);
    add(f, token_key(p, state->start), middle);
    add(f, f->words[L1], (uint64_t)f->shapes[R1] << 8 | f->gap);
    add(f, f->words[R1], (uint64_t)f->shapes[L1] << 8 | f->gap);
    add(f, mix(f->words[R1], f->shapes[L1]), sofar);
    if (f->gap == GAP_LINE)
        add_lines(f, p, i);
}
