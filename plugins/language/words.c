/* words.c: see words.h. */
#include "plugins/language/words.h"

#include <string.h>

#include "plugins/language/memo.h"
#include "plugins/lib/character.h"
#include "plugins/lib/fold.h"

/* Blocks of Unicode, in order. */
static const struct {
    uint32_t first, last;
    enum script script;
} blocks[] = {
    { 0x00AA, 0x00AA, SCRIPT_LATIN },    { 0x00BA, 0x00BA, SCRIPT_LATIN },      { 0x00C0, 0x024F, SCRIPT_LATIN },
    { 0x0250, 0x02AF, SCRIPT_LATIN },    { 0x0370, 0x03FF, SCRIPT_GREEK },      { 0x0400, 0x052F, SCRIPT_CYRILLIC },
    { 0x0531, 0x0587, SCRIPT_ARMENIAN }, { 0x0591, 0x05F4, SCRIPT_HEBREW },     { 0x0610, 0x065F, SCRIPT_ARABIC },
    { 0x066E, 0x06D3, SCRIPT_ARABIC },   { 0x06D5, 0x06DC, SCRIPT_ARABIC },     { 0x06E1, 0x06EF, SCRIPT_ARABIC },
    { 0x06FA, 0x06FF, SCRIPT_ARABIC },   { 0x0750, 0x077F, SCRIPT_ARABIC },     { 0x0780, 0x07B1, SCRIPT_THAANA },
    { 0x08A0, 0x08FF, SCRIPT_ARABIC },   { 0x0900, 0x0963, SCRIPT_DEVANAGARI }, { 0x0971, 0x097F, SCRIPT_DEVANAGARI },
    { 0x0980, 0x09E3, SCRIPT_BENGALI },  { 0x09F0, 0x09F1, SCRIPT_BENGALI },    { 0x0A01, 0x0A5E, SCRIPT_GURMUKHI },
    { 0x0A70, 0x0A75, SCRIPT_GURMUKHI }, { 0x0A81, 0x0AE3, SCRIPT_GUJARATI },   { 0x0B01, 0x0B63, SCRIPT_ODIA },
    { 0x0B70, 0x0B71, SCRIPT_ODIA },     { 0x0B82, 0x0BD7, SCRIPT_TAMIL },      { 0x0C00, 0x0C63, SCRIPT_TELUGU },
    { 0x0C80, 0x0CE3, SCRIPT_KANNADA },  { 0x0D00, 0x0D63, SCRIPT_MALAYALAM },  { 0x0D7A, 0x0D7F, SCRIPT_MALAYALAM },
    { 0x0D81, 0x0DDF, SCRIPT_SINHALA },  { 0x0E01, 0x0E4E, SCRIPT_THAI },       { 0x0E81, 0x0ECD, SCRIPT_LAO },
    { 0x0EDC, 0x0EDF, SCRIPT_LAO },      { 0x0F00, 0x0F00, SCRIPT_TIBETAN },    { 0x0F40, 0x0FBC, SCRIPT_TIBETAN },
    { 0x1000, 0x103F, SCRIPT_BURMESE },  { 0x1050, 0x109D, SCRIPT_BURMESE },    { 0x10A0, 0x10FF, SCRIPT_GEORGIAN },
    { 0x1100, 0x11FF, SCRIPT_HANGUL },   { 0x1200, 0x135F, SCRIPT_ETHIOPIC },   { 0x1380, 0x139F, SCRIPT_ETHIOPIC },
    { 0x1780, 0x17D3, SCRIPT_KHMER },    { 0x1C90, 0x1CBF, SCRIPT_GEORGIAN },   { 0x1E00, 0x1EFF, SCRIPT_LATIN },
    { 0x1F00, 0x1FFF, SCRIPT_GREEK },    { 0x3005, 0x3007, SCRIPT_HAN },        { 0x3041, 0x3096, SCRIPT_KANA },
    { 0x30A1, 0x30FA, SCRIPT_KANA },     { 0x30FC, 0x30FF, SCRIPT_KANA },       { 0x3130, 0x318F, SCRIPT_HANGUL },
    { 0x31F0, 0x31FF, SCRIPT_KANA },     { 0x3400, 0x4DBF, SCRIPT_HAN },        { 0x4E00, 0x9FFF, SCRIPT_HAN },
    { 0xAC00, 0xD7A3, SCRIPT_HANGUL },   { 0xF900, 0xFAFF, SCRIPT_HAN },        { 0xFB50, 0xFDFB, SCRIPT_ARABIC },
    { 0xFE70, 0xFEFC, SCRIPT_ARABIC },   { 0xFF66, 0xFF9F, SCRIPT_KANA },       { 0x20000, 0x323AF, SCRIPT_HAN },
};

