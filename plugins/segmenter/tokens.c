/* tokens.c: the walk over the text. Plain words, most of any text, are taken here; all else has a file of its own. See
 * tokens.h and scan.h. */
#include "plugins/segmenter/scan.h"
#include "plugins/segmenter/gaps.h"
#include "plugins/segmenter/known.h"

/* Bytes that may go on with a word or end in a token with it: a word that none of them follows is done. */
static const uint8_t joins[256] = {
    ['.'] = 1,  ['\''] = 1, ['-'] = 1,  ['_'] = 1,  ['&'] = 1,  ['@'] = 1,  ['/'] = 1,  [':'] = 1,  ['*'] = 1,
    ['+'] = 1,  ['%'] = 1,  [0xC2] = 1, [0xC3] = 1, [0xC4] = 1, [0xC5] = 1, [0xC6] = 1, [0xC7] = 1, [0xC8] = 1,
    [0xC9] = 1, [0xCA] = 1, [0xCB] = 1, [0xCC] = 1, [0xCD] = 1, [0xCE] = 1, [0xCF] = 1, [0xD0] = 1, [0xD1] = 1,
    [0xD2] = 1, [0xD3] = 1, [0xD4] = 1, [0xD5] = 1, [0xD6] = 1, [0xD7] = 1, [0xD8] = 1, [0xD9] = 1, [0xDA] = 1,
    [0xDB] = 1, [0xDC] = 1, [0xDD] = 1, [0xDE] = 1, [0xDF] = 1, [0xE0] = 1, [0xE1] = 1, [0xE2] = 1, [0xE3] = 1,
    [0xE4] = 1, [0xE5] = 1, [0xE6] = 1, [0xE7] = 1, [0xE8] = 1, [0xE9] = 1, [0xEA] = 1, [0xEB] = 1, [0xEC] = 1,
    [0xED] = 1, [0xEE] = 1, [0xEF] = 1, [0xF0] = 1, [0xF1] = 1, [0xF2] = 1, [0xF3] = 1, [0xF4] = 1,
};

/* The end of the marks and joiners at `at`. */
static uint32_t run_of_marks(const struct scan *s, uint32_t at)
{
    uint32_t size;

    for (;; at += size) {
        enum character kind = kind_at(s, at, &size);
        if (kind != CHAR_EXTEND && kind != CHAR_ZWJ)
            return at;
    }
}

/* The end of a run of one kind, with the marks on its characters. */
static uint32_t run_end(const struct scan *s, uint32_t at, enum character kind)
{
    uint32_t size;

    for (;;) {
        enum character next = kind_at(s, at, &size);
        if (next != kind && next != CHAR_EXTEND)
            return at;
        at += size;
        if (size == 3 && memcmp(s->text + at - 3, "\xe2\x80\x8b", 3) == 0)
            return at; /* U+200B stands between words where no blank does */
    }
}

/* A mark that no rule took along belongs to the token that ends before it, since no token may cut what is seen as one character. Returns
 * where that ends then; `at` when there is none. */
static uint32_t mark_end(struct scan *s, uint32_t at)
{
    struct segments *out = s->out;

    if (at > 0 && s->text[at - 1] == ' ') { /* it stands on the blank, which is then no gap */
        uint32_t end = run_of_marks(s, at);
        add_token(s, at - 1, end, TEXTD_TOKEN_SYMBOL);
        return end;
    }
    if (out->n_tokens == 0 || out->tokens[out->n_tokens - 1].end != at)
        return at;
    return out->tokens[out->n_tokens - 1].end = run_of_marks(s, at);
}

