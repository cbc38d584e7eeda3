/* checks.h: whether a number's check digits, and what else is known of its form, are right. SPDX-License-Identifier:
 * Apache-2.0 `s` has `n` characters: digits and capital letters, without what stands between them. Each asks for the
 * lengths that it knows by itself. Pure; where an algorithm comes from stands beside it in checks.c. */
#ifndef REDACT_CHECKS_H
#define REDACT_CHECKS_H

#include <stdint.h>

typedef int check_fn(const char *s, uint32_t n);

check_fn check_any, check_luhn, check_iban, check_card, check_us_ssn, check_us_itin, check_us_mbi, check_us_npi,
    check_us_routing, check_uk_nhs, check_uk_nino, check_de_tax_id, check_de_pension, check_de_id_card, check_fr_nir,
    check_es_dni, check_es_nie, check_it_codice_fiscale, check_it_partita_iva, check_nl_bsn, check_pl_pesel,
    check_se_personnummer, check_fi_hetu, check_no_fnr, check_dk_cpr, check_dk_cpr_checked, check_be_nrn, check_pt_nif,
    check_ie_pps, check_at_svnr, check_ch_ahv, check_cz_rc, check_ro_cnp, check_bg_egn, check_ee_ik, check_hr_oib,
    check_gr_amka, check_ru_snils, check_ru_inn, check_tr_tc, check_il_tz, check_za_id, check_in_aadhaar, check_in_pan,
    check_cn_resident_id, check_kr_rrn, check_kr_rrn_checked, check_jp_my_number, check_tw_id, check_hk_hkid,
    check_sg_nric, check_my_nric, check_th_id, check_au_tfn, check_au_medicare, check_ca_sin, check_br_cpf,
    check_br_cnpj, check_mx_curp, check_cl_rut, check_ar_cuit;

/* The length of an IBAN that begins with these two capital letters; 0: the country has none. */
uint32_t iban_length(const char *country);

/* The number of ISO/IEC 7064's and ICAO 9303's sums over `n` characters: see checks.c. '<' counts as zero. */
uint32_t icao_digit(const char *s, uint32_t n);

#endif