enum { N_BLOCKS = sizeof blocks / sizeof blocks[0] };

/* Characters as Japan writes them and China doesn't, in neither form (気 beside 气 and 氣): as good as kana. In order. */
static const uint16_t japanese[] = {
    0x4E80, 0x4ECF, 0x4EEE, 0x4F1D, 0x4FA1, 0x50CD, 0x5150, 0x5186, 0x51E6, 0x5263, 0x5264, 0x5270, 0x52B4, 0x52B9,
    0x52E7, 0x52F2, 0x5302, 0x5358, 0x53B3, 0x53CE, 0x55B6, 0x56E3, 0x56F2, 0x56F3, 0x5727, 0x5840, 0x58CC, 0x58F1,
    0x58F2, 0x5909, 0x5B22, 0x5B9F, 0x5BFE, 0x5C02, 0x5CE0, 0x5DFB, 0x5E2F, 0x5E30, 0x5E81, 0x5E83, 0x5F10, 0x5FB3,
    0x5FDC, 0x6075, 0x60AA, 0x6226, 0x6255, 0x629E, 0x62DD, 0x62E0, 0x62E1, 0x6319, 0x635C, 0x63FA, 0x643E, 0x6442,
    0x6483, 0x658E, 0x66A6, 0x67A0, 0x6804, 0x685C, 0x685F, 0x691C, 0x697D, 0x69D8, 0x6A29, 0x6B69, 0x6B6F, 0x6B73,
    0x6B74, 0x6C17, 0x6CA2, 0x6D99, 0x6E08, 0x6E09, 0x6E0B, 0x6E80, 0x6EDD, 0x713C, 0x72A0, 0x731F, 0x7573, 0x767A,
    0x770C, 0x7815, 0x7A4F, 0x7ADC, 0x7C8B, 0x7C9B, 0x7D4C, 0x7D75, 0x7D99, 0x7D9A, 0x7DCF, 0x7DD1, 0x7E01, 0x7E04,
    0x7E4A, 0x8074, 0x8133, 0x81D3, 0x8358, 0x8535, 0x85AC, 0x86CD, 0x899A, 0x89A7, 0x89B3, 0x8A33, 0x8A3C, 0x8AAD,
    0x8B72, 0x8C4A, 0x8CDB, 0x8EE2, 0x8EFD, 0x8FBA, 0x8FBC, 0x9013, 0x9045, 0x90F7, 0x9154, 0x91B8, 0x91C8, 0x9244,
    0x9271, 0x92AD, 0x9332, 0x95A2, 0x95B2, 0x9665, 0x967A, 0x96A0, 0x96D1, 0x970A, 0x982C, 0x983C, 0x9855, 0x99C5,
    0x99C6, 0x9A12, 0x9A13, 0x9AC4, 0x9AEA, 0x9D8F, 0x9ED2, 0x9ED9, 0x9F62,
};

static int is_japanese(uint32_t point)
{
    uint32_t low = 0, high = sizeof japanese / sizeof japanese[0];

    while (low < high) {
        uint32_t middle = (low + high) / 2;
        if (japanese[middle] < point)
            low = middle + 1;
        else
            high = middle;
    }
    return low < sizeof japanese / sizeof japanese[0] && japanese[low] == point;
}

static enum script script_of(uint32_t point)
{
    uint32_t low = 0, high = N_BLOCKS;

