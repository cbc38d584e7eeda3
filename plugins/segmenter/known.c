/* known.c: what is known of English words: abbreviations, prefixes, words that are two. See words.h. */
#include <stddef.h>

#include "plugins/lib/character.h"
#include "plugins/segmenter/words.h"

/* ---- Abbreviations and prefixes --------------------------------------------------------------------------------------- */

enum {
    PERIOD = 1,  /* a period behind it is its own */
    CAPITAL = 2, /* the same, but only with a capital: it is a word, too */
    NUMBER = 4,  /* the same, but only before a number */
    HYPHEN = 8,  /* a prefix that its hyphen joins to the next word: "co-worker", "e-mail" */
};

/* In the order of the alphabet; of at most seven letters. */
static const struct known_word {
    char word[8];
    uint8_t flags;
} known_words[] = {
    { "adm", PERIOD },
    { "al", PERIOD },
    { "ala", PERIOD },
    { "ante", HYPHEN },
    { "anti", HYPHEN },
    { "approx", PERIOD },
    { "apr", CAPITAL },
    { "arch", HYPHEN },
    { "ariz", PERIOD },
    { "ark", PERIOD },
    { "arr", PERIOD },
    { "arrv", PERIOD },
    { "art", CAPITAL },
    { "assn", PERIOD },
    { "attn", PERIOD },
    { "aug", PERIOD },
    { "ave", PERIOD },
    { "avg", PERIOD },
    { "b", NUMBER },
    { "b.sc", PERIOD },
    { "bi", HYPHEN },
    { "bio", HYPHEN },
    { "blvd", PERIOD },
    { "bros", PERIOD },
    { "c", NUMBER },
    { "ca", PERIOD },
    { "calif", PERIOD },
    { "capt", PERIOD },
    { "cf", PERIOD },
    { "ch", NUMBER },
    { "cl", NUMBER },
    { "cmdr", PERIOD },
    { "co", PERIOD | HYPHEN },
    { "col", PERIOD },
    { "colo", PERIOD },
    { "conf", PERIOD },
    { "conn", PERIOD },
    { "corp", PERIOD },
    { "counter", HYPHEN },
    { "cpt", PERIOD },
    { "cross", HYPHEN },
    { "cu", PERIOD },
    { "d", NUMBER },
    { "de", HYPHEN },
    { "dec", PERIOD },
    { "del", CAPITAL },
    { "dept", PERIOD },
    { "dist", PERIOD },
    { "div", PERIOD },
    { "dr", PERIOD },
    { "drs", PERIOD },
    { "e", HYPHEN },
    { "ed", PERIOD },
    { "eds", PERIOD },
    { "electro", HYPHEN },
    { "eng", CAPITAL },
    { "epis", CAPITAL },
    { "eq", PERIOD },
    { "eqs", PERIOD },
    { "esq", PERIOD },
    { "est", PERIOD },
    { "etc", PERIOD },
    { "ex", HYPHEN },
    { "excl", PERIOD },
    { "ext", PERIOD },
    { "extra", HYPHEN },
    { "feb", PERIOD },
    { "fig", PERIOD },
    { "figs", PERIOD },
    { "fla", PERIOD },
    { "fr", PERIOD },
    { "fri", PERIOD },
    { "ft", PERIOD },
    { "ga", PERIOD },
    { "gen", PERIOD },
    { "gov", PERIOD },
    { "hm", HYPHEN },
    { "hon", PERIOD },
    { "hr", PERIOD },
    { "hrs", PERIOD },
    { "hum", CAPITAL },
    { "hwy", PERIOD },
    { "hyper", HYPHEN },
    { "ibid", PERIOD },
    { "ill", PERIOD },
    { "inc", PERIOD },
    { "incl", PERIOD },
    { "ind", CAPITAL },
    { "infra", HYPHEN },
    { "insp", PERIOD },
    { "inter", HYPHEN },
    { "intra", HYPHEN },
    { "jan", PERIOD },
    { "jr", PERIOD },
    { "jul", CAPITAL },
    { "jun", CAPITAL },
    { "kan", PERIOD },
    { "ky", PERIOD },
    { "la", CAPITAL },
    { "lb", PERIOD },
    { "lbs", PERIOD },
    { "llc", PERIOD },
    { "lt", PERIOD },
    { "ltd", PERIOD },
    { "lv", PERIOD },
    { "m", NUMBER },
    { "m.sc", PERIOD },
    { "macro", HYPHEN },
    { "maj", PERIOD },
    { "mar", CAPITAL },
    { "mass", CAPITAL },
    { "max", PERIOD },
    { "md", CAPITAL },
    { "mega", HYPHEN },
    { "messrs", PERIOD },
    { "meta", HYPHEN },
    { "mich", PERIOD },
    { "micro", HYPHEN },
    { "mid", HYPHEN },
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
    { "mr", PERIOD },
    { "mrs", PERIOD },
    { "ms", PERIOD },
    { "msgr", PERIOD },
    { "mt", PERIOD },
    { "multi", HYPHEN },
    { "mx", PERIOD },
    { "naqsh", HYPHEN },
    { "neb", PERIOD },
    { "neo", HYPHEN },
    { "neuro", HYPHEN },
    { "nev", PERIOD },
    { "no", NUMBER },
    { "non", HYPHEN },
    { "nos", PERIOD },
    { "nov", PERIOD },
    { "oct", PERIOD },
    { "oh", HYPHEN },
    { "okla", PERIOD },
    { "op", CAPITAL },
    { "ore", PERIOD },
    { "over", HYPHEN },
    { "oz", PERIOD },
    { "p", NUMBER },
    { "pa", CAPITAL },
    { "pan", HYPHEN },
    { "para", CAPITAL | HYPHEN },
    { "penn", PERIOD },
    { "ph", PERIOD },
    { "ph.d", PERIOD },
    { "plc", PERIOD },
    { "poly", HYPHEN },
    { "post", HYPHEN },
    { "pp", PERIOD },
    { "pre", HYPHEN },
    { "pro", HYPHEN },
    { "prof", PERIOD },
    { "proto", HYPHEN },
    { "pseudo", HYPHEN },
    { "psycho", HYPHEN },
    { "pt", PERIOD },
    { "qt", PERIOD },
    { "quasi", HYPHEN },
    { "rd", PERIOD },
    { "re", HYPHEN },
    { "refrig", PERIOD },
    { "rep", PERIOD },
    { "reps", PERIOD },
    { "resp", PERIOD },
    { "rev", PERIOD },
    { "sat", CAPITAL },
    { "sec", NUMBER },
    { "semi", HYPHEN },
    { "sen", PERIOD },
    { "sep", PERIOD },
    { "sept", PERIOD },
    { "sgt", PERIOD },
    { "socio", HYPHEN },
    { "spec", CAPITAL },
    { "sq", PERIOD },
    { "sr", PERIOD },
    { "st", PERIOD },
    { "sub", HYPHEN },
    { "sun", CAPITAL },
    { "super", HYPHEN },
    { "supra", HYPHEN },
    { "supt", PERIOD },
    { "sur", HYPHEN },
    { "techno", HYPHEN },
    { "tel", PERIOD },
    { "tele", HYPHEN },
    { "temp", PERIOD },
    { "tenn", PERIOD },
    { "tex", PERIOD },
    { "thu", PERIOD },
    { "thur", PERIOD },
    { "thurs", PERIOD },
    { "trans", HYPHEN },
    { "tri", HYPHEN },
    { "tue", PERIOD },
    { "tues", PERIOD },
    { "uh", HYPHEN },
    { "ultra", HYPHEN },
    { "un", HYPHEN },
    { "under", HYPHEN },
    { "uni", HYPHEN },
    { "univ", PERIOD },
    { "v", NUMBER },
    { "va", CAPITAL },
    { "ver", NUMBER },
    { "viz", PERIOD },
    { "vol", PERIOD },
    { "vols", PERIOD },
    { "vs", PERIOD },
    { "wash", CAPITAL },
    { "wed", CAPITAL },
    { "wis", PERIOD },
    { "wk", PERIOD },
    { "wks", PERIOD },
    { "wyo", PERIOD },
    { "yr", PERIOD },
    { "yrs", PERIOD },
};

