/* lang.c: see lang.h. A tag is subtags in an order (RFC 5646, section 2.1): language, extended languages, script, region, variants,
 * extensions, private use. Their letters' case is by section 2.1.1. Whether a variant or a region exists isn't known here. */
#include "common/lang.h"

#include <string.h>

/* ISO 639-2 and 639-3 (both codes where 639-2 has two), and behind each the code of ISO 639-1, which BCP 47 wants instead. */
static const char codes[][6] = {
    /* clang-format off */
    "aaraa", "abkab", "afraf", "akaak", "albsq", "amham", "araar", "argan", "armhy", "asmas", "avaav", "aveae",
    "aymay", "azeaz", "bakba", "bambm", "baqeu", "belbe", "benbn", "bihbh", "bisbi", "bodbo", "bosbs", "brebr",
    "bulbg", "burmy", "catca", "cescs", "chach", "chece", "chizh", "chucu", "chvcv", "corkw", "cosco", "crecr",
    "cymcy", "czecs", "danda", "deude", "divdv", "dutnl", "dzodz", "ellel", "engen", "epoeo", "estet", "euseu",
    "eweee", "faofo", "fasfa", "fijfj", "finfi", "frafr", "frefr", "fryfy", "fulff", "geoka", "gerde", "glagd",
    "glega", "glggl", "glvgv", "greel", "grngn", "gujgu", "hatht", "hauha", "hbssh", "hebhe", "herhz", "hinhi",
    "hmoho", "hrvhr", "hunhu", "hyehy", "iboig", "iceis", "idoio", "iiiii", "ikuiu", "ileie", "inaia", "indid",
    "ipkik", "islis", "itait", "javjv", "jpnja", "kalkl", "kankn", "kasks", "katka", "kaukr", "kazkk", "khmkm",
    "kikki", "kinrw", "kirky", "komkv", "konkg", "korko", "kuakj", "kurku", "laolo", "latla", "lavlv", "limli",
    "linln", "litlt", "ltzlb", "lublu", "luglg", "macmk", "mahmh", "malml", "maomi", "marmr", "mayms", "mkdmk",
    "mlgmg", "mltmt", "monmn", "mrimi", "msams", "myamy", "nauna", "navnv", "nblnr", "ndend", "ndong", "nepne",
    "nldnl", "nnonn", "nobnb", "norno", "nyany", "ocioc", "ojioj", "orior", "ormom", "ossos", "panpa", "perfa",
    "plipi", "polpl", "porpt", "pusps", "quequ", "rohrm", "ronro", "rumro", "runrn", "rusru", "sagsg", "sansa",
    "sinsi", "slksk", "slosk", "slvsl", "smese", "smosm", "snasn", "sndsd", "somso", "sotst", "spaes", "sqisq",
    "srdsc", "srpsr", "sswss", "sunsu", "swasw", "swesv", "tahty", "tamta", "tattt", "telte", "tgktg", "tgltl",
    "thath", "tibbo", "tirti", "tonto", "tsntn", "tsots", "tuktk", "turtr", "twitw", "uigug", "ukruk", "urdur",
    "uzbuz", "venve", "vievi", "volvo", "welcy", "wlnwa", "wolwo", "xhoxh", "yidyi", "yoryo", "zhaza", "zhozh",
    "zulzu",
    /* clang-format on */
};

/* Codes of ISO 639-1 that were withdrawn, and what stands for them. */
static const char withdrawn[][5] = { "inid", "iwhe", "jiyi", "jwjv", "moro" };

enum { N_CODES = sizeof codes / sizeof codes[0], N_WITHDRAWN = sizeof withdrawn / sizeof withdrawn[0] };

static int is_digit(char c)
{
    return c >= '0' && c <= '9';
}

/* In lower case, which all are here. */
static int is_letter(char c)
{
    return c >= 'a' && c <= 'z';
}

static int are_letters(const char *text, size_t n)
{
    while (n > 0 && is_letter(text[n - 1]))
        n--;
    return n == 0;
}

static int are_digits(const char *text, size_t n)
{
    while (n > 0 && is_digit(text[n - 1]))
        n--;
    return n == 0;
}

/* Copies the tag: lower case, hyphens, and without what a locale's name has behind it ("en_US.UTF-8", "sr_RS@latin"). The
 * length, or 0 when there is something that no tag has. */
