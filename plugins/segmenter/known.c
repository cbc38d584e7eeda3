/* known.c: what is known of English words: abbreviations, prefixes, words that are two. See known.h. */
#include <stddef.h>

#include "plugins/lib/character.h"
#include "plugins/segmenter/known.h"

/* ---- Abbreviations, prefixes, endings of names ----------------------------------------------------------------------------- */

enum {
    PERIOD = 1,       /* a period behind it is its own */
    CAPITAL = 2,      /* the same, but only with a capital: it is a word, too */
    NUMBER = 4,       /* the same, but only before a number */
    HYPHEN = 8,       /* a prefix that its hyphen joins to the next word: "co-worker", "e-mail" */
    DOMAIN = 16,      /* a top-level domain */
    FILE_ENDING = 32, /* the end of a file's name */
};

/* In the order of the alphabet; of at most seven letters. */
static const struct known_word {
    char word[8];
    uint8_t flags;
} known_words[] = {
    { "adm", PERIOD },
    { "ai", DOMAIN },
    { "al", PERIOD },
    { "ala", PERIOD },
    { "ante", HYPHEN },
    { "anti", HYPHEN },
    { "app", DOMAIN },
    { "approx", PERIOD },
    { "apr", CAPITAL },
    { "apt", CAPITAL },
    { "arch", HYPHEN },
    { "ariz", PERIOD },
    { "ark", PERIOD },
    { "arr", PERIOD },
    { "arrv", PERIOD },
    { "art", CAPITAL },
    { "asp", FILE_ENDING },
    { "aspx", FILE_ENDING },
    { "assn", PERIOD },
    { "at", DOMAIN },
    { "attn", PERIOD },
    { "au", DOMAIN },
    { "aug", PERIOD },
    { "ave", PERIOD },
    { "avg", PERIOD },
    { "avi", FILE_ENDING },
    { "b", NUMBER },
    { "b.sc", PERIOD },
    { "bak", FILE_ENDING },
    { "be", DOMAIN },
    { "bi", HYPHEN },
    { "bio", HYPHEN },
    { "biz", DOMAIN },
    { "blvd", PERIOD },
    { "bmp", FILE_ENDING },
    { "br", DOMAIN },
    { "bros", PERIOD },
    { "c", NUMBER },
    { "ca", PERIOD | DOMAIN },
    { "calif", PERIOD },
    { "capt", PERIOD },
    { "cf", PERIOD },
    { "cfg", FILE_ENDING },
    { "ch", NUMBER | DOMAIN },
    { "cl", NUMBER },
    { "cmdr", PERIOD },
    { "cn", DOMAIN },
    { "co", PERIOD | HYPHEN | DOMAIN },
    { "col", PERIOD },
    { "colo", PERIOD },
    { "com", DOMAIN },
    { "conf", PERIOD },
    { "conn", PERIOD },
    { "corp", PERIOD },
    { "counter", HYPHEN },
    { "cpt", PERIOD },
    { "cross", HYPHEN },
    { "css", FILE_ENDING },
    { "csv", FILE_ENDING },
    { "cu", PERIOD },
    { "d", NUMBER },
    { "db", FILE_ENDING },
    { "de", HYPHEN | DOMAIN },
    { "dec", PERIOD },
    { "del", CAPITAL },
    { "dept", PERIOD },
    { "dev", DOMAIN },
    { "dist", PERIOD },
    { "div", PERIOD },
    { "dk", DOMAIN },
    { "dll", FILE_ENDING },
    { "doc", FILE_ENDING },
    { "docx", FILE_ENDING },
    { "dr", PERIOD },
    { "drs", PERIOD },
    { "e", HYPHEN },
    { "ed", PERIOD },
    { "eds", PERIOD },
    { "edu", DOMAIN },
    { "electro", HYPHEN },
    { "eng", CAPITAL },
    { "epis", CAPITAL },
    { "eq", PERIOD },
    { "eqs", PERIOD },
    { "es", DOMAIN },
    { "esq", PERIOD },
    { "est", PERIOD },
    { "etc", PERIOD },
    { "eu", DOMAIN },
    { "ex", HYPHEN },
    { "excl", PERIOD },
    { "exe", FILE_ENDING },
    { "ext", PERIOD },
    { "extra", HYPHEN },
    { "feb", PERIOD },
    { "fi", DOMAIN },
    { "fig", NUMBER },
    { "figs", PERIOD },
    { "fla", PERIOD },
    { "fm", DOMAIN },
    { "fr", PERIOD | DOMAIN },
    { "fri", PERIOD },
    { "ft", PERIOD },
    { "ga", PERIOD },
    { "gen", PERIOD },
    { "gif", FILE_ENDING },
    { "gov", PERIOD | DOMAIN },
    { "gz", FILE_ENDING },
    { "hm", HYPHEN },
    { "hon", PERIOD },
    { "hr", PERIOD },
    { "hrs", PERIOD },
    { "htm", FILE_ENDING },
    { "html", FILE_ENDING },
    { "hum", CAPITAL },
    { "hwy", PERIOD },
    { "hyper", HYPHEN },
    { "ibid", PERIOD },
    { "ie", DOMAIN },
    { "il", DOMAIN },
    { "ill", CAPITAL },
    { "in", DOMAIN },
    { "inc", PERIOD },
    { "incl", PERIOD },
    { "ind", CAPITAL },
    { "info", DOMAIN },
    { "infra", HYPHEN },
    { "ini", FILE_ENDING },
    { "insp", PERIOD },
    { "int", DOMAIN },
    { "inter", HYPHEN },
    { "intra", HYPHEN },
    { "io", DOMAIN },
    { "it", DOMAIN },
    { "jan", PERIOD },
    { "jp", DOMAIN },
    { "jpeg", FILE_ENDING },
    { "jpg", FILE_ENDING },
    { "jr", PERIOD },
    { "js", FILE_ENDING },
    { "json", FILE_ENDING },
    { "jsp", FILE_ENDING },
    { "jul", CAPITAL },
    { "jun", CAPITAL },
    { "kan", PERIOD },
    { "kr", DOMAIN },
    { "ky", PERIOD },
    { "la", CAPITAL },
    { "lb", PERIOD },
    { "lbs", PERIOD },
    { "llc", PERIOD },
    { "log", FILE_ENDING },
    { "lt", PERIOD },
    { "ltd", PERIOD },
    { "lv", PERIOD },
    { "ly", DOMAIN },
    { "m", NUMBER },
    { "m.sc", PERIOD },
    { "macro", HYPHEN },
    { "maj", PERIOD },
    { "mar", CAPITAL },
    { "mass", CAPITAL },
    { "max", PERIOD },
    { "md", CAPITAL | FILE_ENDING },
    { "me", DOMAIN },
    { "mega", HYPHEN },
    { "messrs", PERIOD },
    { "meta", HYPHEN },
    { "mich", PERIOD },
    { "micro", HYPHEN },
    { "mid", HYPHEN },
    { "mil", DOMAIN },
    { "min", PERIOD },
    { "mini", HYPHEN },
    { "minn", PERIOD },
    { "misc", PERIOD },
    { "miss", CAPITAL },
    { "mlle", PERIOD },
    { "mm", HYPHEN },
    { "mme", PERIOD },
    { "mo", CAPITAL },
    { "mon", CAPITAL },
    { "mono", HYPHEN },
    { "mont", PERIOD },
    { "mov", FILE_ENDING },
    { "mp3", FILE_ENDING },
    { "mp4", FILE_ENDING },
    { "mr", PERIOD },
    { "mrs", PERIOD },
    { "ms", PERIOD },
    { "msgr", PERIOD },
    { "mt", PERIOD },
    { "multi", HYPHEN },
    { "mx", PERIOD | DOMAIN },
    { "name", DOMAIN },
    { "naqsh", HYPHEN },
    { "neb", PERIOD },
    { "neo", HYPHEN },
    { "net", DOMAIN },
    { "neuro", HYPHEN },
    { "nev", PERIOD },
    { "nl", DOMAIN },
    { "no", NUMBER | DOMAIN },
    { "non", HYPHEN },
    { "nos", PERIOD },
    { "nov", PERIOD },
    { "nz", DOMAIN },
    { "oct", PERIOD },
    { "oh", HYPHEN },
    { "okla", PERIOD },
    { "op", CAPITAL },
    { "ore", PERIOD },
    { "org", DOMAIN },
    { "over", HYPHEN },
    { "oz", PERIOD },
    { "p", NUMBER },
    { "pa", CAPITAL },
    { "pan", HYPHEN },
    { "para", CAPITAL | HYPHEN },
    { "pdf", FILE_ENDING },
    { "penn", PERIOD },
    { "ph", PERIOD },
    { "ph.d", PERIOD },
    { "php", FILE_ENDING },
    { "pl", DOMAIN },
    { "plc", PERIOD },
    { "png", FILE_ENDING },
    { "poly", HYPHEN },
    { "post", HYPHEN },
    { "pp", PERIOD },
    { "ppt", FILE_ENDING },
    { "pptx", FILE_ENDING },
    { "pre", HYPHEN },
    { "pro", HYPHEN },
    { "prof", PERIOD },
    { "proto", HYPHEN },
    { "pseudo", HYPHEN },
    { "psycho", HYPHEN },
    { "pt", PERIOD },
    { "py", FILE_ENDING },
    { "qt", PERIOD },
    { "quasi", HYPHEN },
    { "rd", PERIOD },
    { "re", HYPHEN },
    { "refrig", PERIOD },
    { "rep", PERIOD },
    { "reps", PERIOD },
    { "resp", PERIOD },
    { "rev", PERIOD },
    { "rs", CAPITAL },
    { "ru", DOMAIN },
    { "sat", CAPITAL },
    { "se", DOMAIN },
    { "sec", NUMBER },
    { "semi", HYPHEN },
    { "sen", PERIOD },
    { "sep", PERIOD },
    { "sept", PERIOD },
    { "sgt", PERIOD },
    { "sh", FILE_ENDING },
    { "socio", HYPHEN },
    { "spec", CAPITAL },
    { "sq", PERIOD },
    { "sql", FILE_ENDING },
    { "sr", PERIOD },
    { "st", PERIOD },
    { "sub", HYPHEN },
    { "sun", CAPITAL },
    { "super", HYPHEN },
    { "supra", HYPHEN },
    { "supt", PERIOD },
    { "sur", HYPHEN },
    { "svg", FILE_ENDING },
    { "tar", FILE_ENDING },
    { "tbsp", PERIOD },
    { "techno", HYPHEN },
    { "tel", PERIOD },
    { "tele", HYPHEN },
    { "temp", PERIOD },
    { "tenn", PERIOD },
    { "tex", PERIOD | FILE_ENDING },
    { "tgz", FILE_ENDING },
    { "thu", PERIOD },
    { "thur", PERIOD },
    { "thurs", PERIOD },
    { "trans", HYPHEN },
    { "tri", HYPHEN },
    { "tsp", PERIOD },
    { "tue", PERIOD },
    { "tues", PERIOD },
    { "tv", DOMAIN },
    { "tw", DOMAIN },
    { "txt", FILE_ENDING },
    { "uh", HYPHEN },
    { "uk", DOMAIN },
    { "ultra", HYPHEN },
    { "un", HYPHEN },
    { "under", HYPHEN },
    { "uni", HYPHEN },
    { "univ", PERIOD },
    { "url", FILE_ENDING },
    { "us", DOMAIN },
    { "v", PERIOD },
    { "va", CAPITAL },
    { "ver", NUMBER },
    { "viz", PERIOD },
    { "vol", PERIOD },
    { "vols", PERIOD },
    { "vs", PERIOD },
    { "wash", CAPITAL },
    { "wav", FILE_ENDING },
    { "wed", CAPITAL },
    { "wis", PERIOD },
    { "wk", PERIOD },
    { "wks", PERIOD },
    { "wyo", PERIOD },
    { "xls", FILE_ENDING },
    { "xlsx", FILE_ENDING },
    { "xml", FILE_ENDING },
    { "yaml", FILE_ENDING },
    { "yml", FILE_ENDING },
    { "yr", PERIOD },
    { "yrs", PERIOD },
    { "za", DOMAIN },
    { "zip", FILE_ENDING },
};