/* Whether the character before `at` is one that what is behind it belongs to: Grapheme_Cluster_Break=Prepend of Unicode 15. */
static int is_behind_prepended(const struct scan *s, uint32_t at)
{
    uint32_t size;

    if (at < 2 || (unsigned char)s->text[at - 1] < 0x80)
        return 0;
    uint32_t point = char_decode(s->text, char_before(s->text, at), &size);
    return (point >= 0x600 && point <= 0x605) || point == 0x6DD || point == 0x70F || point == 0x890 || point == 0x891 ||
           point == 0x8E2 || point == 0xD4E || point == 0x110BD || point == 0x110CD || point == 0x111C2 ||
           point == 0x111C3 || point == 0x1193F || point == 0x11941 || point == 0x11A3A ||
           (point >= 0x11A84 && point <= 0x11A89) || point == 0x11D46 || point == 0x11F02;
}

/* Makes the token behind token `last` a part of it. */
static void join_next(struct segments *out, uint32_t last)
{
    out->tokens[last].end = out->tokens[last + 1].end;
    for (uint32_t i = last + 1; i + 1 < out->n_tokens; i++) {
        out->tokens[i] = out->tokens[i + 1];
        out->kinds[i] = out->kinds[i + 1];
    }
    out->n_tokens--;
}

static uint32_t scan_wide(struct scan *s, uint32_t at)
{
    uint32_t size, end;
    enum character kind = kind_at(s, at, &size);

    switch (kind) {
    case CHAR_BLANK:
        return at + size;
    case CHAR_EXTEND:
    case CHAR_ZWJ:
        if (!s->is_plain && (end = mark_end(s, at)) > at) /* cuts.c takes marks along by itself */
            return end;
        return scan_sign(s, at, kind, size);
    case CHAR_LETTER:
        return scan_word(s, at, at + size);
    case CHAR_DIGIT:
        return scan_number(s, at);
    case CHAR_IDEOGRAPH:
        end = run_end(s, at + size, CHAR_EXTEND); /* variation selectors, voicing marks */
        break;
    case CHAR_KATAKANA:
    case CHAR_COMPLEX:
        end = run_end(s, at, kind);
        break;
    default:
        return scan_sign(s, at, kind, size);
    }
    add_token(s, at, end, TEXTD_TOKEN_WORD);
    return end;
}

/* Adds the word [at, end) that nothing joins. */
static inline void add_plain_word(struct scan *s, uint32_t at, uint32_t end)
{
    uint32_t apart = known_may_be_fused(s->text[at], s->text[end - 1], end - at) && !s->is_plain
                         ? known_fused(s->text + at, end - at, s->length - at)
                         : 0;

    if (apart > 0)
        add_token(s, at, at + apart, TEXTD_TOKEN_WORD);
    add_token(s, at + apart, end, TEXTD_TOKEN_WORD);
}

/* Adds the token or tokens of a word of letters that ends at `end`. */
static inline uint32_t add_word(struct scan *s, uint32_t at, uint32_t end)
{
    if (end < s->length && joins[(unsigned char)s->text[end]])
        return scan_word(s, at, end);
    add_plain_word(s, at, end);
    return end;
}

/* The tokens in a window of bits, bit 0 being the start of a word, before the first byte that takes a closer look: words with one
 * blank between them, perhaps behind a comma, which is most of any text. */
struct easy_tokens {
    uint64_t starts,
        ends;      /* of these tokens; one more start than ends, that of the word which is not easy or not whole */
    uint32_t next; /* where that word starts; 0 when there is no easy token */
    uint32_t hard; /* where that word ends, if the window holds its end; else 0 */
};

static inline struct easy_tokens read_window(const struct byte_bits *bits, uint32_t i)
{
    uint64_t blanks = bits_at(bits->blanks, i) & bits_at(bits->letters, i) >> 1;
    uint64_t commas = bits_at(bits->commas, i) & blanks >> 1;
    uint64_t hard = ~(bits_at(bits->words, i) | blanks | commas);
    uint64_t easy = (hard & -hard) - 1; /* below the first that is hard; what is above the window is */

    blanks &= easy;
    commas &= easy & blanks >> 1;
    return (struct easy_tokens) {
        .starts = 1 | blanks << 1 | commas,
        .ends = blanks | commas,
        .next = blanks ? WINDOW - (uint32_t)__builtin_clzll(blanks) : 0,
        /* the last two bits may be hard only because what is behind them is not seen */
        .hard = easy >> (WINDOW - 2 - i % 8) == 0 ? (uint32_t)__builtin_ctzll(hard) : 0,
    };
}

