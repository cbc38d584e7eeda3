/* cuts.c: see cuts.h. */
#include "plugins/segmenter/cuts.h"

#include <assert.h>

#include "plugins/lib/fold.h"
#include "plugins/segmenter/gaps.h"
#include "plugins/segmenter/scan.h"

/* ---- Characters -------------------------------------------------------------------------------------------------------- */

/* What kind of letter or digit a character is; others are signs by themselves. */
enum sign {
    SIGN_EDGE,
    SIGN_SMALL,
    SIGN_CAPITAL,
    SIGN_CASELESS,
    SIGN_HANGUL,
    SIGN_HAN,
    SIGN_HIRAGANA,
    SIGN_KATAKANA,
    SIGN_COMPLEX,
    SIGN_DIGIT
};

static uint32_t sign_of(uint32_t point, uint8_t class)
{
    switch (class & CHAR_KIND_MASK) {
    case CHAR_LETTER:
        return class & CHAR_UPPER                   ? SIGN_CAPITAL
               : class & CHAR_LOWER                 ? SIGN_SMALL
               : point >= 0xAC00 && point <= 0xD7A3 ? SIGN_HANGUL
                                                    : SIGN_CASELESS;
    case CHAR_IDEOGRAPH:
        return point >= 0x3041 && point <= 0x309F ? SIGN_HIRAGANA : SIGN_HAN;
    case CHAR_KATAKANA:
        return SIGN_KATAKANA;
    case CHAR_COMPLEX:
        return SIGN_COMPLEX;
    case CHAR_DIGIT:
        return SIGN_DIGIT;
    case CHAR_BLANK:
        return SIGN_EDGE;
    default:
        return point < 32 ? 0xFFFD : point;
    }
}

static int is_alphanumeric(uint32_t sign)
{
    return sign >= SIGN_SMALL && sign <= SIGN_DIGIT;
}

/* A character as it is compared: in small letters, digits all the same. */
static uint32_t folded_of(uint32_t point, uint32_t sign)
{
    return sign == SIGN_DIGIT ? '0' : fold_sign(fold_case(point));
}

#define SPREAD_1 0xBF58476D1CE4E5B9ull
#define SPREAD_2 0x94D049BB133111EBull

static uint64_t mix(uint64_t a, uint64_t b)
{
    uint64_t mixed = (a ^ b * SPREAD_1) * SPREAD_2;

    return mixed ^ mixed >> 29;
}

/* ---- Features ---------------------------------------------------------------------------------------------------------- */

static void add(struct cut_features *f, uint64_t a, uint64_t b)
{
    assert(f->n < CUT_FEATURES);
    f->hash[f->n] = (uint32_t)(mix(a + f->n * 0x9E3779B97F4A7C15ull, b) >> 32);
    f->n++;
}

/* Four characters' worth of signs, or of characters, as one number. */
static uint64_t pack(uint32_t a, uint32_t b, uint32_t c)
{
    return (uint64_t)a << 42 | (uint64_t)b << 21 | c;
}

#define LONGEST_RUN 16u

/* A word beside the place, with the one sign that may part it from there: a hash, and how long it is. */
static uint64_t run_left(const struct chunk *c, uint32_t i, uint32_t *length)
{
    const uint32_t *folded = c->folded + CHUNK_SIDE, *sign = c->sign + CHUNK_SIDE;
    uint32_t start = i - 1;
    uint64_t hash = folded[start];

    while (start > 0 && i - start < LONGEST_RUN && is_alphanumeric(sign[start - 1]))
        hash = mix(hash, folded[--start]);
    *length = i - start;
    return hash;
}

static uint64_t run_right(const struct chunk *c, uint32_t i, uint32_t *length)
{
    const uint32_t *folded = c->folded + CHUNK_SIDE, *sign = c->sign + CHUNK_SIDE;
    uint32_t end = i + 1;
    uint64_t hash = folded[i];

    while (end < c->n && end - i < LONGEST_RUN && is_alphanumeric(sign[end]))
        hash = mix(hash, folded[end++]);
    *length = end - i;
    return hash;
}

void cut_near(struct cut_features *f, const struct chunk *c, uint32_t i)
{
    const uint32_t *p = c->folded + CHUNK_SIDE + i, *s = c->sign + CHUNK_SIDE + i;
    uint32_t proposed = c->cuts[i] & CUT_PROPOSED;

    f->n = 0;
    add(f, pack(proposed, s[-1], s[0]), 0);
    add(f, pack(proposed, s[-1], s[0]), pack(0, s[-2], s[1]));
    add(f, pack(s[-3], s[-2], s[-1]), pack(s[0], s[1], s[2]));
    add(f, pack(0, p[-1], p[0]), 0);
    add(f, pack(p[-2], p[-1], p[0]), 0);
    add(f, pack(p[-1], p[0], p[1]), 0);
    add(f, pack(p[-2], p[-1], p[0]), p[1]);
    add(f, pack(proposed, s[-1], s[0]), c->behind_sign << 1 | (i + 1 == c->n));
    assert(f->n == CUT_NEAR);
}