#define N_KNOWN (sizeof known_words / sizeof known_words[0])

/* How many of the words start with a letter before "a", "b", … "z"; and all. A test counts them. */
const uint16_t known_before[27] = {
    0,   26,  37,  60,  75,  94,  103, 108, 117, 134, 144, 147, 156, 194,
    207, 215, 240, 242, 251, 273, 293, 302, 309, 316, 319, 323, 325,
};

/* The words are compared as numbers whose highest byte is the first letter, since numbers are then ordered as words are. */
static uint64_t in_order(uint64_t key)
{
    return __builtin_bswap64(key);
}

static int is_short(uint32_t length)
{
    return length > 0 && length < sizeof known_words[0].word;
}

static uint32_t known_flags(uint64_t key)
{
    uint32_t letter = (uint32_t)(key & 0xFF) - 'a';

    if (letter >= 26)
        return 0;
    const struct known_word *at = known_words + known_before[letter];
    for (size_t n = known_before[letter + 1] - known_before[letter]; n > 1; n -= n / 2) {
        const struct known_word *middle = at + n / 2;
        at = in_order(bits_eight(middle->word)) <= in_order(key)
                 ? middle
                 : at; /* without a branch, which would be wrong half of the time */
    }
    return bits_eight(at->word) == key ? at->flags : 0;
}