/* What add_easy_tokens knows of the token that it added last. */
struct last_token {
    uint32_t n;       /* tokens so far */
    uint32_t may_end; /* a sentence may end behind it when a capital follows */
};

/* Parts the last token, a word, if it is two: "can|not". */
static void split_fused(const struct scan *s, struct last_token *last)
{
    struct textd_span *token = &s->out->tokens[last->n - 1];
    uint32_t apart = known_fused(s->text + token->start, token->end - token->start, s->length - token->start);

    if (apart == 0)
        return;
    token[1] = (struct textd_span) { token->start + apart, token->end };
    token->end = token[1].start;
    s->out->kinds[last->n++] = TEXTD_TOKEN_WORD;
    last->may_end = !char_is_lower(s->text[token[1].start]);
}

/* Adds the easy tokens of the window at `at`. `gap` is the flag of the first; returns that of the token behind them. What the loop
 * needs is held in variables of its own: bytes are written to the kinds, and for all that the compiler knows those could be
 * anything. */
static inline uint32_t add_easy_tokens(struct scan *s, uint32_t at, struct easy_tokens easy, uint32_t gap)
{
    const char *text = s->text + at;
    struct textd_span *tokens = s->out->tokens;
    uint8_t *kinds = s->out->kinds;
    struct last_token last = { .n = s->out->n_tokens };
    uint64_t starts = easy.starts, ends = easy.ends;
    uint32_t start = 0;

    do {
        uint32_t end = (uint32_t)__builtin_ctzll(ends);
        char first = text[start], final = text[end - 1];
        uint32_t is_comma = first == ',', is_capital = !(first & 0x20); /* it is a letter or a comma */
        tokens[last.n] = (struct textd_span) { at + start, at + end };
        kinds[last.n++] = (uint8_t)(TEXTD_TOKEN_WORD + is_comma * (TEXTD_TOKEN_PUNCT - TEXTD_TOKEN_WORD) + gap);
        last.may_end = is_comma | is_capital;
        if (known_may_be_fused(first, final, end - start))
            split_fused(s, &last);
        starts &= starts - 1;
        ends &= ends - 1;
        start = (uint32_t)__builtin_ctzll(starts);
        gap = (last.may_end & !(text[start] & 0x20)) * TOKEN_GAP;
    } while (ends);
    s->out->n_tokens = last.n;
    return gap;
}

/* Whether the word [at, end) is followed by a full stop and one blank before a letter, as most sentences are, and the stop is not the
 * word's own. */
static inline int has_plain_stop(const struct scan *s, uint32_t at, uint32_t end)
{
    const char *mark = s->text + end;

    return s->length - end >= 3 && (mark[0] == '.' || mark[0] == '?' || mark[0] == '!') && mark[1] == ' ' &&
           is_word_byte(mark[2]) && !char_is_digit(mark[2]) && end - at > 1 &&
           (mark[0] != '.' || known_abbreviation(s->text + at, end - at, s->length - at) == ABBREVIATION_NONE);
}

