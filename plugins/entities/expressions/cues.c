/* cues.c: see cues.h. */
#include "plugins/entities/expressions/cues.h"

#include <stdbool.h>
#include <string.h>

#include "plugins/lib/character.h"

#define MOST_WORDS 5u
#define WORD_BYTES 16u /* more than the longest has */

/* What a word says. */
enum {
    PHONE = 1,    /* a telephone number may follow */
    LETTER = 2,   /* the same, but only with a colon: "T: 020 …" */
    FILLER = 4,   /* may stand between such a word and the number */
    MARKED = 8,   /* other things that have numbers */
    STRONG = 16,  /* those behind which digits are never a number of something */
    NUMBER = 32,  /* "no.": what is counted has a number */
    BOOK = 64,    /* of a Bible or the like */
    FLIGHT = 128, /**/
};

/* In the order of the alphabet. */
static const struct cue_word {
    char word[WORD_BYTES]; /* zeros behind it */
    uint8_t says;
} cue_words[] = {
    { "a", FILLER },
    { "account", MARKED },
    { "acct", MARKED },
    { "acts", BOOK },
    { "amos", BOOK },
    { "and", FILLER },
    { "article", MARKED },
    { "arxiv", STRONG },
    { "asin", STRONG },
    { "at", FILLER },
    { "baruch", BOOK },
    { "batch", MARKED },
    { "bic", STRONG },
    { "bill", MARKED },
    { "booking", MARKED },
    { "bug", MARKED },
    { "business", FILLER },
    { "by", FILLER },
    { "c", LETTER },
    { "call", PHONE },
    { "callback", PHONE },
    { "calling", PHONE },
    { "calls", PHONE },
    { "card", MARKED },
    { "cas", STRONG },
    { "case", MARKED },
    { "cell", PHONE },
    { "cellphone", PHONE },
    { "chr", BOOK },
    { "chron", BOOK },
    { "chronicles", BOOK },
    { "claim", MARKED },
    { "client", MARKED },
    { "code", MARKED | NUMBER },
    { "col", BOOK },
    { "colossians", BOOK },
    { "confirmation", MARKED },
    { "contact", PHONE },
    { "contract", MARKED },
    { "cor", BOOK },
    { "corinthians", BOOK },
    { "cusip", STRONG },
    { "customer", MARKED },
    { "cve", STRONG },
    { "d", LETTER },
    { "dan", BOOK },
    { "daniel", BOOK },
    { "dea", STRONG },
    { "deut", BOOK },
    { "deuteronomy", BOOK },
    { "dial", PHONE },
    { "din", STRONG },
    { "direct", FILLER },
    { "docket", MARKED },
    { "doi", STRONG },
    { "ean", STRONG },
    { "eccl", BOOK },
    { "ecclesiastes", BOOK },
    { "ein", STRONG },
    { "emergency", FILLER },
    { "employee", MARKED },
    { "employer", MARKED },
    { "eph", BOOK },
    { "ephesians", BOOK },
    { "esth", BOOK },
    { "esther", BOOK },
    { "ex", BOOK },
    { "exod", BOOK },
    { "exodus", BOOK },
    { "ezek", BOOK },
    { "ezekiel", BOOK },
    { "ezra", BOOK },
    { "f", LETTER },
    { "fax", PHONE },
    { "file", MARKED },
    { "flight", FLIGHT },
    { "flights", FLIGHT },
    { "fon", PHONE },
    { "fono", PHONE },
    { "form", MARKED },
    { "free", FILLER },
    { "gal", BOOK },
    { "galatians", BOOK },
    { "gen", BOOK },
    { "genesis", BOOK },
    { "guid", STRONG },
    { "h", LETTER },
    { "hab", BOOK },
    { "habakkuk", BOOK },
    { "hag", BOOK },
    { "haggai", BOOK },
    { "handy", PHONE },
    { "heb", BOOK },
    { "hebrews", BOOK },
    { "helpline", PHONE },
    { "her", FILLER },
    { "here", FILLER },
    { "him", FILLER },
    { "his", FILLER },
    { "home", FILLER },
    { "hos", BOOK },
    { "hosea", BOOK },
    { "hotline", PHONE },
    { "iban", STRONG },
    { "iccid", STRONG },
    { "id", MARKED | STRONG | NUMBER },
    { "iec", STRONG },
    { "ieee", STRONG },
    { "imei", STRONG },
    { "invoice", MARKED },
    { "is", FILLER },
    { "isa", BOOK },
    { "isaiah", BOOK },
    { "isbn", STRONG },
    { "isin", STRONG },
    { "iso", STRONG },
    { "issn", STRONG },
    { "issue", MARKED },
    { "item", MARKED },
    { "james", BOOK },
    { "jas", BOOK },
    { "jer", BOOK },
    { "jeremiah", BOOK },
    { "jn", BOOK },
    { "job", MARKED | BOOK },
    { "joel", BOOK },
    { "john", BOOK },
    { "jonah", BOOK },
    { "josh", BOOK },
    { "joshua", BOOK },
    { "jude", BOOK },
    { "judg", BOOK },
    { "judges", BOOK },
    { "judith", BOOK },
    { "kgs", BOOK },
    { "kings", BOOK },
    { "koran", BOOK },
    { "lam", BOOK },
    { "lamentations", BOOK },
    { "landline", PHONE },
    { "lev", BOOK },
    { "leviticus", BOOK },
    { "licence", MARKED },
    { "license", MARKED },
    { "line", FILLER },
    { "lk", BOOK },
    { "lot", MARKED },
    { "luke", BOOK },
    { "m", LETTER },
    { "macc", BOOK },
    { "maccabees", BOOK },
    { "mal", BOOK },
    { "malachi", BOOK },
    { "mark", BOOK },
    { "matt", BOOK },
    { "matthew", BOOK },
    { "md5", STRONG },
    { "me", FILLER },
    { "member", MARKED },
    { "membership", MARKED },
    { "mic", BOOK },
    { "micah", BOOK },
    { "mk", BOOK },
    { "mob", PHONE },
    { "mobile", PHONE },
    { "model", MARKED },
    { "mt", BOOK },
    { "my", FILLER },
    { "nah", BOOK },
    { "nahum", BOOK },
    { "nct", STRONG },
    { "ndc", STRONG },
    { "neh", BOOK },
    { "nehemiah", BOOK },
    { "new", FILLER },
    { "no", FILLER | NUMBER },
    { "nos", FILLER | NUMBER },
    { "now", FILLER },
    { "npi", STRONG },
    { "nr", FILLER | NUMBER },
    { "num", FILLER | NUMBER | BOOK },
    { "number", FILLER | NUMBER },
    { "numbers", FILLER | NUMBER | BOOK },
    { "o", LETTER },
    { "obad", BOOK },
    { "obadiah", BOOK },
    { "office", FILLER },
    { "on", FILLER },
    { "or", FILLER },
    { "orcid", STRONG },
    { "order", MARKED },
    { "orders", MARKED },
    { "our", FILLER },
    { "p", LETTER },
    { "pager", PHONE },
    { "parcel", MARKED },
    { "part", MARKED },
    { "passport", MARKED },
    { "patent", MARKED },
    { "pep", STRONG },
    { "permit", MARKED },
    { "personal", FILLER },
    { "pet", BOOK },
    { "peter", BOOK },
    { "ph", PHONE },
    { "phil", BOOK },
    { "philemon", BOOK },
    { "philippians", BOOK },
    { "phlm", BOOK },
    { "phone", PHONE },
    { "phones", PHONE },
    { "pin", MARKED },
    { "please", FILLER },
    { "pmid", STRONG },
    { "po", MARKED },
    { "policy", MARKED },
    { "postal", MARKED },
    { "private", FILLER },
    { "product", MARKED },
    { "prov", BOOK },
    { "proverbs", BOOK },
    { "ps", BOOK },
    { "psa", BOOK },
    { "psalm", BOOK },
    { "psalms", BOOK },
    { "purchase", MARKED },
    { "quran", BOOK },
    { "reach", PHONE },
    { "receipt", MARKED },
    { "ref", MARKED },
    { "reference", MARKED },
    { "reg", MARKED },
    { "registration", MARKED },
    { "request", MARKED },
    { "reservation", MARKED },
    { "rev", BOOK },
    { "revelation", BOOK },
    { "rfc", STRONG },
    { "ring", PHONE },
    { "rom", BOOK },
    { "romans", BOOK },
    { "routing", MARKED },
    { "ruth", BOOK },
    { "s", FILLER },
    { "sam", BOOK },
    { "samuel", BOOK },
    { "serial", MARKED },
    { "sha", STRONG },
    { "sha1", STRONG },
    { "sha256", STRONG },
    { "shipment", MARKED },
    { "sir", BOOK },
    { "sirach", BOOK },
    { "sku", STRONG },
    { "sort", MARKED },
    { "ssn", STRONG },
    { "student", MARKED },
    { "sura", BOOK },
    { "surah", BOOK },
    { "swift", MARKED },
    { "t", LETTER },
    { "tel", PHONE },
    { "telefax", PHONE },
    { "telefon", PHONE },
    { "telefone", PHONE },
    { "telefono", PHONE },
    { "telephone", PHONE },
    { "telephones", PHONE },
    { "tf", LETTER },
    { "the", FILLER },
    { "them", FILLER },
    { "thess", BOOK },
    { "thessalonians", BOOK },
    { "ticket", MARKED },
    { "tim", BOOK },
    { "timothy", BOOK },
    { "titus", BOOK },
    { "to", FILLER },
    { "tobit", BOOK },
    { "today", FILLER },
    { "toll", FILLER },
    { "tracking", MARKED },
    { "transaction", MARKED },
    { "uid", STRONG },
    { "upc", STRONG },
    { "us", FILLER },
    { "us:", FILLER },
    { "uuid", STRONG },
    { "vat", STRONG },
    { "via", FILLER },
    { "vin", STRONG },
    { "voicemail", PHONE },
    { "w", LETTER },
    { "whatsapp", PHONE },
    { "wisdom", BOOK },
    { "work", FILLER },
    { "your", FILLER },
    { "zech", BOOK },
    { "zechariah", BOOK },
    { "zeph", BOOK },
    { "zephaniah", BOOK },
    { "zip", MARKED },
};