void cut_far(struct cut_features *f, const struct chunk *c, uint32_t i, uint32_t last)
{
    const uint32_t *p = c->folded + CHUNK_SIDE + i, *s = c->sign + CHUNK_SIDE + i;
    uint32_t left_length, right_length;
    uint64_t left = run_left(c, i, &left_length), right = run_right(c, i, &right_length);
    uint64_t middle = pack(0, s[-1], s[0]);

    add(f, p[-1], 0);
    add(f, p[0], 0);
    add(f, p[-2], 0);
    add(f, p[1], 0);
    add(f, pack(0, p[-2], p[-1]), 0);
    add(f, pack(0, p[0], p[1]), 0);
    add(f, pack(p[-3], p[-2], p[-1]), 0);
    add(f, pack(p[0], p[1], p[2]), 0);
    add(f, pack(p[-3], p[-2], p[-1]), p[0]);
    add(f, pack(p[0], p[1], p[2]), p[-1]);
    add(f, pack(p[-3], p[-2], p[-1]), p[-4]);
    add(f, pack(p[0], p[1], p[2]), p[3]);
    add(f, pack(p[-1], s[-2], s[0]), s[1]);
    add(f, pack(p[0], s[-2], s[-1]), s[1]);
    add(f, left, s[0]);
    add(f, right, s[-1]);
    add(f, left, right);
    add(f, left, pack(s[0], s[1], c->behind_sign));
    add(f, right, pack(0, s[-2], s[-1]));
    add(f, middle, pack(left_length, right_length, i + right_length == c->n));
    add(f, right, left_length < 4 ? left_length : 4);
    add(f, left, right_length < 4 ? right_length : 4);
    add(f, middle, c->behind);
    add(f, middle, c->before);
    add(f, pack(c->behind_sign, s[-1], s[0]), pack(s[-3], s[-2], s[1]));
    /* the token so far */
    add(f, pack(0, i - last < 8 ? i - last : 8, s[0]), s[-1]);
    uint64_t sofar = i - last;
    for (uint32_t k = last; k < i && i - last <= 8; k++)
        sofar = mix(sofar, c->folded[CHUNK_SIDE + k]);
    add(f, sofar, 0);
    add(f, sofar, p[0]);
}

/* ---- Chunks ------------------------------------------------------------------------------------------------------------ */

#define WORD_LOOK 8u /* characters of a neighbouring word that are looked at */

/* The word that ends before `at`, one blank or a few between. */
static uint32_t word_before(const char *text, uint32_t at)
{
    uint64_t hash = 1;
    uint32_t n = 0;

    while (at > 0 && n < 3 && text[at - 1] == ' ')
        at--, n++;
    for (n = 0; at > 0 && n < WORD_LOOK; n++) {
        uint32_t start = char_before(text, at), size, point = char_decode(text, start, &size);
        uint8_t class = char_class(point);
        if ((class & CHAR_KIND_MASK) == CHAR_BLANK)
            break;
        hash = mix(hash, folded_of(point, sign_of(point, class)));
        at = start;
    }
    return (uint32_t)(hash >> 32);
}

/* The word that starts behind `at` on the same line; puts into *first what its first character is. What ends there, a line, a paragraph or
 * the text, makes no difference. */
static uint32_t word_behind(const char *text, uint32_t length, uint32_t at, uint32_t *first)
{
    uint64_t hash = 2;
    uint32_t n = 0, size;

    *first = SIGN_EDGE;
    while (at < length && n < 3 && text[at] == ' ')
        at++, n++;
    for (n = 0; at < length && n < WORD_LOOK; n++, at += size) {
        uint32_t point = char_decode(text, at, &size), sign = sign_of(point, char_class(point));
        if (sign == SIGN_EDGE)
            break;
        if (n == 0)
            *first = sign;
        if (n > 0 && !is_alphanumeric(sign))
            break;
        hash = mix(hash, folded_of(point, sign));
    }
    return (uint32_t)(hash >> 32);
}

/* Whether nothing is asked within a token, and beside it. */
static int is_settled(struct textd_span token, uint8_t kind)
{
    return kind == TEXTD_TOKEN_LINK || (kind == TEXTD_TOKEN_SYMBOL && token.end - token.start > 1);
}

