/* checks.c: see checks.h. SPDX-License-Identifier: Apache-2.0
 * Sources are named by the standard or the authority that says how it is computed; rules as of November 2026. */
#include "checks.h"

#include <string.h>

#define COUNT(array) ((uint32_t)(sizeof(array) / sizeof(array)[0]))

static uint32_t digit(char c)
{
    return (uint32_t)(c - '0');
}

/* 0 to 9, A = 10 to Z = 35, as ISO/IEC 7064 and ICAO 9303 count letters. */
static uint32_t value_of(char c)
{
    return c >= 'A' ? (uint32_t)(c - 'A') + 10 : digit(c);
}

static int are_digits(const char *s, uint32_t from, uint32_t to)
{
    for (uint32_t i = from; i < to; i++)
        if (s[i] < '0' || s[i] > '9')
            return 0;
    return 1;
}

static int are_letters(const char *s, uint32_t from, uint32_t to)
{
    for (uint32_t i = from; i < to; i++)
        if (s[i] < 'A' || s[i] > 'Z')
            return 0;
    return 1;
}

static int are_all_same(const char *s, uint32_t n)
{
    for (uint32_t i = 1; i < n; i++)
        if (s[i] != s[0])
            return 0;
    return 1;
}

static uint32_t number(const char *s, uint32_t n)
{
    uint32_t value = 0;

    for (uint32_t i = 0; i < n; i++)
        value = value * 10 + digit(s[i]);
    return value;
}

/* The sum of the characters' values times `weights`. */
static uint32_t weigh(const char *s, const uint8_t *weights, uint32_t n)
{
    uint32_t sum = 0;

    for (uint32_t i = 0; i < n; i++)
        sum += value_of(s[i]) * weights[i];
    return sum;
}

/* The whole number of digits modulo `m`. */
static uint32_t modulo(const char *s, uint32_t n, uint32_t m)
{
    uint64_t rest = 0;

    for (uint32_t i = 0; i < n; i++)
        rest = (rest * 10 + digit(s[i])) % m;
    return (uint32_t)rest;
}

static int is_date(uint32_t month, uint32_t day)
{
    static const uint8_t days[] = { 31, 29, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31 };

    return month >= 1 && month <= 12 && day >= 1 && day <= days[month - 1];
}

static int is_ymd(const char *s)
{
    return is_date(number(s + 2, 2), number(s + 4, 2));
}

static int is_dmy(const char *s)
{
    return is_date(number(s + 2, 2), number(s, 2));
}

int check_any(const char *s, uint32_t n)
{
    (void)s;
    return n > 0;
}

/* ISO/IEC 7812-1:2017, annex B: from the right, each second digit is doubled, and the digits' sum ends in 0. */
int check_luhn(const char *s, uint32_t n)
{
    uint32_t sum = 0;

    for (uint32_t i = 0; i < n; i++) {
        uint32_t d = digit(s[n - 1 - i]) << (i & 1);
        sum += d > 9 ? d - 9 : d;
    }
    return n > 0 && sum % 10 == 0;
}

/* ---- banks ------------------------------------------------------------------------------------------------------- */

/* Lengths of ISO 13616-1, of SWIFT's IBAN Registry, release 99 (December 2024), with those that joined last: Libya,
 * Sudan, Burundi, Djibouti (2021 to 2022), Russia, Somalia, Nicaragua, Mongolia, the Falklands, Oman, Yemen, Honduras. */
static const char iban_lengths[] = "AD24AE23AL28AT20AZ28BA20BE16BG22BH22BI27BR29BY28CH21CR22CY28CZ24DE22DJ27DK18DO28EE2"
                                   "0EG29ES24FI18FK18FO18FR27GB22GE22"
                                   "GI23GL18GR27GT28HN28HR21HU28IE22IL23IQ23IS26IT27JO30KW30KZ20LB28LC32LI21LT20LU20LV2"
                                   "1LY25MC27MD24ME22MK19MN20MR27MT31"
                                   "MU30NI28NL18NO15OM23PK24PL28PS29PT25QA29RO24RS22RU33SA24SC31SD18SE24SI19SK24SM27SO2"
                                   "3ST25SV28TL23TN24TR26UA29VA22VG24"
                                   "XK20YE30";

uint32_t iban_length(const char *country)
{
    for (const char *entry = iban_lengths; *entry; entry += 4)
        if (entry[0] == country[0] && entry[1] == country[1])
            return number(entry + 2, 2);
    return 0;
}

/* ISO 13616-1:2020 with ISO/IEC 7064 MOD 97-10: the first four characters go to the end, letters count as 10 to 35. */
int check_iban(const char *s, uint32_t n)
{
    uint32_t rest = 0;

    if (n < 5 || iban_length(s) != n || !are_digits(s, 2, 4))
        return 0;
    for (uint32_t i = 0; i < n; i++) {
        uint32_t value = value_of(s[(i + 4) % n]);
        rest = (rest * (value > 9 ? 100 : 10) + value) % 97;
    }
    return rest == 1;
}