enum abbreviation known_abbreviation(const char *word, uint32_t length, uint32_t left)
{
    uint32_t flags = is_short(length) ? known_flags(known_key(word, length, left)) : 0;

    if ((flags & PERIOD) || ((flags & CAPITAL) && char_is_upper(word[0])))
        return ABBREVIATION_SURE;
    return flags & NUMBER ? ABBREVIATION_NUMBERED : ABBREVIATION_NONE;
}

int known_is_prefix(const char *word, uint32_t length, uint32_t left)
{
    return is_short(length) && (known_flags(known_key(word, length, left)) & HYPHEN) != 0;
}

int known_is_domain(const char *word, uint32_t length, uint32_t left)
{
    return is_short(length) && (known_flags(known_key(word, length, left)) & DOMAIN) != 0;
}

int known_is_file_ending(const char *word, uint32_t length, uint32_t left)
{
    return is_short(length) && (known_flags(known_key(word, length, left)) & FILE_ENDING) != 0;
}

uint32_t known_count_before(uint32_t letter)
{
    uint32_t n = 0;

    while (n < N_KNOWN && known_words[n].word[0] < (char)('a' + letter))
        n++;
    return n;
}

/* ---- Words that are two ------------------------------------------------------------------------------------------------ */

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

#define LAST(letter) (1u << ((letter)&31))

