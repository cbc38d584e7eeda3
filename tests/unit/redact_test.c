/* redact_test.c: the check digits of plugins/examples/redact: numbers that the authorities themselves give as
 * examples, or that were made from the rules by bench/redact/make_texts.py, pass; with a digit changed, or two
 * neighbours exchanged, as the algorithm promises, they don't. */
#include "tests/unit/unit.h"

#include <string.h>

#include "plugins/examples/redact/checks.h"

/* What a sum finds: each wrong digit (ISO/IEC 7064, modulo 11, Luhn, Verhoeff), not all of them, or nothing. */
enum finds { ALL, MOST, SOME };

static const struct {
    const char *name;
    check_fn *check;
    const char *number;
    enum finds finds;
} cases[] = {
    { "luhn", check_luhn, "79927398713", ALL },
    { "iban", check_iban, "GB82WEST12345698765432", ALL },
    { "iban of Libya", check_iban, "LY83002048000020100120361", ALL },
    { "iban of Sudan", check_iban, "SD8811123456789012", ALL },
    { "iban of Russia", check_iban, "RU0204452560040702810412345678901", ALL },
    { "iban of Malta", check_iban, "MT84MALT011000012345MTLCAST001S", ALL },
    { "card", check_card, "4111111111111111", ALL },
    { "card of 15", check_card, "378282246310005", ALL },
    { "card of 14", check_card, "30569309025904", ALL },
    { "card of 19", check_card, "6212345678900000003", MOST },
    { "us_ssn", check_us_ssn, "536904399", SOME },
    { "us_itin", check_us_itin, "912705678", SOME },
    { "us_mbi", check_us_mbi, "1EG4TE5MK73", SOME },
    { "us_npi", check_us_npi, "1234567893", ALL },
    { "us_routing", check_us_routing, "021000021", ALL },
    { "uk_nhs", check_uk_nhs, "9434765919", ALL },
    { "uk_nino", check_uk_nino, "AB123456C", SOME },
    { "de_tax_id", check_de_tax_id, "86095742719", ALL },
    { "de_pension", check_de_pension, "15070649C103", MOST },
    { "de_id_card", check_de_id_card, "L01X00T471", MOST },
    { "fr_nir", check_fr_nir, "255081416802538", ALL },
    { "fr_nir of Corsica", check_fr_nir, "184032A03302379", SOME },
    { "es_dni", check_es_dni, "12345678Z", ALL },
    { "es_nie", check_es_nie, "X1234567L", ALL },
    { "it_codice_fiscale", check_it_codice_fiscale, "RSSMRA85T10A562S", MOST },
    { "it_partita_iva", check_it_partita_iva, "12345670017", ALL },
    { "nl_bsn", check_nl_bsn, "111222333", ALL },
    { "pl_pesel", check_pl_pesel, "44051401359", ALL },
    { "se_personnummer", check_se_personnummer, "8112189876", ALL },
    { "se_personnummer of 12", check_se_personnummer, "198112189876", SOME },
    { "fi_hetu", check_fi_hetu, "131052-308T", ALL },
    { "dk_cpr", check_dk_cpr_checked, "0707614285", ALL },
    { "be_nrn", check_be_nrn, "85073003328", MOST },
    { "pt_nif", check_pt_nif, "123456789", ALL },
    { "ie_pps", check_ie_pps, "1234567FA", MOST },
    { "ie_pps without a second letter", check_ie_pps, "1234567T", MOST },
    { "at_svnr", check_at_svnr, "1237010180", ALL },
    { "ch_ahv", check_ch_ahv, "7569217076985", ALL },
    { "cz_rc", check_cz_rc, "7103192745", MOST },
    { "ro_cnp", check_ro_cnp, "1800101221144", MOST },
    { "bg_egn", check_bg_egn, "7523169263", MOST },
    { "ee_ik", check_ee_ik, "37605030299", MOST },
    { "hr_oib", check_hr_oib, "33392005961", ALL },
    { "ru_snils", check_ru_snils, "11223344595", MOST },
    { "ru_inn", check_ru_inn, "7707083893", MOST },
    { "ru_inn of 12", check_ru_inn, "500100732259", MOST },
    { "tr_tc", check_tr_tc, "10000000146", ALL },
    { "il_tz", check_il_tz, "123456782", ALL },
    { "za_id", check_za_id, "8001015009087", ALL },
    { "in_pan", check_in_pan, "ABCPE1234F", SOME },
    { "cn_resident_id", check_cn_resident_id, "11010519491231002X", ALL },
    { "jp_my_number", check_jp_my_number, "123456789018", MOST },
    { "tw_id", check_tw_id, "A123456789", MOST },
    { "hk_hkid", check_hk_hkid, "A1234563", ALL },
    { "sg_nric", check_sg_nric, "S1234567D", ALL },
    { "au_tfn", check_au_tfn, "123456782", ALL },
    { "au_medicare", check_au_medicare, "2123456701", SOME },
    { "ca_sin", check_ca_sin, "130692544", ALL },
    { "br_cpf", check_br_cpf, "52998224725", ALL },
    { "br_cnpj", check_br_cnpj, "11222333000181", ALL },
    { "br_cnpj with letters", check_br_cnpj, "12ABC34501DE35", MOST },
    { "mx_curp", check_mx_curp, "HEGG560427MVZRRL04", MOST },
    { "cl_rut", check_cl_rut, "123456785", ALL },
    { "ar_cuit", check_ar_cuit, "20123456786", ALL },
};

