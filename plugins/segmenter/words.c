/* words.c: words that are not plain: with apostrophes, periods, hyphens, letters beyond ASCII. See scan.h for what it does and
 * words.h for what it knows. */
#include "plugins/segmenter/words.h"

#include <stddef.h>

#include "plugins/segmenter/scan.h"

/* ---- Lists: by first letter, words between blanks, lower case. Short: a few words are compared. ---------------------- */

#define AT(letter) [letter - 'a']

/* A period behind these is theirs: "^", only when they have a capital, since they are words, too; "#", only before a number. */
static const char *const abbreviations[26] = {
    AT('a') = "adm al ala approx apr^ ariz ark arr arrv art^ assn attn aug ave avg",
    AT('b') = "b# b.sc blvd bros",
    AT('c') = "c# ca calif capt cf ch# cl# cmdr co col colo conf conn corp cpt cu",
    AT('d') = "d# dec del^ dept dist div dr drs",
    AT('e') = "ed eds eng^ epis^ eq eqs esq est etc excl ext",
    AT('f') = "feb fig figs fla fr fri ft",
    AT('g') = "ga gen gov",
    AT('h') = "hon hr hrs hum^ hwy",
    AT('i') = "ibid ill inc incl ind^ insp",
    AT('j') = "jan jr jul^ jun^",
    AT('k') = "kan ky",
    AT('l') = "la^ lb lbs llc lt ltd lv",
    AT('m') = "m# m.sc maj mar^ mass^ max md^ messrs mich minn misc miss^ mlle mme mo^ mon^ mont mr mrs ms msgr mt mx",
    AT('n') = "neb nev no# nos nov",
    AT('o') = "oct okla op^ ore oz",
    AT('p') = "p# pa^ para^ penn ph ph.d plc pp prof pt",
    AT('q') = "qt",
    AT('r') = "rd refrig rep reps resp rev",
    AT('s') = "sat^ sec# sen sep sept sgt spec^ sq sr st sun^ supt",
    AT('t') = "tel temp tenn tex thu thur thurs tue tues",
    AT('u') = "univ",
    AT('v') = "v# va^ ver# viz vol vols vs",
    AT('w') = "wash^ wed^ wis wk wks wyo",
    AT('y') = "yr yrs",
};

/* Joined by their hyphen to what follows. */
static const char *const prefixes[26] = {
    AT('a') = "ante anti arch",
    AT('b') = "bi bio",
    AT('c') = "co counter cross",
    AT('d') = "de",
    AT('e') = "e electro ex extra",
    AT('h') = "hm hyper",
    AT('i') = "infra inter intra",
    AT('m') = "macro mega meta micro mid mini mm mono multi",
    AT('n') = "naqsh neo neuro non",
    AT('o') = "oh over",
    AT('p') = "pan para poly post pre pro proto pseudo psycho",
    AT('q') = "quasi",
    AT('r') = "re",
    AT('s') = "semi socio sub super supra sur",
    AT('t') = "techno tele trans tri",
    AT('u') = "uh ultra un under uni",
};

static const char domains[] = "com org net edu gov mil int info biz name co io ai uk us de fr eu ca au nz jp cn in it "
                              "es nl ch se no fi dk at be pl ru br mx "
                              "tv me ly fm app dev tw kr za ie il";

static const char file_endings[] = "txt pdf doc docx xls xlsx ppt pptx htm html php asp aspx jsp jpg jpeg png gif svg "
                                   "bmp zip gz tar tgz exe dll csv xml json yaml "
                                   "yml mp3 mp4 avi wav mov url py js css sh md tex log ini cfg sql db bak";

#define LONGEST 6u /* bytes of the longest word of the lists */

/* Looks for the word, of any case, in the list. Returns the flag behind it there, a blank when it has none; 0 when it is not
 * there. */
static char find_word(const char *list, const char *word, uint32_t length)
{
    if (length > LONGEST)
        return 0;
    while (*list) {
        uint32_t same = 0;
        while (same < length && list[same] == char_to_lower(word[same]))
            same++;
        if (same == length && strchr(" ^#", list[same]))
            return list[same] ? list[same] : ' ';
        while (*list && *list++ != ' ')
            ;
    }
    return 0;
}

/* The same for lists by first letter. */
static char find_word_by_letter(const char *const lists[26], const char *word, uint32_t length)
{
    uint32_t letter = ((unsigned char)word[0] | 0x20u) - 'a';

    return letter < 26 && lists[letter] ? find_word(lists[letter], word, length) : 0;
}

