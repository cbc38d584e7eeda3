/* ids.c: numbers of people: their forms, which check digits they have, and what one that has no word beside it is
 * worth. SPDX-License-Identifier: Apache-2.0
 *
 * A form is a row of: 9 a digit, A a letter, a a capital, * a digit or a letter, ^ a digit or a capital, ? any sign, ' ' perhaps a gap (a
 * blank, a hyphen, a point, a slash, an end of a line), - surely one, and others that stand for themselves.
 *
 * How much a form is worth is how seldom a number that is something else has it: one check digit lets a tenth of them
 * pass, a date in it a hundredth. So a plain row of nine digits needs a word that says what it is, one with two check
 * digits doesn't. */
#include "checks.h"
#include "scan.h"

#define SURE 0.95
#define GOOD 0.85
#define FAIR 0.6
#define POOR 0.3 /* below the default min_score */
#define NONE 0.1

static const struct rule {
    enum redact_type type;
    const char *form;
    check_fn *check;
    double alone, with_cue;
    uint64_t cues;
} rules[] = {
    { TYPE_US_SSN, "999-99-9999", check_us_ssn, GOOD, SURE, CUES(SSN) },
    { TYPE_US_SSN, "999999999", check_us_ssn, NONE, SURE, CUES(SSN) },
    { TYPE_US_ITIN, "999-99-9999", check_us_itin, GOOD, SURE, CUES(TAX) },
    { TYPE_US_ITIN, "999999999", check_us_itin, NONE, SURE, CUES(TAX) },
    { TYPE_US_MBI, "9A*9-A*9-AA99", check_us_mbi, SURE, SURE, CUES(MEDICARE) },
    { TYPE_US_MBI, "9a*9a*9aa99", check_us_mbi, FAIR, SURE, CUES(MEDICARE) },
    { TYPE_US_NPI, "9999999999", check_us_npi, NONE, SURE, CUES(NPI) },
    { TYPE_US_ROUTING, "999999999", check_us_routing, NONE, SURE, CUES(ROUTING) },
    { TYPE_UK_NHS, "999 999 9999", check_uk_nhs, POOR, SURE, CUES(NHS) },
    { TYPE_UK_NINO, "AA 99 99 99 A", check_uk_nino, GOOD, SURE, CUES(INSURANCE) },
    { TYPE_UK_NINO, "AA 999999 A", check_uk_nino, GOOD, SURE, CUES(INSURANCE) },
    { TYPE_DE_TAX_ID, "99 999 999 999", check_de_tax_id, GOOD, SURE, CUES(TAX) },
    { TYPE_DE_PENSION, "99 999999 A 999", check_de_pension, GOOD, SURE, CUES(INSURANCE) },
    { TYPE_DE_ID_CARD, "*********9", check_de_id_card, NONE, SURE, CUES(AUSWEIS) | CUES(PASSPORT) },
    { TYPE_FR_NIR, "9 99 99 9* 999 999 99", check_fr_nir, SURE, SURE, CUES(INSURANCE) },
    { TYPE_ES_DNI, "99 999 999 A", check_es_dni, GOOD, SURE, 0 },
    { TYPE_ES_NIE, "A 9999999 A", check_es_nie, SURE, SURE, 0 },
    { TYPE_IT_CODICE_FISCALE, "AAA AAA **A** A***A", check_it_codice_fiscale, SURE, SURE, CUES(TAX) },
    { TYPE_IT_PARTITA_IVA, "99999999999", check_it_partita_iva, NONE, SURE, CUES(IVA) },
    { TYPE_NL_BSN, "9999 99 999", check_nl_bsn, POOR, SURE, CUES(BSN) },
    { TYPE_NL_BSN, "999 999 999", check_nl_bsn, POOR, SURE, CUES(BSN) },
    { TYPE_PL_PESEL, "99999999999", check_pl_pesel, FAIR, SURE, CUES(PESEL) },
    { TYPE_SE_PERSONNUMMER, "999999-9999", check_se_personnummer, GOOD, SURE, CUES(PERSONNUMMER) },
    { TYPE_SE_PERSONNUMMER, "999999+9999", check_se_personnummer, GOOD, SURE, CUES(PERSONNUMMER) },
    { TYPE_SE_PERSONNUMMER, "99999999-9999", check_se_personnummer, SURE, SURE, CUES(PERSONNUMMER) },
    { TYPE_SE_PERSONNUMMER, "999999999999", check_se_personnummer, FAIR, SURE, CUES(PERSONNUMMER) },
    { TYPE_SE_PERSONNUMMER, "9999999999", check_se_personnummer, POOR, SURE, CUES(PERSONNUMMER) },
    { TYPE_FI_HETU, "999999?999*", check_fi_hetu, SURE, SURE, 0 },
    { TYPE_NO_FNR, "999999 99999", check_no_fnr, GOOD, SURE, CUES(PERSONNUMMER) },
    { TYPE_DK_CPR, "999999-9999", check_dk_cpr, FAIR, SURE, CUES(CPR) },
    { TYPE_DK_CPR, "9999999999", check_dk_cpr, NONE, SURE, CUES(CPR) },
    { TYPE_DK_CPR, "9999999999", check_dk_cpr_checked, POOR, SURE, CUES(CPR) },
    { TYPE_BE_NRN, "99 99 99 999 99", check_be_nrn, GOOD, SURE, 0 },
    { TYPE_PT_NIF, "999 999 999", check_pt_nif, POOR, SURE, CUES(NIF) },
    { TYPE_IE_PPS, "9999999A", check_ie_pps, FAIR, SURE, CUES(TAX) },
    { TYPE_IE_PPS, "9999999AA", check_ie_pps, FAIR, SURE, CUES(TAX) },
    { TYPE_AT_SVNR, "9999 999999", check_at_svnr, FAIR, SURE, CUES(SV) },
    { TYPE_CH_AHV, "999 9999 9999 99", check_ch_ahv, SURE, SURE, 0 },
    { TYPE_CZ_RC, "999999/9999", check_cz_rc, SURE, SURE, CUES(RODNE) },
    { TYPE_CZ_RC, "9999999999", check_cz_rc, POOR, SURE, CUES(RODNE) },
    { TYPE_RO_CNP, "9999999999999", check_ro_cnp, GOOD, SURE, CUES(CNP) },
    { TYPE_BG_EGN, "9999999999", check_bg_egn, POOR, SURE, CUES(EGN) },
    { TYPE_EE_IK, "99999999999", check_ee_ik, FAIR, SURE, CUES(ISIK) },
    { TYPE_HR_OIB, "99999999999", check_hr_oib, NONE, SURE, CUES(OIB) },
    { TYPE_GR_AMKA, "99999999999", check_gr_amka, FAIR, SURE, CUES(AMKA) },
    { TYPE_RU_SNILS, "999-999-999-99", check_ru_snils, SURE, SURE, 0 },
    { TYPE_RU_INN, "999999999999", check_ru_inn, FAIR, SURE, CUES(INN) },
    { TYPE_RU_INN, "9999999999", check_ru_inn, NONE, SURE, CUES(INN) },
    { TYPE_TR_TC, "99999999999", check_tr_tc, GOOD, SURE, CUES(IDENTITY) },
    { TYPE_IL_TZ, "999999999", check_il_tz, NONE, SURE, CUES(TZ) },
    { TYPE_ZA_ID, "999999 9999 99 9", check_za_id, GOOD, SURE, CUES(IDENTITY) },
    { TYPE_IN_AADHAAR, "9999-9999-9999", check_in_aadhaar, FAIR, SURE, CUES(AADHAAR) },
    { TYPE_IN_AADHAAR, "999999999999", check_in_aadhaar, POOR, SURE, CUES(AADHAAR) },
    { TYPE_IN_PAN, "aaaaa9999a", check_in_pan, GOOD, SURE, 0 },
    { TYPE_CN_RESIDENT_ID, "99999999999999999*", check_cn_resident_id, SURE, SURE, 0 },
    { TYPE_KR_RRN, "999999-9999999", check_kr_rrn, GOOD, SURE, CUES(RRN) },
    { TYPE_KR_RRN, "9999999999999", check_kr_rrn_checked, FAIR, SURE, CUES(RRN) },
    { TYPE_JP_MY_NUMBER, "9999 9999 9999", check_jp_my_number, POOR, SURE, CUES(MYNUMBER) },
    { TYPE_TW_ID, "a999999999", check_tw_id, GOOD, SURE, 0 },
    { TYPE_HK_HKID, "A999999(*)", check_hk_hkid, SURE, SURE, 0 },
    { TYPE_HK_HKID, "AA999999(*)", check_hk_hkid, SURE, SURE, 0 },
    { TYPE_SG_NRIC, "A9999999A", check_sg_nric, SURE, SURE, 0 },
    { TYPE_MY_NRIC, "999999-99-9999", check_my_nric, GOOD, SURE, CUES(IDENTITY) },
    { TYPE_TH_ID, "9-9999-99999-99-9", check_th_id, SURE, SURE, 0 },
    { TYPE_TH_ID, "9999999999999", check_th_id, POOR, SURE, CUES(IDENTITY) },
    { TYPE_AU_TFN, "999 999 999", check_au_tfn, POOR, SURE, CUES(TFN) | CUES(TAX) },
    { TYPE_AU_MEDICARE, "9999-99999-9", check_au_medicare, GOOD, SURE, CUES(MEDICARE) },
    { TYPE_AU_MEDICARE, "9999 99999 9 9", check_au_medicare, POOR, SURE, CUES(MEDICARE) },
    { TYPE_AU_MEDICARE, "9999999999", check_au_medicare, NONE, SURE, CUES(MEDICARE) },
    { TYPE_CA_SIN, "999-999-999", check_ca_sin, FAIR, SURE, CUES(INSURANCE) },
    { TYPE_CA_SIN, "999999999", check_ca_sin, NONE, SURE, CUES(INSURANCE) },
    { TYPE_BR_CPF, "999.999.999-99", check_br_cpf, SURE, SURE, CUES(CPF) },
    { TYPE_BR_CPF, "999 999 999 99", check_br_cpf, FAIR, SURE, CUES(CPF) },
    { TYPE_BR_CNPJ, "^^.^^^.^^^/^^^^-99", check_br_cnpj, SURE, SURE, CUES(CNPJ) },
    { TYPE_BR_CNPJ, "^^^^^^^^^^^^99", check_br_cnpj, FAIR, SURE, CUES(CNPJ) },
    { TYPE_MX_CURP, "AAAA999999AAAAAA*9", check_mx_curp, SURE, SURE, 0 },
    { TYPE_CL_RUT, "99.999.999-*", check_cl_rut, SURE, SURE, 0 },
    { TYPE_CL_RUT, "9.999.999-*", check_cl_rut, SURE, SURE, 0 },
    { TYPE_CL_RUT, "99999999-*", check_cl_rut, FAIR, SURE, 0 },
    { TYPE_AR_CUIT, "99-99999999-9", check_ar_cuit, SURE, SURE, CUES(TAX) },
    { TYPE_AR_CUIT, "99999999999", check_ar_cuit, POOR, SURE, CUES(TAX) },
};