static size_t copy_lower(const char *given, size_t length, char *tag)
{
    size_t n = 0;

    for (; n < length && given[n] != '.' && given[n] != '@'; n++) {
        char c = given[n];
        if (c >= 'A' && c <= 'Z')
            c = (char)(c | 0x20);
        else if (c == '_')
            c = '-';
        if (!is_letter(c) && !is_digit(c) && c != '-')
            return 0;
        tag[n] = c;
    }
    return n;
}

/* The two letters that stand for a language's two or three, into `two`. Zero when there are none. */
static int find_two(const char *code, size_t n, char two[2])
{
    for (size_t i = 0; n == 2 && i < N_WITHDRAWN; i++)
        if (memcmp(withdrawn[i], code, 2) == 0)
            return memcpy(two, withdrawn[i] + 2, 2) != NULL;
    for (size_t i = 0; i < N_CODES; i++)
        if (memcmp(n == 2 ? codes[i] + 3 : codes[i], code, n) == 0)
            return memcpy(two, codes[i] + 3, 2) != NULL;
    return 0;
}

/* What a subtag is, in the order in which they may come. */
enum part { LANGUAGE, EXTENDED, SCRIPT, REGION, VARIANT, EXTENSION, PRIVATE, WRONG };

static enum part part_of(const char *subtag, size_t n, enum part before)
{
    if (n < 1 || n > 8)
        return WRONG;
    if (before == PRIVATE || (n == 1 && subtag[0] == 'x'))
        return PRIVATE;
    if (before == EXTENSION || n == 1)
        return EXTENSION;
    if (before <= EXTENDED && n == 3 && are_letters(subtag, n))
        return EXTENDED;
    if (before <= EXTENDED && n == 4 && are_letters(subtag, n))
        return SCRIPT;
    if (before <= SCRIPT && ((n == 2 && are_letters(subtag, n)) || (n == 3 && are_digits(subtag, n))))
        return REGION;
    return n >= 5 || (n == 4 && is_digit(subtag[0])) ? VARIANT : WRONG;
}

static void to_upper(char *text, size_t n)
{
    for (size_t i = 0; i < n; i++)
        if (is_letter(text[i]))
            text[i] = (char)(text[i] & ~0x20);
}

/* The subtags behind the language: their order, and their case. Zero when one can't stand where it does. */
static int set_case(char *tag, size_t length, size_t at)
{
    enum part before = LANGUAGE;

    while (at < length) {
        char *subtag = tag + at + 1; /* behind the hyphen */
        const char *end = memchr(subtag, '-', length - at - 1);
        size_t n = end ? (size_t)(end - subtag) : length - at - 1;
        enum part part = part_of(subtag, n, before);
        if (part == WRONG || (n == 1 && !end && before != PRIVATE)) /* a single letter announces something */
            return 0;
        if (part == SCRIPT)
            to_upper(subtag, 1);
        if (part == REGION)
            to_upper(subtag, n);
        before = part;
        at += 1 + n;
    }
    return 1;
}

static int is_one_of(const char *tag, size_t n, const char *const *words)
{
    for (; *words; words++)
        if (strlen(*words) == n && memcmp(*words, tag, n) == 0)
            return 1;
    return 0;
}

enum td_lang td_lang_canonical(const char *given, size_t length, char *tag, size_t *tag_length)
{
    static const char *const nothing[] = { "und", "mul", "zxx", "c", "posix", NULL };
    size_t n = copy_lower(given, length, tag);
    const char *hyphen = memchr(tag, '-', n);
    size_t language = hyphen ? (size_t)(hyphen - tag) : n;
    char two[2];

    *tag_length = 0;
    if (length == 0 || is_one_of(tag, language, nothing))
        return TD_LANG_NONE;
    if (language < 2 || language > 3 || !are_letters(tag, language) || !set_case(tag, n, language))
        return TD_LANG_NO_TAG;
    int has_two = find_two(tag, language, two);
    if (language == 2 && !has_two)
        return TD_LANG_NO_CODE;
    if (has_two) {
        memcpy(tag, two, 2);
        memmove(tag + 2, tag + language, n - language);
        n -= language - 2;
    }
    *tag_length = n;
    return TD_LANG_TAG;
}

int td_lang_is_canonical(const char *code, size_t length)
{
    char tag[64] = "";
    size_t n;

    if (length > sizeof tag)
        return 0;
    if (length == 3 && memcmp(code, "und", 3) == 0)
        return 1;
    return td_lang_canonical(code, length, tag, &n) == TD_LANG_TAG && n == length && memcmp(tag, code, n) == 0;
}