const uint32_t fused_last_letters[16][32] = {
    [2]['i' & 31] = LAST('m'),
    [3]['h' & 31] = LAST('s'),
    [3]['i' & 31] = LAST('e'),
    [4]['a' & 31] = LAST('t'),
    [4]['c' & 31] = LAST('t'),
    [4]['d' & 31] = LAST('t'),
    [4]['i' & 31] = LAST('t'),
    [4]['s' & 31] = LAST('s'),
    [4]['w' & 31] = LAST('e') | LAST('t'),
    [5]['a' & 31] = LAST('t'),
    [5]['d' & 31] = LAST('o') | LAST('t'),
    [5]['g' & 31] = LAST('a') | LAST('e'),
    [5]['h' & 31] = LAST('s') | LAST('t'),
    [5]['k' & 31] = LAST('a'),
    [5]['l' & 31] = LAST('a') | LAST('e'),
    [5]['o' & 31] = LAST('a'),
    [5]['s' & 31] = LAST('a'),
    [5]['t' & 31] = LAST('s'),
    [5]['w' & 31] = LAST('a') | LAST('s') | LAST('t'),
    [5]['y' & 31] = LAST('e') | LAST('l'),
    [6]['c' & 31] = LAST('t'),
    [6]['d' & 31] = LAST('t'),
    [6]['h' & 31] = LAST('t'),
    [6]['t' & 31] = LAST('e') | LAST('l') | LAST('s'),
    [6]['w' & 31] = LAST('t'),
    [7]['c' & 31] = LAST('t'),
    [7]['w' & 31] = LAST('t'),
    [8]['s' & 31] = LAST('t'),
};