/* Issuers' ranges and lengths as the schemes publish them: Visa, Mastercard (2-series from 2016), American Express,
 * Discover and Diners Club (Discover Network's range table), JCB, UnionPay, Mir, RuPay, Maestro, Troy. Numbers are
 * compared by their first six digits. */
static const struct {
    uint32_t from, to;
    uint8_t shortest, longest;
} cards[] = {
    { 400000, 499999, 16, 16 }, { 400000, 499999, 13, 13 }, { 400000, 499999, 19, 19 }, { 510000, 559999, 16, 16 },
    { 222100, 272099, 16, 16 }, { 340000, 349999, 15, 15 }, { 370000, 379999, 15, 15 }, { 601100, 601199, 16, 19 },
    { 644000, 659999, 16, 19 }, { 300000, 305999, 14, 19 }, { 309500, 309599, 14, 19 }, { 360000, 369999, 14, 19 },
    { 380000, 399999, 14, 19 }, { 352800, 358999, 16, 19 }, { 620000, 629999, 16, 19 }, { 810000, 817199, 16, 19 },
    { 220000, 220499, 16, 19 }, { 508500, 508999, 16, 16 }, { 606900, 608999, 16, 16 }, { 652100, 653199, 16, 16 },
    { 500000, 509999, 16, 19 }, { 560000, 589999, 16, 19 }, { 630000, 639999, 16, 19 }, { 670000, 679999, 16, 19 },
    { 979200, 979289, 16, 16 }, { 500000, 509999, 12, 12 }, { 675900, 676799, 12, 19 },
};

int check_card(const char *s, uint32_t n)
{
    if (n < 12 || n > 19)
        return 0;
    uint32_t lead = number(s, 6);
    for (uint32_t i = 0; i < COUNT(cards); i++)
        if (lead >= cards[i].from && lead <= cards[i].to && n >= cards[i].shortest && n <= cards[i].longest)
            return check_luhn(s, n);
    return 0;
}

/* American Bankers Association, Routing Number Policy: weights 3, 7, 1; the first two digits are a Federal Reserve
 * district. */
int check_us_routing(const char *s, uint32_t n)
{
    static const uint8_t weights[] = { 3, 7, 1, 3, 7, 1, 3, 7, 1 };

    if (n != 9)
        return 0;
    uint32_t lead = number(s, 2);
    int is_district = lead <= 12 || (lead >= 21 && lead <= 32) || (lead >= 61 && lead <= 72) || lead == 80;
    return is_district && !are_all_same(s, n) && weigh(s, weights, n) % 10 == 0;
}

/* ---- papers that machines read ----------------------------------------------------------------------------------- */

/* ICAO Doc 9303, part 3, 4.9: weights 7, 3, 1; '<' is 0. */
uint32_t icao_digit(const char *s, uint32_t n)
{
    static const uint8_t weights[] = { 7, 3, 1 };
    uint32_t sum = 0;

    for (uint32_t i = 0; i < n; i++)
        sum += s[i] == '<' ? 0 : value_of(s[i]) * weights[i % 3];
    return sum % 10;
}

/* ---- North America ----------------------------------------------------------------------------------------------- */

/* Social Security Administration, "SSN Randomization" (2011) and POMS RM 10201.035: never 000, 666 or 900 to 999,
 * group 00, serial 0000; the numbers of a wallet and of a leaflet were withdrawn. */
int check_us_ssn(const char *s, uint32_t n)
{
    if (n != 9)
        return 0;
    uint32_t area = number(s, 3);
    return area != 0 && area != 666 && area < 900 && number(s + 3, 2) != 0 && number(s + 5, 4) != 0 &&
           memcmp(s, "078051120", 9) != 0 && memcmp(s, "219099999", 9) != 0;
}

/* IRS, Publication 4757 and IRM 3.21.263: 9xx, then 50 to 65, 70 to 88, 90 to 92 or 94 to 99. */
int check_us_itin(const char *s, uint32_t n)
{
    if (n != 9 || s[0] != '9')
        return 0;
    uint32_t group = number(s + 3, 2);
    return (group >= 50 && group <= 65) || (group >= 70 && group <= 88) || (group >= 90 && group != 93);
}

/* CMS, "Understanding the Medicare Beneficiary Identifier Format" (2021): a kind of character at each place, without
 * S, L, O, I, B and Z. */
int check_us_mbi(const char *s, uint32_t n)
{
    static const char form[] = "cAan"
                               "Aan"
                               "AAnn"; /* c: 1 to 9; a: letter or digit */

    if (n != 11)
        return 0;
    for (uint32_t i = 0; i < n; i++) {
        int is_number = are_digits(s, i, i + 1);
        if ((form[i] == 'c' && (!is_number || s[i] == '0')) || (form[i] == 'n' && !is_number) ||
            (form[i] == 'A' && is_number) || (!is_number && strchr("SLOIBZ", s[i])))
            return 0;
    }
    return 1;
}

/* CMS, "Requirements for NPI and NPI Check Digit" (2004): Luhn behind 80840; begins with 1 or 2. */
int check_us_npi(const char *s, uint32_t n)
{
    char whole[15];

    if (n != 10 || (s[0] != '1' && s[0] != '2'))
        return 0;
    for (uint32_t i = 0; i < 15; i++)
        whole[i] = i < 5 ? "80840"[i] : s[i - 5];
    return check_luhn(whole, 15);
}