#define N_RULES (sizeof rules / sizeof rules[0])
_Static_assert(N_RULES <= RULES_MOST, "tables have room for them");

/* The lengths that the first run of letters and digits can have, as bits: most rules needn't be tried at most numbers. */
static uint32_t first_lengths(const char *form)
{
    uint32_t bits = 0, length = 0;

    for (; *form; form++) {
        if (strchr("9Aa*^", *form)) {
            length++;
            continue;
        }
        bits |= 1u << length;
        if (*form != ' ') /* whatever follows, the run is over; '?' may be a letter, and then it isn't */
            return *form == '?' ? 0xFFFFFFFFu : bits;
    }
    return bits | 1u << length;
}

void tables_make_rules(struct tables *tables);

void tables_make_rules(struct tables *tables)
{
    for (uint32_t i = 0; i < N_RULES; i++) {
        uint32_t bits = first_lengths(rules[i].form);
        char first = rules[i].form[0];
        for (uint32_t length = 0; length <= RULE_LENGTH_MOST; length++)
            for (int is_digit_first = 0; is_digit_first < 2; is_digit_first++) {
                struct rule_list *list = &tables->rules[is_digit_first][length];
                if ((bits >> length & 1) && first != (is_digit_first ? 'A' : '9') &&
                    first != (is_digit_first ? 'a' : '9'))
                    list->rules[list->n++] = (uint8_t)i;
            }
    }
}

