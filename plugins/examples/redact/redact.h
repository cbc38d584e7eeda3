/* redact.h: what the parts of the plugin hand to each other, and the kinds of things that it looks for by itself.
 * SPDX-License-Identifier: Apache-2.0
 *
 * A document goes through view.c (the text, folded), scan.c and what it calls (what is found in it), names.c (what
 * other plugins found, and where else the same stands) and rewrite.c (what is put in place of it). */
#ifndef REDACT_H
#define REDACT_H

#include <stdint.h>
#include <string.h>

#include <textd/plugin.h>

/* X(name, whether it is left alone unless the operator or the client says otherwise, what it is). First what comes
 * from the layer entities/1, then what we look for ourselves. */
#define REDACT_TYPES(X) \
    X(PERSON, 0, "people") \
    X(ORG, 0, "companies, agencies, teams") \
    X(LOC, 0, "countries, cities, regions") \
    X(FAC, 0, "airports, roads, buildings") \
    X(HANDLE, 0, "@name") \
    X(NORP, 1, "nationalities, religious and political groups") \
    X(PRODUCT, 1, "vehicles, devices, software") \
    X(EVENT, 1, "wars, elections, festivals") \
    X(WORK, 1, "titles of books, songs, films") \
    X(LAW, 1, "named acts and treaties") \
    X(LANGUAGE, 1, "named languages") \
    X(MISC, 1, "names of none of these kinds") \
    X(DATE, 1, "dates") \
    X(TIME, 1, "times of day") \
    X(DURATION, 1, "how long") \
    X(SET, 1, "what recurs") \
    X(MONEY, 1, "amounts") \
    X(PERCENT, 1, "percentages") \
    X(QUANTITY, 1, "measures") \
    X(ORDINAL, 1, "first, 2nd") \
    X(CARDINAL, 1, "numbers") \
    X(HASHTAG, 1, "#topic") \
    X(URL, 1, "web addresses") \
    X(EMAIL, 0, "addresses of mail, also written with (at)") \
    X(PHONE, 0, "telephone numbers") \
    X(CARD, 0, "payment cards, and the code beside them") \
    X(IBAN, 0, "bank accounts, international") \
    X(ACCOUNT, 0, "numbers behind the word account, and sort codes") \
    X(IP, 0, "addresses of IP, private ones, too; not loopback, not masks") \
    X(MAC, 0, "addresses of network cards") \
    X(HOST, 0, "names of hosts that mean something in one network only") \
    X(BIRTH_DATE, 0, "a date behind born, birth and the like") \
    X(PASSPORT, 0, "numbers of passports, and what machines read of them") \
    X(CRYPTO, 0, "addresses of Bitcoin and Ethereum") \
    X(SECRET, 0, "passwords, tokens, keys") \
    X(PRIVATE_KEY, 0, "blocks of private keys") \
    X(US_SSN, 0, "Social Security number") \
    X(US_ITIN, 0, "Individual Taxpayer Identification Number") \
    X(US_MBI, 0, "Medicare Beneficiary Identifier") \
    X(US_NPI, 0, "National Provider Identifier") \
    X(US_ROUTING, 0, "bank's routing number (ABA)") \
    X(UK_NHS, 0, "NHS number") \
    X(UK_NINO, 0, "National Insurance number") \
    X(DE_TAX_ID, 0, "Steuerliche Identifikationsnummer") \
    X(DE_PENSION, 0, "Rentenversicherungsnummer") \
    X(DE_ID_CARD, 0, "Personalausweis") \
    X(FR_NIR, 0, "numéro de sécurité sociale") \
    X(ES_DNI, 0, "DNI") \
    X(ES_NIE, 0, "NIE") \
    X(IT_CODICE_FISCALE, 0, "codice fiscale") \
    X(IT_PARTITA_IVA, 0, "partita IVA") \
    X(NL_BSN, 0, "burgerservicenummer") \
    X(PL_PESEL, 0, "PESEL") \
    X(SE_PERSONNUMMER, 0, "personnummer, samordningsnummer") \
    X(FI_HETU, 0, "henkilötunnus") \
    X(NO_FNR, 0, "fødselsnummer, D-nummer") \
    X(DK_CPR, 0, "CPR-nummer") \
    X(BE_NRN, 0, "rijksregisternummer, numéro de registre national") \
    X(PT_NIF, 0, "NIF") \
    X(IE_PPS, 0, "PPS number") \
    X(AT_SVNR, 0, "Sozialversicherungsnummer") \
    X(CH_AHV, 0, "AHV number") \
    X(CZ_RC, 0, "rodné číslo, of Slovakia, too") \
    X(RO_CNP, 0, "cod numeric personal") \
    X(BG_EGN, 0, "EGN") \
    X(EE_IK, 0, "isikukood, asmens kodas") \
    X(HR_OIB, 0, "OIB") \
    X(GR_AMKA, 0, "AMKA") \
    X(RU_SNILS, 0, "SNILS") \
    X(RU_INN, 0, "INN") \
    X(TR_TC, 0, "T.C. kimlik numarası") \
    X(IL_TZ, 0, "teudat zehut") \
    X(ZA_ID, 0, "identity number") \
    X(IN_AADHAAR, 0, "Aadhaar") \
    X(IN_PAN, 0, "Permanent Account Number") \
    X(CN_RESIDENT_ID, 0, "resident identity card") \
    X(KR_RRN, 0, "resident registration number") \
    X(JP_MY_NUMBER, 0, "My Number") \
    X(TW_ID, 0, "national identification card") \
    X(HK_HKID, 0, "identity card") \
    X(SG_NRIC, 0, "NRIC, FIN") \
    X(MY_NRIC, 0, "MyKad") \
    X(TH_ID, 0, "citizen's number") \
    X(AU_TFN, 0, "Tax File Number") \
    X(AU_MEDICARE, 0, "Medicare number") \
    X(CA_SIN, 0, "Social Insurance Number") \
    X(BR_CPF, 0, "CPF") \
    X(BR_CNPJ, 0, "CNPJ, with letters, too") \
    X(MX_CURP, 0, "CURP") \
    X(CL_RUT, 0, "RUT") \
    X(AR_CUIT, 0, "CUIT, CUIL")