    if (point == 0xD7 || point == 0xF7) /* × and ÷, among letters */
        return SCRIPT_NONE;
    if (point >= 0xC0 && point <= 0x24F) /* the two that most letters beyond ASCII are of */
        return SCRIPT_LATIN;
    if (point >= 0x400 && point <= 0x52F)
        return SCRIPT_CYRILLIC;
    while (low < high) {
        uint32_t middle = (low + high) / 2;
        if (blocks[middle].last < point)
            low = middle + 1;
        else
            high = middle;
    }
    if (low < N_BLOCKS && blocks[low].first <= point)
        return blocks[low].script == SCRIPT_HAN && is_japanese(point) ? SCRIPT_KANA : blocks[low].script;
    switch (char_class(point) & CHAR_KIND_MASK) {
    case CHAR_LETTER:
    case CHAR_COMPLEX:
    case CHAR_IDEOGRAPH:
        return SCRIPT_OTHER;
    default:
        return SCRIPT_NONE;
    }
}

/* ---- A word ------------------------------------------------------------------------------------------------------------ */

struct word {
    enum script script;
    uint32_t n;
    uint32_t letters[WORD_MOST];
    int has_inner_capital;
    uint32_t capitals;
    int begins_with_capital;
};

/* How a word is written: of names more is in capitals than of sentences, and German has its own share. */
enum letter_case { CASE_NONE, CASE_SMALL, CASE_CAPITAL, CASE_CAPITALS, N_CASES };
_Static_assert(N_CASES *N_CASES == WORD_TURNS, "a turn is two of them");

static enum letter_case case_of(const struct word *w)
{
    if (w->capitals == 0)
        return CASE_SMALL;
    if (w->capitals == w->n && w->n > 1)
        return CASE_CAPITALS;
    return w->begins_with_capital && w->capitals == 1 ? CASE_CAPITAL : CASE_NONE;
}

#define FACTOR 0x01000193u /* FNV's */

static inline uint32_t finish(uint32_t hash, uint32_t kind)
{
    hash = (hash + kind) * 0x9E3779B1u;
    hash ^= hash >> 15;
    hash *= 0x85EBCA77u;
    return hash ^ hash >> 13;
}

uint32_t words_turn(enum script script, uint32_t turn)
{
    return finish(turn + script * WORD_TURNS, 6);
}

/* Whether a word of this hash is to be counted: not when it was there a moment ago. */
static inline int is_new(struct word_taker *taker, uint32_t whole)
{
    const uint32_t *recent = taker->recent;

    if ((recent[0] == whole) | (recent[1] == whole) | (recent[2] == whole) | (recent[3] == whole))
        return 0;
    taker->recent[taker->n_recent++ & 3] = whole;
    return 1;
}

static inline uint32_t next_turn(struct word_taker *taker, enum letter_case letter_case)
{
    uint32_t turn = taker->last_case * N_CASES + letter_case;

    taker->last_case = letter_case;
    return turn;
}

/* Groups of two, three and four letters, its border counted as one; letters beyond ASCII by themselves; the whole word.
 * Noted by its key at `place`, where there is one. */
static void give(struct word_taker *taker, const struct word *w, struct memo_word *place, const struct memo_key *key)
{
    struct memo_word *note = NULL;
    uint32_t hashes[WORD_MOST_FEATURES], n = 0, whole = w->script + 1;
    uint32_t one = 1 * FACTOR, two = 0, three = 0; /* of the groups that end at the letter before */

    for (uint32_t i = 0; i < w->n; i++)
        whole = (whole ^ w->letters[i]) * FACTOR;
    whole = finish(whole, 5);
    if (!is_new(taker, whole))
        return;
    taker->letters[w->script] += w->n;
    for (uint32_t i = 0; i <= w->n; i++) {
        uint32_t letter = i < w->n ? w->letters[i] : 1;
        uint32_t next_two = (one ^ letter) * FACTOR, next_three = (two ^ letter) * FACTOR;
        if (letter >= 0x80)
            hashes[n++] = finish(letter, 1);
        hashes[n++] = finish(next_two, 2);
        if (i >= 1)
            hashes[n++] = finish(next_three, 3);
        if (i >= 2)
            hashes[n++] = finish((three ^ letter) * FACTOR, 4);
        one = (letter + 7) * FACTOR;
        two = next_two;
        three = next_three;
    }
    if (w->n >= 3)
        hashes[n++] = whole;
    hashes[n++] = words_turn(w->script, next_turn(taker, case_of(w)));
    if (place) {
        note = memo_begin(place, key);
        note->whole = whole;
    }
    taker->take(taker->data, w->script, hashes, n, note);
}