#define MOST_SIGNS 24u

/* The position behind what matches the form, 0 when nothing does. What isn't a gap goes into `s`, letters as capitals. */
static uint32_t match(const struct view *view, uint32_t at, const char *form, char *s, uint32_t *n)
{
    *n = 0;
    for (; *form; form++) {
        uint8_t c = view->c[at];
        if (*form == ' ' || *form == '-') {
            uint32_t end = gap_end(view, at);
            if (*form == '-' && end == at)
                return 0;
            at = end;
            continue;
        }
        int is_right = *form == '9'   ? is_digit(c)
                       : *form == 'A' ? is_letter(c)
                       : *form == 'a' ? is_upper(c)
                       : *form == '*' ? is_alnum(c)
                       : *form == '^' ? is_digit(c) || is_upper(c)
                       : *form == '?' ? c > ' ' && c < 0x80
                                      : c == (uint8_t)*form;
        if (!is_right || *n == MOST_SIGNS)
            return 0;
        if (strchr("9Aa*^?", *form))
            s[(*n)++] = (char)(is_letter(c) ? c & ~0x20 : c);
        at++;
    }
    return at;
}

uint32_t ids_at(struct scan *scan, uint32_t at, uint32_t run_end)
{
    const struct view *view = scan->view;
    uint32_t longest = 0, n;
    double longest_score = 0;
    enum redact_type type = TYPE_COUNT;
    char s[MOST_SIGNS + 1];

    if (run_end - at > RULE_LENGTH_MOST)
        return 0;
    const struct rule_list *list = &scan->work->tables->rules[is_digit(view->c[at])][run_end - at];
    for (uint32_t i = 0; i < list->n; i++) {
        const struct rule *rule = &rules[list->rules[i]];
        uint32_t end = match(view, at, rule->form, s, &n);
        if (!end || end < longest || !is_number_free(view, at, end) || !rule->check(s, n))
            continue;
        double score = rule->cues && cue_is_near(scan, rule->cues, at, end, CUE_REACH) ? rule->with_cue : rule->alone;
        if (end > longest || score > longest_score) {
            longest = end;
            longest_score = score;
            type = rule->type;
        }
    }
    if (!longest || longest_score < scan->work->min_score)
        return 0;
    work_add(scan->work, at, longest, type, longest_score);
    return longest_score >= SURE ? longest : 0;
}

