/* words.c: see words.h. */
#include "plugins/entities/who/words.h"

#include <string.h>

#include "plugins/entities/who/lists.h"
#include "plugins/lib/character.h"
#include "plugins/lib/fold.h"

#define MULTIPLIER 0xC2B2AE3D27D4EB4Full /* of xxHash64 (https://xxhash.com) */
#define EMPTY 0x9E3779B97F4A7C15ull

uint64_t who_hash(uint64_t hash, uint64_t next)
{
    hash = (hash ^ next) * MULTIPLIER;
    return hash ^ hash >> 29;
}

uint64_t who_word_hash(const char *text, uint32_t length)
{
    uint64_t hash = EMPTY;

    for (uint32_t i = 0; i < length; i++)
        hash = who_hash(hash, (unsigned char)text[i]);
    return hash;
}

uint64_t who_words_key(const struct who_words *words, uint32_t from, uint32_t to, uint64_t seed)
{
    uint64_t key = who_hash(EMPTY, seed);

    for (uint32_t i = from; i < to; i++)
        key = who_hash(key, words->words[i].hash);
    return key;
}

struct reading {
    struct who_words *out;
    struct who_word word; /* that is being read; its length is 0 between words */
    uint32_t text_length; /* of word.text; WHO_WORD_BYTES: it is not kept */
    uint32_t n_upper, n_lower;
    uint32_t word_upper;     /* capitals in this word */
    uint32_t sign_before[2]; /* the word's last two characters, the last one first */
    uint64_t hash_before[2]; /* its hash before each of them */
};

static void put(struct reading *r, uint32_t point)
{
    struct who_word *w = &r->word;

    if (w->length == 0) {
        *w = (struct who_word) { .hash = EMPTY, .first = point };
        r->text_length = r->word_upper = 0;
        memset(r->sign_before, 0, sizeof r->sign_before);
    }
    r->sign_before[1] = r->sign_before[0];
    r->sign_before[0] = point;
    r->hash_before[1] = r->hash_before[0];
    r->hash_before[0] = w->hash;
    w->hash = who_hash(w->hash, point);
    w->length++;
    if (point < 0x80 && r->text_length < WHO_WORD_BYTES - 1)
        w->text[r->text_length++] = (char)point;
    else
        r->text_length = WHO_WORD_BYTES;
}

static void end_word(struct reading *r)
{
    struct who_words *out = r->out;
    struct who_word *w = &r->word;

    if (w->length == 0)
        return;
    if (r->text_length == WHO_WORD_BYTES)
        r->text_length = 0;
    memset(w->text + r->text_length, 0, sizeof w->text - r->text_length);
    if (strcmp(w->text, "&") == 0) {
        strcpy(w->text, "and");
        w->hash = who_word_hash("and", 3);
    }
    if (out->n == WHO_MOST_WORDS) {
        struct who_word *last = &out->words[WHO_MOST_WORDS - 1];

        last->hash = who_hash(last->hash, w->hash);
        out->is_whole = false;
    } else {
        w->roles = w->text[0] ? who_roles(w->text) : 0;
        out->words[out->n++] = *w;
    }
    w->length = 0;
}

/* Takes "'s" or "'" off the word that is being read, if that is not all of it. */
static void take_possessive(struct reading *r)
{
    struct who_word *w = &r->word;
    uint32_t n = r->sign_before[0] == '\'' ? 1 : r->sign_before[0] == 's' && r->sign_before[1] == '\'' ? 2 : 0;

    if (n == 0 || w->length <= n)
        return;
    w->hash = r->hash_before[n - 1];
    w->length -= n;
    if (r->text_length < WHO_WORD_BYTES)
        r->text_length -= n;
    r->out->is_possessive = true;
}

static struct who_word initial(char letter)
{
    return (struct who_word) {
        .hash = who_word_hash(&letter, 1), .first = (unsigned char)letter, .length = 1, .text = { letter }
    };
}

/* "JK Rowling": the first of several words is two capitals, and not all are. */
static void split_capitals(struct who_words *out, uint32_t first_upper)
{
    struct who_word *w = out->words;

    if (out->n < 2 || out->n == WHO_MOST_WORDS || out->is_capitals || first_upper != 2 || w->length != 2 ||
        !w->text[0] || w->roles)
        return;
    memmove(w + 1, w, out->n++ * sizeof *w);
    w[0] = initial(w[1].text[0]);
    w[1] = initial(w[1].text[1]);
}

static bool is_left_out(uint32_t point, enum character kind)
{
    return kind == CHAR_TERM || kind == CHAR_OPEN || kind == CHAR_CLOSE || kind == CHAR_EXTEND || kind == CHAR_ZWJ ||
           point == ',' || point == ';' || point == ':' || point == '"' || point == '`';
}

void who_words_read(const struct entity_input *input, struct textd_span span, bool splits_initials,
                    struct who_words *out)
{
    struct reading r = { .out = out };
    uint32_t first_upper = 0, size;

    out->n = 0;
    out->is_whole = true;
    out->is_possessive = false;
    for (uint32_t at = span.start; at < span.end; at += size) {
        uint8_t class = char_class_at(input->text, at, &size);
        uint32_t point = size == 1 ? (unsigned char)input->text[at] : char_decode(input->text, at, &size);
        enum character kind = (enum character)(class & CHAR_KIND_MASK);

        if (kind == CHAR_BLANK) {
            first_upper = out->n == 0 ? r.word_upper : first_upper;
            end_word(&r);
            continue;
        }
        if (point == '.' && splits_initials && r.word.length == 1)
            end_word(&r); /* "J.K." */
        if (point >= 0x80)
            point = fold_sign(point);
        if (is_left_out(point, kind) && point != '\'')
            continue;
        put(&r, point < 0x80 ? (unsigned char)char_to_lower((char)point) : fold_marks(fold_case(point)));
        r.word_upper += (class & CHAR_UPPER) != 0;
        r.n_upper += (class & CHAR_UPPER) != 0;
        r.n_lower += (class & CHAR_LOWER) != 0;
    }
    if (r.word.length)
        take_possessive(&r);
    end_word(&r);
    out->is_capitals = r.n_lower == 0 && r.n_upper > 1;
    if (splits_initials)
        split_capitals(out, first_upper);
    for (uint32_t i = 0; i < out->n; i++)
        out->words[i].is_initial = out->words[i].length == 1 && out->words[i].text[0] >= 'a';
}