static void end_word(struct word_taker *taker, struct word *w)
{
    while (w->n > 0 && w->letters[w->n - 1] == '\'')
        w->n--;
    if (w->n > 0 && w->script >= SCRIPT_MODELLED)
        taker->letters[w->script] += w->n;
    else if (w->n > 0 && !w->has_inner_capital) /* iPhone, getName: names and code */
        give(taker, w, NULL, NULL);
    w->n = w->capitals = 0;
    w->has_inner_capital = 0;
}

/* ---- Tokens ------------------------------------------------------------------------------------------------------------ */

#define RUN_MOST 400 /* bytes of a run without blanks that are judged together */

static inline int is_blank(char c)
{
    return (unsigned char)c <= ' ';
}

static inline int is_ascii_letter(char c)
{
    return (unsigned)((c | 0x20) - 'a') < 26;
}

/* Whether the sign at `at` ends a run as a blank does: the signs of scripts that put no blanks between words (U+3000 to U+303F, U+FF00 to U+FF3F). */
static inline int is_wide_sign(const char *text, uint32_t at, uint32_t end)
{
    unsigned char first = (unsigned char)text[at], second = at + 1 < end ? (unsigned char)text[at + 1] : 0;

    return (first == 0xE3 && second == 0x80) || (first == 0xEF && second == 0xBC);
}

/* Whether a character, by its first byte, is one of Chinese, Japanese or Korean, among which Latin words and numbers stand without blanks. */
static inline int is_wide(char c)
{
    return (unsigned char)c >= 0xE3 && (unsigned char)c <= 0xED;
}

/* Whether a run without blanks is something other than words. */
static int is_strange(const char *text, uint32_t start, uint32_t end)
{
    int has_letter = 0, has_digit = 0;

    if (text[start] == '#' && end - start > 1)
        return 1;
    for (uint32_t i = start; i < end; i++) {
        char c = text[i];
        if (is_ascii_letter(c)) {
            has_letter = 1;
            continue;
        }
        switch (c) {
        case '@':
        case '_':
        case '{':
        case '}':
        case '<':
        case '>':
        case '=':
        case '\\':
        case '|':
        case '$':
        case '`':
            return 1;
        case '&': /* an entity of HTML; "R&B" is a name */
            if (end - start > 1)
                return 1;
            break;
        case '(': /* call(it); name(s) loses little */
            if (i > start && i + 1 < end && is_ascii_letter(text[i - 1]) && is_ascii_letter(text[i + 1]))
                return 1;
            break;
        case '.':
        case ':': /* example.org, obj.method, std::move, https:… */
            if (i > start && i + 1 < end && is_ascii_letter(text[i - 1]) &&
                (is_ascii_letter(text[i + 1]) || text[i + 1] == '/' || text[i + 1] == ':'))
                return 1;
            break;
        default:
            has_digit |= char_is_digit(c);
        }
    }
    return has_letter && has_digit;
}

static void walk_token(struct word_taker *taker, const char *text, uint32_t at, uint32_t end)
{
    struct word w = { .n = 0 };
    int was_small = 0;

    for (uint32_t size; at < end; at += size) {
        uint32_t point = char_decode(text, at, &size);
        enum script script;
        int is_small = 0, is_capital = 0;

        if (point < 0x80) {
            if (is_ascii_letter((char)point)) {
                script = SCRIPT_LATIN;
                is_small = (point & 0x20) != 0;
                if (!is_small && was_small && w.n > 0)
                    w.has_inner_capital = 1;
                point |= 0x20;
                is_capital = !is_small;
            } else {
                script = point == '\'' && w.n > 0 ? w.script : SCRIPT_NONE;
            }
        } else if (point == 0x2019 && w.n > 0) {
            script = w.script;
            point = '\'';
        } else if ((point >= 0x300 && point <= 0x36F) || point == 0x200C || point == 0x200D) {
            continue; /* marks, joiners */
        } else {
            script = script_of(point);
            if (script < SCRIPT_MODELLED) {
                uint32_t small = fold_case(point);
                is_capital = small != point;
                point = small;
            }
        }
        was_small = is_small;
        if (script == SCRIPT_NONE) {
            end_word(taker, &w);
            continue;
        }
        if (w.n == WORD_MOST || (w.n > 0 && w.script != script))
            end_word(taker, &w);
        if (w.n == 0)
            w.begins_with_capital = is_capital;
        w.capitals += is_capital;
        w.script = script;
        w.letters[w.n++] = point;
    }
    end_word(taker, &w);
}