enum abbreviation word_abbreviation(const char *word, uint32_t length)
{
    switch (find_word_by_letter(abbreviations, word, length)) {
    case ' ':
        return ABBREVIATION_SURE;
    case '^':
        return char_is_upper(word[0]) ? ABBREVIATION_SURE : ABBREVIATION_NONE;
    case '#':
        return ABBREVIATION_NUMBERED;
    default:
        return ABBREVIATION_NONE;
    }
}

int word_is_prefix(const char *word, uint32_t length)
{
    return find_word_by_letter(prefixes, word, length) != 0;
}

int word_is_domain(const char *word, uint32_t length)
{
    return find_word(domains, word, length) != 0;
}

int word_is_file_ending(const char *word, uint32_t length)
{
    return find_word(file_endings, word, length) != 0;
}

#define FUSED(apart, ...) [FUSED_SLOT(PACK(__VA_ARGS__))] = { PACK(__VA_ARGS__), apart }
#define PACK(a, b, c, d, e, f, g, h) \
    ((uint64_t)(a) | (uint64_t)(b) << 8 | (uint64_t)(c) << 16 | (uint64_t)(d) << 24 | (uint64_t)(e) << 32 | \
     (uint64_t)(f) << 40 | (uint64_t)(g) << 48 | (uint64_t)(h) << 56)

/* A new word may want a slot that is taken; the compiler then warns of it (-Woverride-init), and FUSED_MULTIPLIER needs another
 * odd number. */
const struct fused_word fused_words[FUSED_SLOTS] = {
    FUSED(2, 'a', 'i', 'n', 't', 0, 0, 0, 0),       FUSED(3, 'a', 'r', 'e', 'n', 't', 0, 0, 0),
    FUSED(3, 'c', 'a', 'n', 'n', 'o', 't', 0, 0),   FUSED(2, 'c', 'a', 'n', 't', 0, 0, 0, 0),
    FUSED(5, 'c', 'o', 'u', 'l', 'd', 'n', 't', 0), FUSED(3, 'd', 'i', 'd', 'n', 't', 0, 0, 0),
    FUSED(4, 'd', 'o', 'e', 's', 'n', 't', 0, 0),   FUSED(2, 'd', 'o', 'n', 't', 0, 0, 0, 0),
    FUSED(2, 'd', 'u', 'n', 'n', 'o', 0, 0, 0),     FUSED(3, 'g', 'i', 'm', 'm', 'e', 0, 0, 0),
    FUSED(3, 'g', 'o', 'n', 'n', 'a', 0, 0, 0),     FUSED(3, 'g', 'o', 't', 't', 'a', 0, 0, 0),
    FUSED(3, 'h', 'a', 'd', 'n', 't', 0, 0, 0),     FUSED(3, 'h', 'a', 's', 'n', 't', 0, 0, 0),
    FUSED(4, 'h', 'a', 'v', 'e', 'n', 't', 0, 0),   FUSED(4, 'h', 'e', 'r', 'e', 's', 0, 0, 0),
    FUSED(2, 'h', 'e', 's', 0, 0, 0, 0, 0),         FUSED(1, 'i', 'm', 0, 0, 0, 0, 0, 0),
    FUSED(2, 'i', 's', 'n', 't', 0, 0, 0, 0),       FUSED(1, 'i', 'v', 'e', 0, 0, 0, 0, 0),
    FUSED(4, 'k', 'i', 'n', 'd', 'a', 0, 0, 0),     FUSED(3, 'l', 'e', 'm', 'm', 'e', 0, 0, 0),
    FUSED(3, 'l', 'o', 't', 't', 'a', 0, 0, 0),     FUSED(3, 'o', 'u', 't', 't', 'a', 0, 0, 0),
    FUSED(3, 's', 'h', 'e', 's', 0, 0, 0, 0),       FUSED(6, 's', 'h', 'o', 'u', 'l', 'd', 'n', 't'),
    FUSED(4, 's', 'o', 'r', 't', 'a', 0, 0, 0),     FUSED(4, 't', 'h', 'a', 't', 's', 0, 0, 0),
    FUSED(5, 't', 'h', 'e', 'r', 'e', 's', 0, 0),   FUSED(4, 't', 'h', 'e', 'y', 'l', 'l', 0, 0),
    FUSED(4, 't', 'h', 'e', 'y', 'r', 'e', 0, 0),   FUSED(4, 't', 'h', 'e', 'y', 'v', 'e', 0, 0),
    FUSED(3, 'w', 'a', 'n', 'n', 'a', 0, 0, 0),     FUSED(3, 'w', 'a', 's', 'n', 't', 0, 0, 0),
    FUSED(4, 'w', 'e', 'r', 'e', 'n', 't', 0, 0),   FUSED(2, 'w', 'e', 'v', 'e', 0, 0, 0, 0),
    FUSED(4, 'w', 'h', 'a', 't', 's', 0, 0, 0),     FUSED(2, 'w', 'o', 'n', 't', 0, 0, 0, 0),
    FUSED(5, 'w', 'o', 'u', 'l', 'd', 'n', 't', 0), FUSED(3, 'y', 'o', 'u', 'l', 'l', 0, 0, 0),
    FUSED(3, 'y', 'o', 'u', 'r', 'e', 0, 0, 0),     FUSED(3, 'y', 'o', 'u', 'v', 'e', 0, 0, 0),
};