/* Adds the words from `at` on, up to one that is not easy, that one included, or to where the stretch ends. */
static inline uint32_t scan_words(struct scan *s, uint32_t at, uint32_t gap)
{
    uint32_t end, token;

    for (;;) {
        struct easy_tokens easy = read_window(s->bits, at - s->bits->from);
        end = at + easy.hard;
        if (easy.next > 0) {
            gap = add_easy_tokens(s, at, easy, gap);
            at += easy.next;
        }
        if (easy.hard > 0 && end < s->bits->end) {
            if (!has_plain_stop(s, at, end))
                break;
            token = s->out->n_tokens;
            add_plain_word(s, at, end);
            add_token(s, end, end + 1, TEXTD_TOKEN_PUNCT);
            s->out->kinds[token] |= (uint8_t)gap;
            gap = TOKEN_GAP;
            at = end + 2;
        } else if (easy.next == 0) { /* the word is longer than a window */
            end = scan_ascii_word(s, at + 1);
            break;
        }
        if (at >= s->bits->end)
            return at;
    }
    token = s->out->n_tokens;
    end = add_word(s, at, end);
    s->out->kinds[token] |= (uint8_t)gap;
    return end;
}

/* Whether a mark stands at `at` that is a token whatever follows, or one that is so before a blank. */
static inline int is_lone_mark(const struct scan *s, uint32_t at)
{
    switch (s->text[at]) {
    case ',':
    case '(':
    case ')':
    case '"':
        return 1;
    case '.':
    case '?':
    case '!':
        return byte_at(s, at + 1) == ' ' || byte_at(s, at + 1) == '\n';
    default:
        return 0;
    }
}

/* Adds the token or tokens that start at `at`, with no letter of ASCII. */
static inline uint32_t scan_other(struct scan *s, uint32_t at, uint8_t class, uint32_t gap)
{
    uint32_t token = s->out->n_tokens;

    if (class == CHAR_WIDE) {
        int is_part = token > 0 && !s->is_plain && s->out->tokens[token - 1].end == at && is_behind_prepended(s, at);
        at = scan_wide(s, at);
        if (is_part && s->out->n_tokens > token)
            join_next(s->out, token - 1);
    } else if (class == CHAR_DIGIT)
        at = scan_number(s, at);
    else if (is_lone_mark(s, at))
        add_token(s, at, at + 1, TEXTD_TOKEN_PUNCT), at++;
    else
        at = scan_sign(s, at, (enum character) class, 1);
    if (s->out->n_tokens > token) /* it was no wide blank */
        s->out->kinds[token] |= (uint8_t)gap;
    return at;
}

uint32_t scan_one(struct scan *s, uint32_t at)
{
    uint8_t class = char_byte_class[(unsigned char)s->text[at]];

    return (class & ~(CHAR_UPPER | CHAR_LOWER)) == CHAR_LETTER ? add_word(s, at, scan_ascii_word(s, at))
                                                               : scan_other(s, at, class, 0);
}

int32_t segment_tokens(struct segments *segments, const char *text, uint32_t length)
{
    struct byte_bits bits; /* read before anybody looks at them */
    struct scan s = { .text = text, .length = length, .out = segments, .bits = &bits };
    uint32_t at = 0, read_at = 0;

    segments->n_tokens = 0;
    segments->tokens = segments->alloc(segments->data, (uint64_t)length * sizeof *segments->tokens);
    segments->kinds = segments->alloc(segments->data, (uint64_t)length + TOKEN_WINDOW);
    if (!segments->tokens || !segments->kinds)
        return TEXTD_NO_MEMORY;
    while ((at = skip_blanks(&s, at)) < length) {
        if (at >= read_at) {
            if (at > 0 && segments->should_stop(segments->data))
                return TEXTD_STOPPED;
            bits_read(&bits, text, at, length);
            read_at = bits.end < length ? bits.end - WINDOW : length;
        }
        uint8_t class = char_byte_class[(unsigned char)text[at]];
        uint32_t gap = segments->n_tokens > 0 ? gap_flags(&s, segments, at, class) : 0;
        at = (class & ~(CHAR_UPPER | CHAR_LOWER)) == CHAR_LETTER ? scan_words(&s, at, gap)
                                                                 : scan_other(&s, at, class, gap);
    }
    memset(segments->kinds + segments->n_tokens, 0, TOKEN_WINDOW);
    return TEXTD_OK;
}