enum redact_type {
#define X(name, kept, meaning) TYPE_##name,
    REDACT_TYPES(X)
#undef X
        TYPE_COUNT
};

/* The type's name; a constant. */
struct textd_text type_name(enum redact_type type);

/* Whether it is left alone when nothing else is said; what isn't ours, such as a dictionary's type, isn't. */
int type_is_kept(struct textd_text name);

/* The text with all that is written in several ways written in one: a byte a character. A byte is ASCII, or one of
 * VIEW_*; letters with marks and full-width ones are plain ones, digits of any script are 0 to 9, any blank is ' '
 * (ends of lines are '\n'), any dash is '-'. Marks and signs that nobody sees are left out: at[i] is where character i
 * begins, at[i + 1] where it ends, with what was left out. */
#define VIEW_LETTER 0x80u    /* of another script */
#define VIEW_IDEOGRAPH 0x81u /* letters that stand beside each other without blanks: no word ends or begins there */
#define VIEW_SIGN 0x82u

struct view {
    const uint8_t *c; /* n, and eight zeros behind */
    const uint32_t *at;
    uint32_t n;
};

#define NO_REF 0xFFFFFFFFu

/* What was found, in the original's bytes. */
struct find {
    uint32_t start, end;
    struct textd_text type;
    double score;
    uint32_t ref;    /* which name it is, of entities/1; NO_REF */
    uint8_t is_ours; /* not from the layer */
};

/* A document on its way. */
struct work {
    const struct textd_host *host;
    struct textd_doc *doc;
    const struct tables *tables; /* of scan.h */
    struct view view;
    struct find *finds;
    uint32_t n_finds, room;
    struct textd_span *stays; /* where allowed words stand: nothing within one is taken out */
    uint32_t n_stays;
    double min_score;
    int32_t rc; /* TEXTD_OK until memory or time has run out; then the rest is of no interest */
};

/* NULL, and work->rc says why. */
void *work_alloc(struct work *work, uint64_t bytes);

/* Notes what was found, bytes or characters of the view; not when its score is too low. */
void work_add_bytes(struct work *work, struct find find);
void work_add(struct work *work, uint32_t from, uint32_t to, enum redact_type type, double score);

static inline int is_digit(uint8_t c)
{
    return c >= '0' && c <= '9';
}

static inline int is_letter(uint8_t c)
{
    return (uint8_t)((c | 0x20) - 'a') < 26;
}

static inline int is_upper(uint8_t c)
{
    return c >= 'A' && c <= 'Z';
}

static inline int is_alnum(uint8_t c)
{
    return is_digit(c) || is_letter(c);
}

static inline int is_word(uint8_t c)
{
    return is_alnum(c) || c == VIEW_LETTER;
}

static inline int is_hex(uint8_t c)
{
    return is_digit(c) || (uint8_t)((c | 0x20) - 'a') < 6;
}

static inline uint8_t to_lower(uint8_t c)
{
    return is_upper(c) ? c | 0x20 : c;
}

/* Fills in work->view. */
void view_make(struct work *work);

/* The first character of the view that begins at `byte` or behind. */
uint32_t view_index(const struct view *view, uint32_t byte);

/* Whether `word`, in small letters, stands at `at`, in any case. */
int view_has(const struct view *view, uint32_t at, const char *word);

/* Looks for all that tells itself by its form. */
struct tables;
void scan(struct work *work);

/* Takes over what entities/1 has, and looks where else in the text the same stands. Warns the client of what could not
 * be looked for. */
void names_add(struct work *work);
void names_spread(struct work *work);

#endif