/* ---- Apostrophes ---------------------------------------------------------------------------------------------------- */

/* Whether the letters [at, end) behind an apostrophe are a clitic: "'s", "'re". */
static int is_clitic(const struct scan *s, uint32_t at, uint32_t end)
{
    char a = char_to_lower(s->text[at]), b = char_to_lower(byte_at(s, at + 1));

    if (end - at == 1)
        return a == 's' || a == 'm' || a == 'd';
    return end - at == 2 && ((a == 'r' && b == 'e') || (a == 'v' && b == 'e') || (a == 'l' && b == 'l'));
}

/* What the word [at, mark), whose apostrophe of `size` bytes is followed by letters that end at `end`, comes apart at; `end` when
 * it stays whole: "O'Brien". */
static uint32_t clitic_start(const struct scan *s, uint32_t at, uint32_t mark, uint32_t size, uint32_t end)
{
    uint32_t letters = mark + size;

    if (end - letters == 1 && (s->text[letters] | 0x20) == 't' && (s->text[mark - 1] | 0x20) == 'n' && mark - at > 1)
        return mark - 1;
    return is_clitic(s, letters, end) ? mark : end;
}

/* ---- Periods -------------------------------------------------------------------------------------------------------- */

/* Letters one by one with periods, "U.S.", "e.g", "L.L.C", from `at` on, and "Ph.D.": their end, the last period
 * included when it is followed by no letter; `at` when there are fewer than two letters. */
static uint32_t dotted_end(const struct scan *s, uint32_t at)
{
    uint32_t end = at, n = 0, size;

    if (stands_at(s, at, "ph.d") || stands_at(s, at, "m.sc") || stands_at(s, at, "b.sc"))
        end = at + 4;
    else {
        while ((char_class_at(s->text, end, &size) & CHAR_KIND_MASK) == CHAR_LETTER && size == 1 &&
               byte_at(s, end + 1) == '.' && is_letter_at(s, end + 2)) {
            end += 2;
            n++;
        }
        if (n == 0 || is_word_byte(byte_at(s, end + 1)))
            return at;
        end++;
    }
    if (is_letter_at(s, end))
        return at;
    return byte_at(s, end) == '.' && byte_at(s, end + 1) != '.' ? end + 1 : end;
}

/* The character behind the blanks at `at`, all on one line; 0 when there is none. */
static char next_visible(const struct scan *s, uint32_t at)
{
    while (byte_at(s, at) == ' ')
        at++;
    return byte_at(s, at);
}

/* Whether the period at `end`, behind the word that starts at `at`, is the word's own. */
static int is_own_period(const struct scan *s, uint32_t at, uint32_t end)
{
    char behind = byte_at(s, end + 1);

    if (byte_at(s, end) != '.' || behind == '.')
        return 0;
    if (end - at == 1 && char_is_upper(s->text[at])) {
        /* An initial: a name follows, or another one. "I." ends a sentence more often. */
        char next = next_visible(s, end + 1);
        return s->text[at] != 'I' && behind != '"' && (char_is_upper(next) || behind == ',') && behind != '\n';
    }
    switch (word_abbreviation(s->text + at, end - at)) {
    case ABBREVIATION_SURE:
        return !is_letter_at(s, end + 1);
    case ABBREVIATION_NUMBERED:
        /* "No. 5", "(b. March 1987)" */
        return char_is_digit(next_visible(s, end + 1)) ||
               (end - at == 1 && at > 0 && s->text[at - 1] == '(' && behind == ' ');
    default:
        return 0;
    }
}