/* A date in digits: 12/5/1984, 1984-05-12. */
static uint32_t date_end(const struct view *view, uint32_t at)
{
    const uint8_t *c = view->c;
    uint32_t groups = 0;

    for (;; at++) {
        uint32_t from = at;
        while (is_digit(c[at]))
            at++;
        if (at == from || at - from > 4)
            return 0;
        if (++groups == 3)
            return is_word(c[at]) ? 0 : at;
        if (!c[at] || !strchr("-./", c[at]))
            return 0;
    }
}

/* Six to twenty digits, perhaps in groups. */
static uint32_t account_end(const struct view *view, uint32_t at)
{
    uint32_t digits = 0, end = at;

    for (;;) {
        while (is_digit(view->c[end]) && digits <= 20) {
            end++;
            digits++;
        }
        uint32_t next = gap_end(view, end);
        if (digits > 20 || is_word(view->c[end]))
            return 0;
        if (next == end || !is_digit(view->c[next]) || view->c[end] == '.' || view->c[end] == '\n')
            return digits >= 6 ? end : 0;
        end = next;
    }
}

/* What only a word before it tells: "account no. 12345678", "sort code 12-34-56", "CVV 123", "born 12/5/1984",
 * "passport C01X00T47". */
void cued_at(struct scan *scan, uint32_t at, uint32_t run_end)
{
    const struct view *view = scan->view;
    const uint8_t *c = view->c;
    uint32_t length = run_end - at, digits = 0, end;

    if (at > 0 && strchr("-.", c[at - 1]) && at > 1 && is_word(c[at - 2]))
        return;
    for (uint32_t i = at; i < run_end; i++)
        digits += (uint32_t)is_digit(c[i]);
    if (length >= 6 && length <= 12 && digits >= 4 && cue_is_near(scan, CUES(PASSPORT), at, 0, 25))
        work_add(scan->work, at, run_end, TYPE_PASSPORT, GOOD);
    if (digits != length)
        return;
    if (length >= 2 && cue_is_near(scan, CUES(ACCOUNT), at, 0, 15) && (end = account_end(view, at)))
        work_add(scan->work, at, end, TYPE_ACCOUNT, GOOD);
    if (length == 2 && c[run_end] == '-' && is_digit(c[run_end + 1]) && cue_is_near(scan, CUES(SORT), at, 0, 12)) {
        end = date_end(view, at);
        if (end)
            work_add(scan->work, at, end, TYPE_ACCOUNT, GOOD);
    }
    if ((length == 3 || length == 4) && cue_is_near(scan, CUES(CODE), at, 0, 12))
        work_add(scan->work, at, run_end, TYPE_CARD, GOOD);
    if (length <= 4 && cue_is_near(scan, CUES(BIRTH), at, 0, 20) && (end = date_end(view, at)))
        work_add(scan->work, at, end, TYPE_BIRTH_DATE, GOOD);
}