/* Employment and Social Development Canada, "Social Insurance Number, validation": Luhn; 0 and 8 are not given to
 * people. */
int check_ca_sin(const char *s, uint32_t n)
{
    return n == 9 && s[0] != '0' && s[0] != '8' && !are_all_same(s, n) && check_luhn(s, n);
}

/* RENAPO, "Instructivo normativo para la asignación de la CURP" (DOF, 18 October 2021): four letters, a date, sex,
 * state, three consonants, a character, a digit that checks. */
int check_mx_curp(const char *s, uint32_t n)
{
    static const char signs[] = "0123456789ABCDEFGHIJKLMN?OPQRSTUVWXYZ"; /* the place of Ñ counts */
    uint32_t sum = 0;

    if (n != 18 || !are_letters(s, 0, 4) || !are_digits(s, 4, 10) || !is_ymd(s + 4) || !strchr("HMX", s[10]) ||
        !are_letters(s, 11, 16) || !are_digits(s, 17, 18))
        return 0;
    for (uint32_t i = 0; i < 17; i++)
        sum += (uint32_t)(strchr(signs, s[i]) - signs) * (18 - i);
    return (10 - sum % 10) % 10 == digit(s[17]);
}

/* ---- South America ----------------------------------------------------------------------------------------------- */

/* Receita Federal, Instrução Normativa 1.548/2015: two digits modulo 11, each over all before it. */
int check_br_cpf(const char *s, uint32_t n)
{
    if (n != 11 || are_all_same(s, n))
        return 0;
    for (uint32_t k = 9; k <= 10; k++) {
        uint32_t sum = 0;
        for (uint32_t i = 0; i < k; i++)
            sum += digit(s[i]) * (k + 1 - i);
        if (sum * 10 % 11 % 10 != digit(s[k]))
            return 0;
    }
    return 1;
}

/* Receita Federal, Instrução Normativa 2.229/2024: from July 2026 the first twelve may be letters, which count as
 * their ASCII code less 48. */
int check_br_cnpj(const char *s, uint32_t n)
{
    static const uint8_t weights[] = { 6, 5, 4, 3, 2, 9, 8, 7, 6, 5, 4, 3, 2 };

    if (n != 14 || !are_digits(s, 12, 14) || are_all_same(s, 14))
        return 0;
    for (uint32_t k = 12; k <= 13; k++) {
        uint32_t sum = 0;
        for (uint32_t i = 0; i < k; i++)
            sum += digit(s[i]) * weights[13 - k + i];
        if ((sum % 11 < 2 ? 0 : 11 - sum % 11) != digit(s[k]))
            return 0;
    }
    return 1;
}

/* Servicio de Registro Civil e Identificación: modulo 11 with weights 2 to 7 from the right; 10 is K. */
int check_cl_rut(const char *s, uint32_t n)
{
    uint32_t sum = 0;

    if (n < 8 || n > 9 || !are_digits(s, 0, n - 1) || are_all_same(s, n - 1))
        return 0;
    for (uint32_t i = 0; i < n - 1; i++)
        sum += digit(s[n - 2 - i]) * (2 + i % 6);
    return "0123456789K"[(11 - sum % 11) % 11] == s[n - 1];
}

/* ANSES and AFIP, CUIL and CUIT: modulo 11; begins with what kind of person it is. */
int check_ar_cuit(const char *s, uint32_t n)
{
    static const uint8_t weights[] = { 5, 4, 3, 2, 7, 6, 5, 4, 3, 2 };

    if (n != 11 || !strchr("23", s[0]) || !strchr("03467", s[1]))
        return 0;
    return (11 - weigh(s, weights, 10) % 11) % 11 == digit(s[10]);
}

/* ---- Britain and Ireland ----------------------------------------------------------------------------------------- */

/* NHS Data Model and Dictionary, "NHS NUMBER": modulo 11 with weights 10 to 2; 10 is never given. */
int check_uk_nhs(const char *s, uint32_t n)
{
    static const uint8_t weights[] = { 10, 9, 8, 7, 6, 5, 4, 3, 2 };

    return n == 10 && !are_all_same(s, n) && (11 - weigh(s, weights, 9) % 11) % 11 == digit(s[9]);
}

/* HMRC, National Insurance Manual NIM39110: letters that don't begin one, pairs that are not given, A to D at the end. */
int check_uk_nino(const char *s, uint32_t n)
{
    static const char *const never[] = { "BG", "GB", "KN", "NK", "NT", "TN", "ZZ" };

    if (n != 9 || strchr("DFIQUV", s[0]) || strchr("DFIOQUV", s[1]) || s[8] < 'A' || s[8] > 'D')
        return 0;
    for (uint32_t i = 0; i < COUNT(never); i++)
        if (memcmp(s, never[i], 2) == 0)
            return 0;
    return are_letters(s, 0, 2) && are_digits(s, 2, 8);
}

/* Department of Social Protection, "Check digit of the PPS number": weights 8 to 2, and 9 for a second letter; modulo
 * 23. */