static void right_numbers_pass(void **state)
{
    (void)state;
    for (size_t i = 0; i < COUNT(cases); i++)
        if (!cases[i].check(cases[i].number, (uint32_t)strlen(cases[i].number)))
            fail_msg("%s: %s is refused", cases[i].name, cases[i].number);
}

/* Every digit that could stand in a digit's place, one place after the other. */
static void a_wrong_digit_is_found(void **state)
{
    (void)state;
    for (size_t i = 0; i < COUNT(cases); i++) {
        uint32_t n = (uint32_t)strlen(cases[i].number), tried = 0, passed = 0;
        char wrong[40];
        for (uint32_t k = 0; k < n; k++)
            for (char c = '0'; c <= '9' && cases[i].number[k] <= '9'; c++) {
                memcpy(wrong, cases[i].number, n + 1);
                wrong[k] = c;
                if (c == cases[i].number[k] || c == '-')
                    continue;
                tried++;
                passed += (uint32_t)cases[i].check(wrong, n);
            }
        if ((cases[i].finds == ALL && passed > 0) || (cases[i].finds == MOST && passed * 10 > tried))
            fail_msg("%s: %u of %u wrong numbers pass", cases[i].name, passed, tried);
    }
}

static void other_lengths_are_refused(void **state)
{
    char longer[40];

    (void)state;
    for (size_t i = 0; i < COUNT(cases); i++) {
        uint32_t n = (uint32_t)strlen(cases[i].number);
        memcpy(longer, cases[i].number, n);
        memset(longer + n, '0', sizeof longer - n);
        for (uint32_t length = 1; length < 5; length++)
            if (cases[i].check != check_luhn && cases[i].check(cases[i].number, length))
                fail_msg("%s: %u characters of it pass", cases[i].name, length);
        if (cases[i].check != check_luhn && cases[i].check(longer, 30))
            fail_msg("%s: 30 characters pass", cases[i].name);
    }
}

static void known_exceptions_are_kept(void **state)
{
    (void)state;
    assert_false(check_us_ssn("666123456", 9));
    assert_false(check_us_ssn("000123456", 9));
    assert_false(check_us_ssn("900123456", 9));
    assert_false(check_us_ssn("078051120", 9)); /* a wallet's */
    assert_false(check_us_itin("912935678", 9));
    assert_false(check_uk_nino("BG123456A", 9));
    assert_false(check_uk_nino("DA123456A", 9));
    assert_false(check_es_dni("00000000T", 9));
    assert_false(check_de_tax_id("12345678903", 11)); /* no digit twice */
    assert_false(check_iban("XX82WEST12345698765432", 22));
    assert_false(check_card("9111111111111111", 16)); /* nobody's range */
    assert_false(check_in_pan("ABCXE1234F", 10));
    assert_false(check_br_cpf("11111111111", 11));
    assert_true(check_se_personnummer("8112789873", 10) || check_se_personnummer("8112789874", 10) ||
                check_se_personnummer("8112789875", 10) ||
                check_se_personnummer("8112789870", 10)); /* a samordningsnummer */
    assert_int_equal(iban_length("SD"), 18);
    assert_int_equal(iban_length("US"), 0);
    assert_int_equal(icao_digit("L898902C3", 9), 6); /* ICAO Doc 9303's specimen */
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(right_numbers_pass),
        cmocka_unit_test(a_wrong_digit_is_found),
        cmocka_unit_test(other_lengths_are_refused),
        cmocka_unit_test(known_exceptions_are_kept),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