/* ---- Most words of most texts ------------------------------------------------------------------------------------------ */

/* The letters of ASCII at a text's place, up to MEMO_LETTERS, and which of them are capitals: a bit each, the first in the lowest. */
struct letters {
    struct memo_key key;
    uint32_t n, capitals;
};

/* So many bits, the lowest, fewer than 32. */
static inline uint32_t lowest(uint32_t bits)
{
    return (1u << bits) - 1;
}

#if defined(__SSE2__) /* every x86-64 has it */
#include <emmintrin.h>

/* Reads up to `room` letters; there are MEMO_LETTERS bytes. */
static inline struct letters read_letters(const char *text, uint32_t room)
{
    static const uint8_t kept[2 * MEMO_LETTERS] = { 255, 255, 255, 255, 255, 255, 255, 255,
                                                    255, 255, 255, 255, 255, 255, 255, 255 };
    __m128i x = _mm_loadu_si128((const __m128i *)(const void *)text), small = _mm_or_si128(x, _mm_set1_epi8(0x20));
    __m128i from_a = _mm_sub_epi8(small, _mm_set1_epi8('a'));
    __m128i is_letter = _mm_cmpeq_epi8(_mm_min_epu8(from_a, _mm_set1_epi8(25)), from_a);
    uint32_t here = lowest(room < MEMO_LETTERS ? room : MEMO_LETTERS) & (uint32_t)_mm_movemask_epi8(is_letter);
    uint32_t n = (uint32_t)__builtin_ctz(~here);
    uint32_t is_small = (uint32_t)_mm_movemask_epi8(_mm_slli_epi16(x, 2)); /* 0x20 of each byte */
    struct letters l = { .n = n, .capitals = ~is_small & lowest(n) };

    small = _mm_and_si128(small, _mm_loadu_si128((const __m128i *)(const void *)(kept + MEMO_LETTERS - n)));
    memcpy(&l.key, &small, sizeof l.key);
    return l;
}

#else

#define EACH(byte) (0x0101010101010101u * (byte))

/* The highest bit of each byte that is a letter of ASCII. */
static inline uint64_t letters_of(uint64_t eight)
{
    uint64_t small = (eight & EACH(0x7F)) | EACH(0x20);

    return (small + EACH(0x80 - 'a')) & ~(small + EACH(0x7F - 'z')) & ~eight & EACH(0x80);
}

/* Eight bytes, the first in the lowest byte. */
static inline uint64_t eight_at(const char *bytes)
{
    const unsigned char *b = (const unsigned char *)bytes;

    return (uint64_t)b[0] | (uint64_t)b[1] << 8 | (uint64_t)b[2] << 16 | (uint64_t)b[3] << 24 | (uint64_t)b[4] << 32 |
           (uint64_t)b[5] << 40 | (uint64_t)b[6] << 48 | (uint64_t)b[7] << 56;
}

/* How many of eight bytes are letters before the first that is none, of which `letters` are the bits. */
static inline uint32_t count_letters(uint64_t letters)
{
    uint64_t others = ~letters & EACH(0x80);

    return others ? (uint32_t)__builtin_ctzll(others) / 8 : 8;
}

/* The bits of so many bytes, the lowest first, of eight at most. */
static inline uint64_t mask_of(uint32_t bytes)
{
    return bytes < 8 ? (1ull << bytes * 8) - 1 : UINT64_MAX;
}

/* The highest bits of eight bytes, side by side. */
static inline uint32_t gather(uint64_t bits)
{
    return (uint32_t)((bits >> 7) * 0x0102040810204080u >> 56);
}

static inline struct letters read_letters(const char *text, uint32_t room)
{
    uint64_t low = eight_at(text), high = eight_at(text + 8);
    uint64_t low_letters = letters_of(low), high_letters = letters_of(high);
    uint32_t n = count_letters(low_letters) + (low_letters == EACH(0x80) ? count_letters(high_letters) : 0);

    n = n < room ? n : room;
    uint64_t low_kept = mask_of(n), high_kept = n > 8 ? mask_of(n - 8) : 0;
    return (struct letters) {
        .key = { { (low | EACH(0x20)) & low_kept, (high | EACH(0x20)) & high_kept } },
        .n = n,
        .capitals = gather(low_letters & ~(low << 2) & low_kept) | gather(high_letters & ~(high << 2) & high_kept) << 8,
    };
}