int check_ie_pps(const char *s, uint32_t n)
{
    static const uint8_t weights[] = { 8, 7, 6, 5, 4, 3, 2 };

    if (n < 8 || n > 9 || !are_digits(s, 0, 7) || !are_letters(s, 7, n))
        return 0;
    uint32_t sum = weigh(s, weights, 7);
    if (n == 9 && s[8] != 'W')
        sum += (uint32_t)(s[8] - 'A' + 1) * 9;
    return "WABCDEFGHIJKLMNOPQRSTUV"[sum % 23] == s[7];
}

/* ---- Germany, Austria, Switzerland ------------------------------------------------------------------------------- */

/* ISO/IEC 7064 MOD 11,10 over all but the last digit. */
static int is_mod_11_10(const char *s, uint32_t n)
{
    uint32_t product = 10;

    for (uint32_t i = 0; i < n - 1; i++) {
        uint32_t sum = (digit(s[i]) + product) % 10;
        product = (sum ? sum : 10) * 2 % 11;
    }
    return (11 - product) % 10 == digit(s[n - 1]);
}

/* Bundeszentralamt für Steuern, §139b AO and the rules for checking (2016): of the first ten digits one stands twice
 * or three times and the others once at most; it doesn't begin with 0. */
int check_de_tax_id(const char *s, uint32_t n)
{
    uint8_t seen[10] = { 0 };
    uint32_t twice = 0, thrice = 0;

    if (n != 11 || s[0] == '0')
        return 0;
    for (uint32_t i = 0; i < 10; i++)
        seen[digit(s[i])]++;
    for (uint32_t i = 0; i < 10; i++) {
        twice += seen[i] == 2;
        thrice += seen[i] == 3;
        if (seen[i] > 3)
            return 0;
    }
    return twice + thrice == 1 && is_mod_11_10(s, n);
}

/* Deutsche Rentenversicherung, §3 VKVV: area, date of birth, a letter as two digits, serial number; the sums of the
 * digits of products with 2, 1, 2, 5, 7, 1, 2, 1, 2, 1, 2, 1. */
int check_de_pension(const char *s, uint32_t n)
{
    static const uint8_t weights[] = { 2, 1, 2, 5, 7, 1, 2, 1, 2, 1, 2, 1 };
    char whole[12];
    uint32_t sum = 0;

    if (n != 12 || !are_digits(s, 0, 8) || !are_letters(s, 8, 9) || !are_digits(s, 9, 12) ||
        !is_date(number(s + 4, 2), number(s + 2, 2) % 50 ? number(s + 2, 2) % 50 : 1))
        return 0;
    memcpy(whole, s, 8);
    whole[8] = (char)('0' + (s[8] - 'A' + 1) / 10);
    whole[9] = (char)('0' + (s[8] - 'A' + 1) % 10);
    memcpy(whole + 10, s + 9, 2);
    for (uint32_t i = 0; i < 12; i++) {
        uint32_t product = digit(whole[i]) * weights[i];
        sum += product / 10 + product % 10;
    }
    return sum % 10 == digit(s[11]);
}

/* Personalausweisverordnung, annex: nine characters without vowels and a digit by ICAO Doc 9303. */
int check_de_id_card(const char *s, uint32_t n)
{
    if (n != 10 || !strchr("LMNPRTVWXYCFGHJK", s[0]))
        return 0;
    for (uint32_t i = 0; i < 9; i++)
        if (!strchr("0123456789CFGHJKLMNPRTVWXYZ", s[i]))
            return 0;
    return are_digits(s, 9, 10) && icao_digit(s, 9) == digit(s[9]);
}

/* Dachverband der österreichischen Sozialversicherungsträger: serial number, digit, date of birth; weights 3, 7, 9, 5,
 * 8, 4, 2, 1, 6. */
int check_at_svnr(const char *s, uint32_t n)
{
    static const uint8_t weights[] = { 3, 7, 9, 0, 5, 8, 4, 2, 1, 6 };
    uint32_t month = n == 10 ? number(s + 6, 2) : 0;

    if (n != 10 || s[0] == '0' || !is_date(month == 13 ? 12 : month, number(s + 4, 2)))
        return 0;
    return weigh(s, weights, 10) % 11 == digit(s[3]);
}

/* Bundesamt für Sozialversicherungen, "Die neue AHV-Nummer" (2008): 756 and EAN-13's digit. */
int check_ch_ahv(const char *s, uint32_t n)
{
    uint32_t sum = 0;

    if (n != 13 || memcmp(s, "756", 3) != 0)
        return 0;
    for (uint32_t i = 0; i < 13; i++)
        sum += digit(s[i]) * (i % 2 ? 3 : 1);
    return sum % 10 == 0;
}

/* ---- France, Belgium, the Netherlands ---------------------------------------------------------------------------- */

/* INSEE, "Numéro de sécurité sociale", and Décret 82-103: 97 less the first thirteen modulo 97; Corsica's 2A and 2B
 * are 19 and 18. Months over 12 are of people whose month isn't known. */