/* Eight bytes as a number that is in their order. */
static uint64_t in_order(const char *bytes)
{
    uint64_t eight;

    memcpy(&eight, bytes, sizeof eight);
#if __BYTE_ORDER__ == __ORDER_LITTLE_ENDIAN__
    eight = __builtin_bswap64(eight);
#endif
    return eight;
}

/* What the word says; 0: nothing. */
static uint8_t look_up(const char *word, uint32_t length)
{
    uint32_t low = 0, high = sizeof cue_words / sizeof cue_words[0];
    char key[WORD_BYTES] = "";
    uint64_t first, rest;

    if (length == 0 || length > WORD_BYTES)
        return 0;
    for (uint32_t i = 0; i < length; i++)
        key[i] = char_to_lower(word[i]);
    first = in_order(key);
    rest = in_order(key + 8);
    while (low < high) {
        uint32_t middle = low + (high - low) / 2;
        uint64_t head = in_order(cue_words[middle].word), tail = in_order(cue_words[middle].word + 8);

        if (first == head && rest == tail)
            return cue_words[middle].says;
        if (first < head || (first == head && rest < tail))
            high = middle;
        else
            low = middle + 1;
    }
    return 0;
}

/* The word that ends at `end`, behind blanks and signs; `start` of it. Lines are borders. */
static bool word_before(const char *text, uint32_t floor, uint32_t *end, uint32_t *start, bool *colon, bool *mark)
{
    uint32_t at = *end;

    *colon = *mark = false;
    for (; at > floor; at--) {
        char c = text[at - 1];

        *colon |= c == ':';
        *mark |= c == '#';
        if (c != ' ' && c != ':' && c != '.' && c != '#' && c != '(' && c != '=' && c != '\t' && c != '*' && c != '-' &&
            c != '|' && c != '/' && c != '[' && c != '+')
            break;
        if (*end - at > 6)
            return false;
    }
    *end = at;
    while (at > floor && (char_is_lower(text[at - 1] | 0x20) || char_is_digit(text[at - 1])) && *end - at <= WORD_BYTES)
        at--;
    *start = at;
    return at < *end;
}

enum cue cue_before(const char *text, uint32_t floor, uint32_t at)
{
    uint32_t end = at, start;
    bool colon = false, mark = false, was_number = false, c, m;

    for (uint32_t i = 0; i < MOST_WORDS; i++) {
        uint8_t says;

        if (!word_before(text, floor, &end, &start, &c, &m))
            return CUE_NONE;
        says = look_up(text + start, end - start);
        colon |= c;
        mark |= m;
        if (i == 0 && says & BOOK && char_is_upper(text[start]) && !c && !m)
            return CUE_BOOK;
        if (says & FLIGHT)
            return CUE_FLIGHT;
        if (says & PHONE || (i == 0 && c && says & LETTER))
            return CUE_PHONE;
        if (says & STRONG)
            return CUE_OTHER;
        if (says & MARKED)
            return mark || was_number ? CUE_OTHER : colon || i == 0 ? CUE_MAYBE : CUE_NONE;
        was_number |= says & NUMBER;
        if (!(says & FILLER) && !(i == 0 && end - start == 2 && char_is_upper(text[start + 1])))
            return CUE_NONE; /* two capitals may be an airline's */
        end = start;
    }
    return CUE_NONE;
}