#endif

/* Where the run ends of which nothing but signs without a meaning for is_strange() is behind the letters before `at`; 0
 * when there is more. */
static inline uint32_t skip_signs(const char *text, uint32_t at, uint32_t end)
{
    static const uint8_t is_sign[256] = {
        ['.'] = 1, [','] = 1, [';'] = 1, ['!'] = 1, ['?'] = 1, [')'] = 1, ['"'] = 1, ['\''] = 1
    };

    if (at == end)
        return at;
    at += is_sign[(unsigned char)text[at]]; /* none or one are most, and which isn't foretold: no branch */
    while (at < end && !is_blank(text[at])) {
        if (text[at] == ':' && is_ascii_letter(text[at - 1]) && (at + 1 == end || is_blank(text[at + 1])))
            return at + 1;
        if (!is_sign[(unsigned char)text[at]])
            return 0;
        at++;
    }
    return at;
}

static void give_noted(struct word_taker *taker)
{
    taker->take_noted(taker->data);
    memset(taker->noted->sums, 0, sizeof taker->noted->sums);
    taker->noted->n = taker->noted->known = 0;
}

/* Takes the run at `start` when it is what most are: one word of ASCII of fewer than 16 letters and no odd capitals,
 * perhaps between signs. Where it ends; 0 when it is something else, and nothing is done yet. What is taken is what the
 * walks above would take. Most of it is reckoned without branches: how long a word is, and how it is written, can't be
 * foretold. */
static inline uint32_t take_plain(struct word_taker *taker, const char *text, uint32_t length, uint32_t start,
                                  uint32_t end)
{
    uint32_t at = start + ((text[start] == '"') | (text[start] == '('));

    if (length - at < MEMO_LETTERS)
        return 0;
    struct letters l = read_letters(text + at, end - at);
    uint32_t n = l.n;
    if (n == 0 || n == MEMO_LETTERS)
        return 0;
    enum letter_case letter_case = CASE_SMALL + (l.capitals & 1);
    if (l.capitals > 1) {
        if (l.capitals != lowest(n))
            return 0;
        letter_case = CASE_CAPITALS;
    }
    uint32_t stop = skip_signs(text, at + n, end);
    if (stop == 0)
        return 0;
    struct memo_word *place = taker->memo ? memo_place(taker->memo, &l.key) : NULL;
    const struct memo_word *noted = place ? memo_find(place, &l.key) : NULL;
    if (noted) {
        if (is_new(taker, noted->whole)) {
            taker->letters[SCRIPT_LATIN] += n;
            noted_add(taker->noted, noted, next_turn(taker, letter_case));
            if (taker->noted->n == NOTED_MOST)
                give_noted(taker);
        }
        return stop;
    }
    struct word w = { .script = SCRIPT_LATIN, .n = n };
    for (uint32_t i = 0; i < n; i++)
        w.letters[i] = (unsigned char)(l.key.half[i / 8] >> i % 8 * 8);
    w.begins_with_capital = letter_case != CASE_SMALL;
    w.capitals = letter_case == CASE_CAPITALS ? n : (uint32_t)w.begins_with_capital;
    give(taker, &w, place, &l.key);
    return stop;
}

void words_walk(struct word_taker *taker, const char *text, uint32_t length, uint32_t start, uint32_t end)
{
    while (start < end) {
        uint32_t stop;
        if (is_blank(text[start])) {
            start++;
            continue;
        }
        if ((stop = take_plain(taker, text, length, start, end)) != 0) {
            start = stop + (stop < end);
            continue;
        }
        stop = start;
        int was_wide = is_wide(text[start]);
        do
            stop++;
        while (stop < end && (((unsigned char)text[stop] & 0xC0) == 0x80 ||
                              (stop - start < RUN_MOST && !is_blank(text[stop]) && is_wide(text[stop]) == was_wide &&
                               !is_wide_sign(text, stop, end))));
        if (!is_strange(text, start, stop))
            walk_token(taker, text, start, stop);
        start = stop;
    }
    if (taker->noted && taker->noted->n > 0)
        give_noted(taker);
}
