/* features.c: what is known of a gap between two tokens, as hashes of templates. See boundary.h. */
#include <string.h>

#include "plugins/lib/character.h"
#include "plugins/segmenter/boundary.h"

enum { L2, L1, R1, R2 }; /* the tokens around a gap */

/* Multiplication by odd numbers with well spread bits, of which the upper half is used (Dietzfelbinger et al. 1997): each bit
 * of the result depends on all bits of what went in below it, and it takes few cycles one after the other. */
static uint64_t mix(uint64_t a, uint64_t b)
{
    return (a ^ b * 0xBF58476D1CE4E5B9ull) * 0x94D049BB133111EBull;
}

#define LONGEST_KEY 16u /* bytes of a token that count */

/* The bytes of a token, up to sixteen, and zeros behind. */
static void read_key(const struct paragraph *p, uint32_t start, uint32_t length, uint64_t key[2])
{
    unsigned char bytes[LONGEST_KEY] = { 0 };

    if (p->length - start < LONGEST_KEY) {
        memcpy(bytes, p->text + start, length);
        memcpy(key, bytes, LONGEST_KEY);
        return;
    }
    memcpy(key, p->text + start, LONGEST_KEY);
#if __BYTE_ORDER__ == __ORDER_BIG_ENDIAN__
    key[0] = __builtin_bswap64(key[0]);
    key[1] = __builtin_bswap64(key[1]);
#endif
    key[0] &= length >= 8 ? ~0ull : ~(~0ull << length * 8);
    key[1] &= length >= 16 ? ~0ull : length <= 8 ? 0 : ~(~0ull << (length - 8) * 8);
}

/* A token's identity: its letters without regard to case, and of numbers their digits without regard to which. Setting 0x20
 * lowers ASCII letters, and Latin-1's, whose cases differ in that bit of the second byte; what else it makes one is rare. */
static uint64_t key_of(const struct paragraph *p, uint32_t start, uint32_t end, uint8_t kind)
{
    uint64_t key[2];

    read_key(p, start, end - start < LONGEST_KEY ? end - start : LONGEST_KEY, key);
    if (kind == TEXTD_TOKEN_NUMBER) {
        unsigned char bytes[LONGEST_KEY];
        memcpy(bytes, key, LONGEST_KEY);
        for (uint32_t i = 0; i < LONGEST_KEY; i++)
            bytes[i] = char_is_digit((char)bytes[i]) ? '0' : bytes[i];
        memcpy(key, bytes, LONGEST_KEY);
    }
    return mix(key[0] | 0x2020202020202020ull,
               (key[1] | 0x2020202020202020ull) + (end - start) * 0x9E3779B97F4A7C15ull);
}

/* That of token `i`; 1 beyond the paragraph. */
static uint64_t token_key(const struct paragraph *p, uint32_t i)
{
    return i < p->first || i >= p->end ? 1 : key_of(p, p->tokens[i].start, p->tokens[i].end, paragraph_kind(p, i));
}

static void add(struct features *f, uint64_t a, uint64_t b)
{
    f->hash[f->n] = (uint32_t)(mix(a, b) >> 32) + f->n * 0x9E3779B1u; /* each template has its own place */
    f->n++;
}

void boundary_near(struct features *f, const struct paragraph *p, const struct gap_view *view, uint32_t i)
{
    f->n = 0;
    f->gap = view->gap;
    f->shapes[L1] = (uint8_t)view->left;
    f->shapes[R1] = (uint8_t)view->right;
    f->shapes[L2] = (uint8_t)paragraph_shape(p, i - 2);
    f->shapes[R2] = (uint8_t)paragraph_shape(p, i + 1);
    for (uint32_t place = 0; place < 4; place++)
        f->words[place] = token_key(p, i - 2 + place);
    f->middle = (uint64_t)f->shapes[L1] << 16 | (uint64_t)f->shapes[R1] << 8 | (uint64_t)f->gap;
    add(f, 0, 0);
    add(f, f->middle, 0);
    add(f, f->middle, f->shapes[R2]);
    add(f, f->middle, (uint64_t)f->shapes[R2] << 8 | f->shapes[L2]);
    add(f, f->words[L1], 0);
    add(f, f->words[R1], 0);
    add(f, f->words[L2], f->middle);
    add(f, f->words[R2], f->middle);
}

static uint32_t bucket(uint32_t n)
{
    return n < 6 ? n : n < 8 ? 6 : n < 11 ? 7 : n < 16 ? 8 : n < 24 ? 9 : n < 40 ? 10 : 11;
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

void boundary_far(struct features *f, struct paragraph *p, struct sentence_state *state, uint32_t i)
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
    if (f->gap == GAP_LINE)
        add_lines(f, p, i);
}