/* A word as a number, its first letter highest, so that numbers are ordered as words are. */
static uint64_t word_number(const char bytes[8])
{
    uint64_t number;

    memcpy(&number, bytes, 8);
#if __BYTE_ORDER__ == __ORDER_LITTLE_ENDIAN__
    number = __builtin_bswap64(number);
#endif
    return number;
}

/* The flags of a word of any case. */
static uint32_t known_flags(const char *word, uint32_t length)
{
    const struct known_word *at = known_words;
    char lower[8] = { 0 };

    if (length >= sizeof lower)
        return 0;
    for (uint32_t i = 0; i < length; i++)
        lower[i] = (char)(word[i] | 0x20);
    uint64_t number = word_number(lower);
    for (size_t n = sizeof known_words / sizeof known_words[0]; n > 1; n -= n / 2) {
        const struct known_word *middle = at + n / 2;
        at = word_number(middle->word) <= number ? middle
                                                 : at; /* without a branch, which would be wrong half of the time */
    }
    return word_number(at->word) == number ? at->flags : 0;
}

enum abbreviation word_abbreviation(const char *word, uint32_t length)
{
    uint32_t flags = known_flags(word, length);

    if ((flags & PERIOD) || ((flags & CAPITAL) && char_is_upper(word[0])))
        return ABBREVIATION_SURE;
    return flags & NUMBER ? ABBREVIATION_NUMBERED : ABBREVIATION_NONE;
}

int word_is_prefix(const char *word, uint32_t length)
{
    return (known_flags(word, length) & HYPHEN) != 0;
}

/* ---- Endings of names ------------------------------------------------------------------------------------------------- */

static const char domains[] = "com org net edu gov mil int info biz name co io ai uk us de fr eu ca au nz jp cn in it "
                              "es nl ch se no fi dk at be pl ru br mx "
                              "tv me ly fm app dev tw kr za ie il";

static const char file_endings[] = "txt pdf doc docx xls xlsx ppt pptx htm html php asp aspx jsp jpg jpeg png gif svg "
                                   "bmp zip gz tar tgz exe dll csv xml json yaml "
                                   "yml mp3 mp4 avi wav mov url py js css sh md tex log ini cfg sql db bak";

/* Whether the word, of any case, is in the list: words between blanks, in lower case. */
static int has_word(const char *list, const char *word, uint32_t length)
{
    while (*list) {
        uint32_t same = 0;
        while (same < length && list[same] == char_to_lower(word[same]))
            same++;
        if (same == length && (list[same] == ' ' || !list[same]))
            return 1;
        while (*list && *list++ != ' ')
            ;
    }
    return 0;
}

int word_is_domain(const char *word, uint32_t length)
{
    return has_word(domains, word, length);
}

int word_is_file_ending(const char *word, uint32_t length)
{
    return has_word(file_endings, word, length);
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