int check_fr_nir(const char *s, uint32_t n)
{
    char whole[13];

    if (n != 15 || !strchr("123478", s[0]) || !are_digits(s, 0, 6) || !are_digits(s, 7, 15))
        return 0;
    uint32_t month = number(s + 3, 2);
    if (!((month >= 1 && month <= 12) || (month >= 20 && month <= 42) || month >= 50))
        return 0;
    memcpy(whole, s, 13);
    if (s[6] == 'A' || s[6] == 'B') {
        if (s[5] != '2')
            return 0;
        whole[5] = '1';
        whole[6] = s[6] == 'A' ? '9' : '8';
    } else if (!are_digits(s, 6, 7)) {
        return 0;
    }
    return 97 - modulo(whole, 13, 97) == number(s + 13, 2);
}

/* Arrêté royal du 3 avril 1984: 97 less the first nine modulo 97, with a 2 before them for who was born from 2000.
 * Months have 20 or 40 added for a number bis. */
int check_be_nrn(const char *s, uint32_t n)
{
    char late[10] = { '2' };

    if (n != 11)
        return 0;
    uint32_t month = number(s + 2, 2), day = number(s + 4, 2);
    if (month % 20 > 12 || month >= 60 || day > 31)
        return 0;
    memcpy(late + 1, s, 9);
    uint32_t check = number(s + 9, 2);
    return check == 97 - modulo(s, 9, 97) || check == 97 - modulo(late, 10, 97);
}

/* Rijksdienst voor Identiteitsgegevens, Logisch Ontwerp BSN: the "elfproef" with weights 9 to 2 and -1. */
int check_nl_bsn(const char *s, uint32_t n)
{
    static const uint8_t weights[] = { 9, 8, 7, 6, 5, 4, 3, 2, 10 }; /* 10 is -1, modulo 11 */

    return n == 9 && !are_all_same(s, n) && weigh(s, weights, n) % 11 == 0;
}

/* ---- Southern Europe --------------------------------------------------------------------------------------------- */

static const char dni_letters[] = "TRWAGMYFPDXBNJZSQVHLCKE";

/* Ministerio del Interior, "Cálculo del dígito de control del NIF/NIE": modulo 23. */
int check_es_dni(const char *s, uint32_t n)
{
    return n == 9 && are_digits(s, 0, 8) && number(s, 8) != 0 && dni_letters[number(s, 8) % 23] == s[8];
}

int check_es_nie(const char *s, uint32_t n)
{
    if (n != 9 || s[0] < 'X' || s[0] > 'Z' || !are_digits(s, 1, 8))
        return 0;
    return dni_letters[((uint32_t)(s[0] - 'X') * 10000000 + number(s + 1, 7)) % 23] == s[8];
}

/* Autoridade Tributária, Decreto-Lei 14/2013: modulo 11 with weights 9 to 2. */
int check_pt_nif(const char *s, uint32_t n)
{
    static const uint8_t weights[] = { 9, 8, 7, 6, 5, 4, 3, 2 };

    if (n != 9 || !strchr("1235689", s[0]))
        return 0;
    uint32_t rest = weigh(s, weights, 8) % 11;
    return (rest < 2 ? 0 : 11 - rest) == digit(s[8]);
}

/* Ministero delle Finanze, Decreto 23 dicembre 1976, with the letters that stand for digits where two people have the
 * same ("omocodia"). */
int check_it_codice_fiscale(const char *s, uint32_t n)
{
    static const uint8_t odd[] = { 1,  0,  5, 7, 9, 13, 15, 17, 19, 21, 2,  4,  18,
                                   20, 11, 3, 6, 8, 12, 14, 16, 10, 22, 25, 24, 23 };
    static const char numbers[] = "LMNPQRSTUV";
    uint32_t sum = 0;

    if (n != 16 || !are_letters(s, 0, 6) || !strchr("ABCDEHLMPRST", s[8]) || !are_letters(s, 11, 12) ||
        !are_letters(s, 15, 16))
        return 0;
    for (uint32_t i = 6; i < 15; i++)
        if (i != 8 && i != 11 && !are_digits(s, i, i + 1) && !strchr(numbers, s[i]))
            return 0;
    for (uint32_t i = 0; i < 15; i++) {
        uint32_t value = are_digits(s, i, i + 1) ? digit(s[i]) : (uint32_t)(s[i] - 'A');
        sum += i % 2 ? value : odd[value];
    }
    return (char)('A' + sum % 26) == s[15];
}

/* Agenzia delle Entrate, partita IVA: Luhn. */
int check_it_partita_iva(const char *s, uint32_t n)
{
    return n == 11 && !are_all_same(s, n) && check_luhn(s, n);
}

/* IDIKA, AMKA: date of birth, serial number, Luhn. */
int check_gr_amka(const char *s, uint32_t n)
{
    return n == 11 && is_dmy(s) && check_luhn(s, n);
}

/* Nüfus ve Vatandaşlık İşleri: seven times the odd places less the even ones; then the sum of ten. */
int check_tr_tc(const char *s, uint32_t n)
{
    uint32_t odd = 0, even = 0;

    if (n != 11 || s[0] == '0')
        return 0;
    for (uint32_t i = 0; i < 9; i++)
        *(i % 2 ? &even : &odd) += digit(s[i]);
    return (7 * odd + 90 - even) % 10 == digit(s[9]) && (odd + even + digit(s[9])) % 10 == digit(s[10]);
}

