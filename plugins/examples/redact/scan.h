/* scan.h: what the finders share: the place of words that tell what a number behind them is, and the tables that are
 * made once. SPDX-License-Identifier: Apache-2.0 */
#ifndef REDACT_SCAN_H
#define REDACT_SCAN_H

#include "redact.h"

/* X(NAME, words, between blanks): in small letters without marks. A word in capitals counts in capitals only: "sin"
 * and "pan" are words of their own. */
#define REDACT_CUES(X) \
    X(PHONE, "tel phone telephone mobile cell cellphone call fax ring dial text whatsapp telefon telefono telefone " \
             "tlf handy hotline " \
             "sms contact rufen anrufen appeler") \
    X(ACCOUNT, "account acct konto kontonummer compte cuenta conto") \
    X(SORT, "sort") \
    X(CODE, "cvv cvc cvv2 cvc2 csc") \
    X(BIRTH, "born birth birthday birthdate dob geboren geburtsdatum nacido nacida nato nata ne nee naissance " \
             "urodzony urodzona") \
    X(PASSPORT, \
      "passport passports reisepass reisepasse passeport pasaporte passaporto passaporte paspoort pass paszport") \
    X(VERSION, \
      "version versions ver v release firmware build section sections chapter appendix paragraph upgrade update rfc") \
    X(MAC, "mac ethernet hwaddr bssid ether") \
    X(SSN, "ssn ssns social") \
    X(TAX, \
      "tax taxpayer tin itin steuer steuernummer steueridentifikationsnummer idnr fiscal fiscale fiscaal impuestos") \
    X(IDENTITY, "identity identification identifier identitat kimlik") \
    X(INSURANCE, "insurance SIN") \
    X(ROUTING, "routing aba rtn") \
    X(NPI, "npi") \
    X(NHS, "nhs") \
    X(BSN, "bsn burgerservicenummer sofinummer sofi") \
    X(NIF, "nif contribuinte") \
    X(TFN, "tfn") \
    X(MEDICARE, "medicare") \
    X(AADHAAR, "aadhaar aadhar uid uidai") \
    X(PERSONNUMMER, "personnummer pnr samordningsnummer") \
    X(CPR, "cpr") \
    X(IVA, "iva") \
    X(PESEL, "pesel") \
    X(CPF, "cpf") \
    X(CNPJ, "cnpj") \
    X(AUSWEIS, "ausweis personalausweis ausweisnummer personalausweisnummer") \
    X(SV, "svnr sozialversicherungsnummer") \
    X(MYNUMBER, "number's mynumber") \
    X(EGN, "egn") \
    X(ISIK, "isikukood kodas") \
    X(OIB, "oib") \
    X(AMKA, "amka") \
    X(INN, "inn") \
    X(TZ, "teudat zehut") \
    X(RRN, "rrn jumin") \
    X(RODNE, "rodne cislo") \
    X(CNP, "cnp") \
    X(LABEL, "iban bic swift nir nie dni url id ip")

enum cue {
#define X(name, words) CUE_##name,
    REDACT_CUES(X)
#undef X
        CUE_COUNT
};
_Static_assert(CUE_COUNT <= 64, "sets of them are bits of a number");

#define CUES(name) (UINT64_C(1) << CUE_##name)

/* How far a word reaches: "passport number, if you have it here: …" */
#define CUE_REACH 40u

#define CUE_BYTES 32u  /* of the longest, which is shorter */
#define CUE_SLOTS 512u /* a power of two, well above the number of words */

#define RULES_MOST 128u
#define RULE_LENGTH_MOST 20u

struct tables {
    struct {
        char word[CUE_BYTES];
        uint8_t length, is_upper_only;
        uint64_t cues;
    } cue_words[CUE_SLOTS];
    /* Of ids.c's rules those that may match, by whether they begin with a digit and by how long the first run of letters and
     * digits is: most are never tried. */
    struct rule_list {
        uint8_t n, rules[RULES_MOST];
    } rules[2][RULE_LENGTH_MOST + 1];
    uint8_t token_starts[256]; /* whether a token of secrets.c may begin with the byte */
    uint8_t shorthash_key[16]; /* of tables that last for a document */
};

/* A scan on its way. */
struct scan {
    struct work *work;
    const struct view *view;
    uint32_t cue_at[CUE_COUNT]; /* behind the last such word, plus one; 0: there was none */
    uint32_t numbers_from;      /* what begins before is part of a number that was found */
    uint32_t secrets_from;      /* the same of secrets: none is read twice */
    uint32_t mail_from;         /* what stands before belongs to no address of mail */
    uint32_t key_end; /* where the last "-----END" that was looked for is; 0: not looked for yet, UINT32_MAX: none */
};

void tables_make(struct tables *tables);

/* The cues that the word is one of. */
uint64_t cues_of(const struct tables *tables, const struct view *view, uint32_t from, uint32_t to);

/* Whether one of them stands before `at`, within `reach` characters, or right behind `end`. */
int cue_is_near(const struct scan *scan, uint64_t cues, uint32_t at, uint32_t end, uint32_t reach);

/* What may stand between groups of a number: none, or a sign of " -./", perhaps blanks and one end of a line around
 * it. The position behind; `at` when there is nothing of the kind. */
uint32_t gap_end(const struct view *view, uint32_t at);

/* Whether a number may begin at `at` and end at `end`: not inside of a longer one, or of a word. */
int is_number_free(const struct view *view, uint32_t at, uint32_t end);

/* Each looks at what begins at `at`, and adds what it finds. A run is what goes on in letters and digits. Those of
 * numbers return where the number ends, or 0. */
uint32_t card_at(struct scan *scan, uint32_t at);
void glued_card_at(struct scan *scan, uint32_t at, uint32_t end); /* digits with letters behind them */
uint32_t iban_at(struct scan *scan, uint32_t at);
void mrz_at(struct scan *scan, uint32_t at); /* `at`: of "<<" */
uint32_t ids_at(struct scan *scan, uint32_t at, uint32_t run_end);
void cued_at(struct scan *scan, uint32_t at, uint32_t run_end);
void phone_at(struct scan *scan, uint32_t at);
void mail_at(struct scan *scan, uint32_t at); /* `at`: of "@", or of what stands for it */
uint32_t ip4_at(struct scan *scan, uint32_t at);
uint32_t ip6_at(struct scan *scan, uint32_t at);
uint32_t mac_at(struct scan *scan, uint32_t at);
void host_at(struct scan *scan, uint32_t at, uint32_t run_end);
void userinfo_at(struct scan *scan, uint32_t at); /* `at`: of "://" */
uint32_t token_at(struct scan *scan, uint32_t at, uint32_t run_end);
void key_block_at(struct scan *scan, uint32_t at);  /* `at`: of "-----BEGIN" */
void assignment_at(struct scan *scan, uint32_t at); /* `at`: of ":" or "=" */
void told_at(struct scan *scan, uint32_t at);       /* `at`: behind a word: "my password is …" */
uint32_t crypto_at(struct scan *scan, uint32_t at, uint32_t run_end);

#endif