/* "th- the": a word that its speaker broke off keeps the hyphen. */
static int is_broken_off(const struct scan *s, uint32_t at, uint32_t end)
{
    return byte_at(s, end) == '-' && end - at <= 3 && char_is_lower(s->text[end - 1]) && byte_at(s, end + 1) == ' ';
}

/* ---- The word -------------------------------------------------------------------------------------------------------- */

/* "w/o", "s/he", "l/c", "n/a": one token, with their slash. */
static uint32_t slashed_word_end(const struct scan *s, uint32_t at)
{
    static const char *const words[] = { "w/o", "s/he", "l/c", "i/c", "n/a", "w/", "c/o" };

    for (size_t i = 0; i < sizeof words / sizeof words[0]; i++) {
        uint32_t length = (uint32_t)strlen(words[i]);
        if (stands_at(s, at, words[i]) && !is_word_byte(byte_at(s, at + length)))
            return at + length;
    }
    return at;
}

static uint32_t hyphen_at(const struct scan *s, uint32_t at)
{
    if (byte_at(s, at) == '-')
        return 1;
    return s->length - at >= 3 && at < s->length && memcmp(s->text + at, "\xe2\x80\x91", 3) == 0 ? 3 : 0;
}

/* Whether a word that starts at `at` goes on behind the mark at `end`; puts the mark's length into *mark. */
static int goes_on(const struct scan *s, uint32_t at, uint32_t end, uint32_t *mark)
{
    char c = byte_at(s, end);

    *mark = 1;
    if (c == '_' || c == '&' || c == '*')
        return is_word_byte(s->text[end - 1]) && is_word_byte(byte_at(s, end + 1));
    *mark = hyphen_at(s, end);
    if (*mark > 0 && stands_at(s, end + *mark, "esque"))
        return 1;
    if (*mark > 0)
        return is_word_byte(byte_at(s, end + *mark)) && word_is_prefix(s->text + at, end - at);
    *mark = apostrophe_at(s, end);
    return *mark > 0 && is_letter_at(s, end + *mark);
}

/* The end of letters, digits and marks of any script that puts blanks between words. */
static uint32_t letters_end(struct scan *s, uint32_t at)
{
    for (;;) {
        uint32_t size;
        at = scan_ascii_word(s, at);
        enum character kind = kind_at(s, at, &size);
        if (kind != CHAR_LETTER && kind != CHAR_DIGIT && kind != CHAR_EXTEND && kind != CHAR_ZWJ)
            return at;
        at += size;
    }
}

/* Adds the word [at, end), its clitic from `clitic` on apart. */
static uint32_t add_parts(struct scan *s, uint32_t at, uint32_t clitic, uint32_t end)
{
    if (clitic == end) {
        uint32_t apart = word_fused(s->text + at, end - at, s->length - at);
        if (apart > 0)
            add_token(s, at, at + apart, TEXTD_TOKEN_WORD);
        if (is_own_period(s, at, end) || is_broken_off(s, at, end))
            end++;
        add_token(s, at + apart, end, TEXTD_TOKEN_WORD);
        return end;
    }
    add_token(s, at, clitic, TEXTD_TOKEN_WORD);
    add_token(s, clitic, end, TEXTD_TOKEN_WORD);
    return end;
}

/* The end of a word with all its marks; puts where its clitic starts into *clitic, the end when it has none. */
static uint32_t word_end(struct scan *s, uint32_t at, uint32_t end, uint32_t *clitic)
{
    uint32_t part = at, mark;

    for (;;) {
        end = letters_end(s, end);
        if (!goes_on(s, part, end, &mark))
            break;
        uint32_t next = letters_end(s, end + mark);
        if (apostrophe_at(s, end) > 0 && (*clitic = clitic_start(s, at, end, mark, next)) < next)
            return next;
        part = end + mark;
        end = next;
    }
    *clitic = end;
    return end;
}

uint32_t scan_word(struct scan *s, uint32_t at, uint32_t end)
{
    uint8_t kind = TEXTD_TOKEN_WORD;
    uint32_t clitic;

    if (byte_at(s, end) == '.' && (unsigned char)byte_at(s, end + 1) <= ' ') /* most periods end a sentence */
        return add_parts(s, at, end, end);
    uint32_t whole = scan_link(s, at, end, &kind);
    if (whole == at && byte_at(s, end) == '.')
        whole = dotted_end(s, at);
    if (whole == at && byte_at(s, end) == '/')
        whole = slashed_word_end(s, at);
    if (whole > at) {
        add_token(s, at, whole, kind);
        return whole;
    }
    end = word_end(s, at, end, &clitic);
    return add_parts(s, at, clitic, end);
}