/* ---- the North --------------------------------------------------------------------------------------------------- */

/* Skatteverket, SKV 704: date, three digits, Luhn over ten; 60 is added to the day of a samordningsnummer. Two digits
 * more for the century may stand before. */
int check_se_personnummer(const char *s, uint32_t n)
{
    if (n == 12 && (memcmp(s, "18", 2) == 0 || memcmp(s, "19", 2) == 0 || memcmp(s, "20", 2) == 0)) {
        s += 2;
        n -= 2;
    }
    if (n != 10)
        return 0;
    uint32_t day = number(s + 4, 2);
    return is_date(number(s + 2, 2), day > 60 ? day - 60 : day) && check_luhn(s, n);
}

/* Digital and Population Data Services Agency (DVV), with the signs for the century of 2023: modulo 31. */
int check_fi_hetu(const char *s, uint32_t n)
{
    char nine[9];

    if (n != 11 || !are_digits(s, 0, 6) || !strchr("+-ABCDEFUVWXY", s[6]) || !are_digits(s, 7, 10) || !is_dmy(s))
        return 0;
    memcpy(nine, s, 6);
    memcpy(nine + 6, s + 7, 3);
    return "0123456789ABCDEFHJKLMNPRSTUVWXY"[number(nine, 9) % 31] == s[10];
}

/* Skatteetaten, "Fødselsnummer": two digits modulo 11. 40 is added to the day of a D-number, 40 (Nav) or 80 (Tenor's)
 * to a month; from 2032 the first digit may have another rest, which is not yet given. */
int check_no_fnr(const char *s, uint32_t n)
{
    static const uint8_t first[] = { 3, 7, 6, 1, 8, 9, 4, 5, 2, 1 }, second[] = { 5, 4, 3, 2, 7, 6, 5, 4, 3, 2, 1 };

    if (n != 11)
        return 0;
    uint32_t day = number(s, 2), month = number(s + 2, 2);
    if (!is_date(month > 80 ? month - 80 : month > 40 ? month - 40 : month, day > 40 ? day - 40 : day))
        return 0;
    return weigh(s, first, 10) % 11 == 0 && weigh(s, second, 11) % 11 == 0;
}

/* CPR-kontoret, "Personnummeret i CPR" (2008): numbers without a right digit modulo 11 are given since 2007, so only
 * the date tells. */
int check_dk_cpr(const char *s, uint32_t n)
{
    return n == 10 && is_dmy(s);
}

int check_dk_cpr_checked(const char *s, uint32_t n)
{
    static const uint8_t weights[] = { 4, 3, 2, 7, 6, 5, 4, 3, 2, 1 };

    return check_dk_cpr(s, n) && weigh(s, weights, n) % 11 == 0;
}

/* ---- Central and Eastern Europe ---------------------------------------------------------------------------------- */

/* Ustawa o ewidencji ludności, PESEL: weights 1, 3, 7, 9; 80, 20, 40 or 60 is added to the month for another century. */
int check_pl_pesel(const char *s, uint32_t n)
{
    static const uint8_t weights[] = { 1, 3, 7, 9, 1, 3, 7, 9, 1, 3, 1 };

    return n == 11 && is_date(number(s + 2, 2) % 20, number(s + 4, 2)) && weigh(s, weights, n) % 10 == 0;
}

/* Zákon 133/2000 Sb., rodné číslo: ten digits that 11 divides, or, with a rest of 10, a 0 at the end (until 1985).
 * Months of women have 50 added, of full series 20 or 70. */
int check_cz_rc(const char *s, uint32_t n)
{
    if (n != 10)
        return 0;
    uint32_t month = number(s + 2, 2) % 50, rest = modulo(s, 9, 11) % 10;
    return is_date(month > 20 ? month - 20 : month, number(s + 4, 2)) && rest == digit(s[9]);
}

/* Legea 105/1996, CNP: weights 2, 7, 9, 1, 4, 6, 3, 5, 8, 2, 7, 9; a rest of 10 is 1. */
int check_ro_cnp(const char *s, uint32_t n)
{
    static const uint8_t weights[] = { 2, 7, 9, 1, 4, 6, 3, 5, 8, 2, 7, 9 };

    if (n != 13 || s[0] == '0' || !is_ymd(s + 1) || number(s + 7, 2) == 0 || number(s + 7, 2) > 52)
        return 0;
    uint32_t rest = weigh(s, weights, 12) % 11;
    return (rest == 10 ? 1 : rest) == digit(s[12]);
}

/* GRAO, EGN: weights 2, 4, 8, 5, 10, 9, 7, 3, 6; months have 20 or 40 added for another century. */
int check_bg_egn(const char *s, uint32_t n)
{
    static const uint8_t weights[] = { 2, 4, 8, 5, 10, 9, 7, 3, 6 };

    if (n != 10 || number(s + 2, 2) > 52 || !is_date(number(s + 2, 2) % 20, number(s + 4, 2)))
        return 0;
    return weigh(s, weights, 9) % 11 % 10 == digit(s[9]);
}