static int is_asked(uint32_t left, uint32_t right, uint32_t is_proposed, uint32_t cuts_letters)
{
    if (left == SIGN_DIGIT && right == SIGN_DIGIT)
        return 0;
    return is_proposed || cuts_letters || !is_alphanumeric(left) || !is_alphanumeric(right);
}

/* Reads the tokens that the walk proposes as a chunk. */
static void read_chunk(struct chunk *c, const struct scan *s, uint32_t cuts_letters)
{
    const struct segments *rules = s->out;
    uint32_t size, n = 0, settled_end = 0;
    uint32_t *folded = c->folded + CHUNK_SIDE, *sign = c->sign + CHUNK_SIDE;

    c->text = s->text;
    c->length = s->length;
    c->n_asked = 0;
    for (uint32_t t = 0; t < rules->n_tokens; t++) {
        struct textd_span token = rules->tokens[t];
        int settled = is_settled(token, rules->kinds[t]);
        for (uint32_t at = token.start; at < token.end; at += size) {
            uint32_t point = char_decode(s->text, at, &size), is_proposed = at == token.start;
            uint8_t class = char_class(point), kind = class & CHAR_KIND_MASK;
            if (n > 0 && !is_proposed && (kind == CHAR_EXTEND || kind == CHAR_ZWJ))
                continue;
            c->at[n] = at;
            sign[n] = sign_of(point, class);
            folded[n] = folded_of(point, sign[n]);
            c->cuts[n] = is_proposed ? CUT_PROPOSED | CUT_DECIDED : 0;
            if (n > 0 && !settled && (settled_end == 0 || at > settled_end) && kind != CHAR_EXTEND &&
                is_asked(sign[n - 1], sign[n], is_proposed, cuts_letters)) {
                c->cuts[n] |= CUT_ASKED;
                c->n_asked++;
            }
            n++;
        }
        if (settled)
            settled_end = token.end;
    }
    c->n = n;
    c->at[n] = rules->tokens[rules->n_tokens - 1].end;
    for (uint32_t k = 0; k < CHUNK_SIDE; k++)
        c->folded[k] = c->sign[k] = folded[n + k] = sign[n + k] = 0;
    c->before = word_before(s->text, c->at[0]);
    c->behind = word_behind(s->text, s->length, c->at[n], &c->behind_sign);
}

/* What a token is that the walk did not make. `kind` is that of the walk's token where it starts. */
static uint8_t kind_of(const struct chunk *c, uint32_t first, uint32_t end, uint8_t kind)
{
    const uint32_t *sign = c->sign + CHUNK_SIDE;

    if (sign[first] == SIGN_DIGIT)
        return TEXTD_TOKEN_NUMBER;
    for (uint32_t i = first; i < end; i++)
        if (is_alphanumeric(sign[i]))
            return sign[i] == SIGN_DIGIT ? TEXTD_TOKEN_NUMBER : TEXTD_TOKEN_WORD;
    return kind == TEXTD_TOKEN_SYMBOL ? TEXTD_TOKEN_SYMBOL : TEXTD_TOKEN_PUNCT;
}

static void put_token(struct segments *out, const struct scan *s, struct textd_span token, uint8_t kind)
{
    uint32_t flags =
        out->n_tokens > 0 ? gap_flags(s, out, token.start, char_byte_class[(unsigned char)s->text[token.start]]) : 0;

    out->tokens[out->n_tokens] = token;
    out->kinds[out->n_tokens++] = (uint8_t)(kind | flags);
}

/* The tokens of a chunk that is decided. */
static void put_chunk(struct segments *out, const struct scan *s, const struct chunk *c)
{
    const struct segments *rules = s->out;
    uint32_t rule = 0;

    for (uint32_t first = 0, end; first < c->n; first = end) {
        for (end = first + 1; end < c->n && !(c->cuts[end] & CUT_DECIDED); end++)
            ;
        struct textd_span token = { c->at[first], c->at[end] };
        while (rules->tokens[rule].end <= token.start)
            rule++;
        uint8_t kind = rules->kinds[rule];
        if (rules->tokens[rule].start != token.start || rules->tokens[rule].end != token.end)
            kind = kind_of(c, first, end, kind);
        put_token(out, s, token, kind);
    }
}

/* ---- The walk ---------------------------------------------------------------------------------------------------------- */

#define CHUNK_FULL 1024u     /* bytes, after which a chunk ends with its token */
#define CHUNK_HALF_FULL 512u /* after which it ends with the next punctuation */
#define TOKENS_MOST (CHUNK_FULL + 16u)

