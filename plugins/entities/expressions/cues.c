/* cues.c: see cues.h. */
#include "plugins/entities/expressions/cues.h"

#include <stdbool.h>
#include <string.h>
#include <strings.h>

#include "plugins/lib/character.h"

#define MOST_WORDS 5u
#define WORD_BYTES 16u

static bool is_in(const char *list, const char *word, uint32_t length)
{
    char key[WORD_BYTES + 3];

    if (length == 0 || length > WORD_BYTES)
        return false;
    key[0] = ' ';
    for (uint32_t i = 0; i < length; i++)
        key[i + 1] = char_to_lower(word[i]);
    key[length + 1] = ' ';
    key[length + 2] = '\0';
    return strstr(list, key) != NULL;
}

/* A telephone number may follow. */
static const char phones[] =
    " call calls calling phone phones telephone telephones tel telefon telefone telefono fax telefax mobile mob cell "
    "cellphone "
    "handy dial whatsapp hotline contact helpline landline pager ring reach ph fon fono voicemail callback ";
/* The same, but only with a colon: "T: 020 …". */
static const char letters[] = " t p m f h o w c d tf ";
/* What stands between such a word and the number. */
static const char fillers[] = " is me us him her them at on number numbers no nr num nos the our my your his line toll "
                              "free by now today to via or direct "
                              "office home work and us: here please s a new personal private business emergency ";
/* Other things that have numbers. */
static const char marked[] =
    " order orders invoice account acct case ticket claim form policy reference ref file contract customer client "
    "member "
    "membership serial tracking parcel shipment purchase po receipt booking reservation confirmation passport licence "
    "license "
    "card patent docket registration reg item part product article model batch lot bill job request issue bug permit "
    "routing sort swift student employee employer id transaction code pin zip postal ";
/* Those behind which digits are never a number of something. */
static const char strong[] = " isbn issn iban ssn sku ean upc asin imei vin ein vat cusip isin cve rfc iso iec ieee "
                             "pep pmid doi arxiv nct cas uuid guid md5 "
                             "sha sha1 sha256 iccid bic npi dea orcid ndc uid id din ";
static const char numbers[] = " no nr number numbers num nos id # code ";
static const char books[] = " genesis gen exodus exod ex leviticus lev numbers num deuteronomy deut joshua josh judges "
                            "judg ruth samuel sam kings kgs chronicles chron chr ezra "
                            "nehemiah neh esther esth job psalm psalms ps psa proverbs prov ecclesiastes eccl isaiah "
                            "isa jeremiah jer lamentations lam ezekiel ezek daniel dan "
                            "hosea hos joel amos obadiah obad jonah micah mic nahum nah habakkuk hab zephaniah zeph "
                            "haggai hag zechariah zech malachi mal matthew matt mt "
                            "mark mk luke lk john jn acts romans rom corinthians cor galatians gal ephesians eph "
                            "philippians phil colossians col thessalonians thess timothy "
                            "tim titus philemon phlm hebrews heb james jas peter pet jude revelation rev wisdom sirach "
                            "sir tobit judith maccabees macc baruch quran koran qur'an "
                            "surah sura ";

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
        uint32_t length;

        if (!word_before(text, floor, &end, &start, &c, &m))
            return CUE_NONE;
        length = end - start;
        colon |= c;
        mark |= m;
        if (i == 0 && is_in(books, text + start, length) && char_is_upper(text[start]) && !c && !m)
            return CUE_BOOK;
        if (is_in(" flight flights ", text + start, length))
            return CUE_FLIGHT;
        if (is_in(phones, text + start, length) || (i == 0 && c && is_in(letters, text + start, length)))
            return CUE_PHONE;
        if (is_in(strong, text + start, length))
            return CUE_OTHER;
        if (is_in(marked, text + start, length))
            return mark || was_number ? CUE_OTHER : colon || i == 0 ? CUE_MAYBE : CUE_NONE;
        was_number |= is_in(numbers, text + start, length);
        if (!is_in(fillers, text + start, length) && !(i == 0 && length == 2 && char_is_upper(text[start + 1])))
            return CUE_NONE; /* two capitals may be an airline's */
        end = start;
    }
    return CUE_NONE;
}