/* Estonia's EVS 585 and Lithuania's asmens kodas: sex and century, date, three digits; weights 1 to 9 and 1, or, for a
 * rest of 10, 3 to 9 and 1 to 3. */
int check_ee_ik(const char *s, uint32_t n)
{
    static const uint8_t once[] = { 1, 2, 3, 4, 5, 6, 7, 8, 9, 1 }, again[] = { 3, 4, 5, 6, 7, 8, 9, 1, 2, 3 };

    if (n != 11 || s[0] < '1' || s[0] > '8' || !is_ymd(s + 1))
        return 0;
    uint32_t rest = weigh(s, once, 10) % 11;
    if (rest == 10)
        rest = weigh(s, again, 10) % 11 % 10;
    return rest == digit(s[10]);
}

/* Zakon o osobnom identifikacijskom broju (2008): ISO/IEC 7064 MOD 11,10. */
int check_hr_oib(const char *s, uint32_t n)
{
    return n == 11 && !are_all_same(s, n) && is_mod_11_10(s, n);
}

/* Pension Fund of Russia, Order 192p (2008): weights 9 to 1, modulo 101, of which 100 is 00; computed from 001-001-998
 * on. */
int check_ru_snils(const char *s, uint32_t n)
{
    static const uint8_t weights[] = { 9, 8, 7, 6, 5, 4, 3, 2, 1 };

    return n == 11 && number(s, 9) > 1001998 && weigh(s, weights, 9) % 101 % 100 == number(s + 9, 2);
}

/* Federal Tax Service, Order MMV-7-6/435 (2012): one digit of ten, two of twelve, modulo 11 and 10. */
int check_ru_inn(const char *s, uint32_t n)
{
    static const uint8_t weights[] = { 3, 7, 2, 4, 10, 3, 5, 9, 4, 6, 8 };

    if (n == 10)
        return !are_all_same(s, n) && weigh(s, weights + 2, 9) % 11 % 10 == digit(s[9]);
    return n == 12 && !are_all_same(s, n) && weigh(s, weights + 1, 10) % 11 % 10 == digit(s[10]) &&
           weigh(s, weights, 11) % 11 % 10 == digit(s[11]);
}

/* ---- Africa and the Near East ------------------------------------------------------------------------------------ */

/* Population and Immigration Authority: Luhn over nine. */
int check_il_tz(const char *s, uint32_t n)
{
    return n == 9 && !are_all_same(s, n) && check_luhn(s, n);
}

/* Department of Home Affairs, Identification Act 68 of 1997: date, serial number, citizenship, 8 or 9, Luhn. */
int check_za_id(const char *s, uint32_t n)
{
    return n == 13 && is_ymd(s) && s[10] <= '2' && check_luhn(s, n);
}

/* ---- Asia and Australia ------------------------------------------------------------------------------------------ */

/* UIDAI, "Aadhaar, a 12 digit random number": Verhoeff, "Error Detecting Decimal Codes" (1969); begins with 2 to 9. */
int check_in_aadhaar(const char *s, uint32_t n)
{
    static const char product[10][11] = { "0123456789", "1234067895", "2340178956", "3401289567", "4012395678",
                                          "5987604321", "6598710432", "7659821043", "8765932104", "9876543210" };
    static const char turn[8][11] = { "0123456789", "1576283094", "5803796142", "8916043527",
                                      "9453126870", "4286573901", "2793806415", "7046913258" };
    uint32_t c = 0;

    if (n != 12 || s[0] < '2' || are_all_same(s, n))
        return 0;
    for (uint32_t i = 0; i < n; i++)
        c = digit(product[c][digit(turn[i % 8][digit(s[n - 1 - i])])]);
    return c == 0;
}

/* Income Tax Department, rule 114: the fourth letter says what kind of person it is. */
int check_in_pan(const char *s, uint32_t n)
{
    return n == 10 && strchr("ABCFGHJLPTE", s[3]) != NULL && are_letters(s, 0, 5) && are_digits(s, 5, 9) &&
           are_letters(s, 9, 10);
}

/* GB 11643-1999: region, date, serial number, ISO/IEC 7064 MOD 11-2. */
int check_cn_resident_id(const char *s, uint32_t n)
{
    uint32_t sum = 0;

    if (n != 18 || !are_digits(s, 0, 17) || number(s, 2) < 11 || number(s, 2) > 91 || !strchr("0123456789X", s[17]))
        return 0;
    uint32_t century = number(s + 6, 2);
    if (century < 18 || century > 20 || !is_ymd(s + 8))
        return 0;
    for (uint32_t i = 0; i < 17; i++)
        sum += digit(s[i]) * ((1u << (17 - i)) % 11);
    return "10X98765432"[sum % 11] == s[17];
}

/* Resident Registration Act, Enforcement Rule: date, a digit for sex and century; since October 2020 the rest is
 * random, so only the date tells. */
int check_kr_rrn(const char *s, uint32_t n)
{
    return n == 13 && is_ymd(s);
}