struct walk {
    struct scan scan;
    struct byte_bits bits;
    struct segments rules; /* what the walk proposes for the chunk */
    struct textd_span tokens[TOKENS_MOST];
    uint8_t kinds[TOKENS_MOST];
    struct chunk chunk;
};

static void end_chunk(struct walk *w, struct segments *out, uint32_t cuts_letters,
                      void (*decide)(void *, struct chunk *), void *data)
{
    struct segments *rules = &w->rules;
    uint32_t n = rules->n_tokens;

    w->chunk.n_asked = 0;
    if (n > 0 && rules->tokens[n - 1].end - rules->tokens[0].start <= CHUNK_MOST)
        read_chunk(&w->chunk, &w->scan, cuts_letters);
    if (w->chunk.n_asked > 0) {
        decide(data, &w->chunk);
        put_chunk(out, &w->scan, &w->chunk);
    } else
        for (uint32_t i = 0; i < n; i++)
            put_token(out, &w->scan, rules->tokens[i], rules->kinds[i]);
    rules->n_tokens = 0;
}

/* Whether the chunk has as much as it may. */
static int is_full(const struct segments *rules)
{
    uint32_t n = rules->n_tokens, bytes = n > 0 ? rules->tokens[n - 1].end - rules->tokens[0].start : 0;

    return bytes >= CHUNK_FULL || (bytes >= CHUNK_HALF_FULL && rules->kinds[n - 1] == TEXTD_TOKEN_PUNCT);
}

int32_t cut_tokens(struct segments *out, const char *text, uint32_t length, uint32_t cuts_letters,
                   void (*decide)(void *, struct chunk *), void *data)
{
    struct walk w; /* large, and filled in as far as it is used */
    struct scan *s = &w.scan;
    uint32_t at = 0, read_at = 0;

    w.rules = (struct segments) { .tokens = w.tokens, .kinds = w.kinds };
    *s = (struct scan) { .text = text, .length = length, .out = &w.rules, .bits = &w.bits, .is_plain = 1 };
    out->n_tokens = 0;
    out->tokens = out->alloc(out->data, (uint64_t)length * sizeof *out->tokens);
    out->kinds = out->alloc(out->data, (uint64_t)length + TOKEN_WINDOW);
    if (!out->tokens || !out->kinds)
        return TEXTD_NO_MEMORY;
    for (uint32_t start = 0;; start = at) {
        at = skip_blanks(s, at);
        uint32_t n = w.rules.n_tokens;
        if (at > start || at == length)
            end_chunk(&w, out, cuts_letters, decide, data), n = 0;
        if (at == length)
            break;
        if (at >= read_at) {
            if (at > 0 && out->should_stop(out->data))
                return TEXTD_STOPPED;
            bits_read(&w.bits, text, at, length);
            read_at = w.bits.end < length ? w.bits.end - WINDOW : length;
        }
        at = scan_one(s, at);
        if (w.rules.n_tokens == n || is_full(&w.rules)) /* it was a wide blank */
            end_chunk(&w, out, cuts_letters, decide, data);
    }
    memset(out->kinds + out->n_tokens, 0, TOKEN_WINDOW);
    return TEXTD_OK;
}

/* ---- Deciding ---------------------------------------------------------------------------------------------------------- */

static int is_cut(const struct boundary_model *model, const struct chunk *c, uint32_t i, uint32_t last)
{
    struct cut_features f;

    cut_near(&f, c, i);
    int32_t sum = model_sum(model, f.hash, CUT_NEAR);
    if (sum < model->reject || sum > model->accept)
        return sum > model->accept;
    cut_far(&f, c, i, last);
    return sum + model_sum(model, f.hash + CUT_NEAR, f.n - CUT_NEAR) > 0;
}

static void decide_by_model(void *data, struct chunk *c)
{
    const struct language_model *model = data;

    for (uint32_t i = 1, last = 0; i < c->n; i++) {
        if (c->cuts[i] & CUT_ASKED)
            c->cuts[i] = (uint8_t)((c->cuts[i] & ~CUT_DECIDED) | (is_cut(&model->cuts, c, i, last) ? CUT_DECIDED : 0));
        if (c->cuts[i] & CUT_DECIDED)
            last = i;
    }
}

int32_t segment_tokens_of(struct segments *segments, const struct language_model *language, const char *text,
                          uint32_t length)
{
    struct language_model model = *language;

    return cut_tokens(segments, text, length, language->flags & LANGUAGE_CUTS_LETTERS, decide_by_model, &model);
}