int check_kr_rrn_checked(const char *s, uint32_t n)
{
    static const uint8_t weights[] = { 2, 3, 4, 5, 6, 7, 8, 9, 2, 3, 4, 5 };

    return check_kr_rrn(s, n) && (11 - weigh(s, weights, 12) % 11) % 10 == digit(s[12]);
}

/* Ministry of Internal Affairs, Ordinance 85 of 2014: weights 6, 5, 4, 3, 2, 7, 6, 5, 4, 3, 2, modulo 11. */
int check_jp_my_number(const char *s, uint32_t n)
{
    static const uint8_t weights[] = { 6, 5, 4, 3, 2, 7, 6, 5, 4, 3, 2 };

    if (n != 12 || are_all_same(s, n))
        return 0;
    uint32_t rest = weigh(s, weights, 11) % 11;
    return (rest < 2 ? 0 : 11 - rest) == digit(s[11]);
}

/* National Immigration Agency, "New UI numbers" (2021), and the identity card's: the letter as two digits, weights 1,
 * 9, 8 to 1, 1. */
int check_tw_id(const char *s, uint32_t n)
{
    static const char letters[] = "ABCDEFGHJKLMNPQRSTUVXYWZIO"; /* 10 to 35 */

    if (n != 10 || !are_letters(s, 0, 1) || !are_digits(s, 1, 10) || !strchr("1289", s[1]))
        return 0;
    uint32_t lead = (uint32_t)(strchr(letters, s[0]) - letters) + 10, sum = lead / 10 + lead % 10 * 9;
    for (uint32_t i = 1; i < 9; i++)
        sum += digit(s[i]) * (9 - i);
    return (sum + digit(s[9])) % 10 == 0;
}

/* Immigration Department: one or two letters, six digits, modulo 11, of which 10 is A; a missing letter counts 36. */
int check_hk_hkid(const char *s, uint32_t n)
{
    uint32_t sum = 0, place = 2;

    if (n < 8 || n > 9 || !are_letters(s, 0, n - 7) || !are_digits(s, n - 7, n - 1))
        return 0;
    for (uint32_t i = n - 1; i-- > 0;)
        sum += value_of(s[i]) * place++;
    if (n == 8)
        sum += 36 * 9;
    return "0123456789A"[(11 - sum % 11) % 11] == s[n - 1];
}

/* Immigration and Checkpoints Authority, NRIC and FIN, series M from 2022: weights 2, 7, 6, 5, 4, 3, 2, modulo 11. */
int check_sg_nric(const char *s, uint32_t n)
{
    static const uint8_t weights[] = { 2, 7, 6, 5, 4, 3, 2 };

    if (n != 9 || !strchr("STFGM", s[0]) || !are_digits(s, 1, 8) || !are_letters(s, 8, 9))
        return 0;
    uint32_t sum = weigh(s + 1, weights, 7);
    if (s[0] == 'M')
        return "KLJNPQRTUWX"[(sum + 3) % 11] == s[8] || "XWUTRQPNJLK"[(sum + 3) % 11] == s[8];
    sum += s[0] == 'T' || s[0] == 'G' ? 4 : 0;
    return (s[0] == 'S' || s[0] == 'T' ? "JZIHGFEDCBA" : "XWUTRQPNMLK")[sum % 11] == s[8];
}

/* Jabatan Pendaftaran Negara: date and a place of birth that is one; there is no digit that checks. */
int check_my_nric(const char *s, uint32_t n)
{
    if (n != 12 || !is_ymd(s))
        return 0;
    uint32_t place = number(s + 6, 2);
    return place != 0 && place != 17 && place != 18 && place != 19 && place != 20 && place != 69 && place != 70 &&
           place != 73 && place != 80 && place != 81 && place != 94 && place != 95 && place != 96 && place != 97;
}

/* Department of Provincial Administration: weights 13 to 2, modulo 11. */
int check_th_id(const char *s, uint32_t n)
{
    static const uint8_t weights[] = { 13, 12, 11, 10, 9, 8, 7, 6, 5, 4, 3, 2 };

    return n == 13 && s[0] != '0' && s[0] != '9' && (11 - weigh(s, weights, 12) % 11) % 10 == digit(s[12]);
}

/* Australian Taxation Office, "TFN algorithm": weights 1, 4, 3, 7, 5, 8, 6, 9, 10, modulo 11. */
int check_au_tfn(const char *s, uint32_t n)
{
    static const uint8_t weights[] = { 1, 4, 3, 7, 5, 8, 6, 9, 10 };

    return n == 9 && s[0] != '0' && !are_all_same(s, n) && weigh(s, weights, n) % 11 == 0;
}

/* Services Australia, Medicare card number: begins with 2 to 6; weights 1, 3, 7, 9; then the issue and perhaps the
 * person. */
int check_au_medicare(const char *s, uint32_t n)
{
    static const uint8_t weights[] = { 1, 3, 7, 9, 1, 3, 7, 9 };

    return (n == 10 || n == 11) && s[0] >= '2' && s[0] <= '6' && s[9] != '0' &&
           weigh(s, weights, 8) % 10 == digit(s[8]);
}
