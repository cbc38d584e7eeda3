/* accounts.c: cards, bank accounts, passports as machines read them, and addresses of Bitcoin and Ethereum: what is
 * told by its check digits alone, so that it may be broken by blanks and lines. SPDX-License-Identifier: Apache-2.0 */
#include <sodium.h>

#include "checks.h"
#include "scan.h"

#define MOST_GROUPS 19u /* "4 1 1 1 …" */

uint32_t card_at(struct scan *scan, uint32_t at)
{
    const struct view *view = scan->view;
    const uint8_t *c = view->c;
    uint32_t n = 0, groups = 0, i = at, longest = 0;
    int is_single = 0; /* groups of one digit */
    char s[20];

    if (at > 0 &&
        (is_digit(c[at - 1]) || c[at - 1] == VIEW_LETTER || (strchr("-.", c[at - 1]) && at > 1 && is_digit(c[at - 2]))))
        return 0;
    while (groups++ < MOST_GROUPS) {
        uint32_t from = i;
        while (is_digit(c[i]) && n < sizeof s - 1)
            s[n++] = (char)c[i++];
        if (groups == 1)
            is_single = i - from == 1;
        if (is_digit(c[i]))
            break; /* longer than any */
        int is_free = !is_word(c[i]) && !(c[i] && strchr("-.", c[i]) && is_letter(c[i + 1]));
        if (is_free && n >= 12 && check_card(s, n))
            longest = i;
        uint32_t next = gap_end(view, i);
        if (next == i || !is_digit(c[next]) || i == from || (i - from == 1) != is_single)
            break; /* the last may have one digit; others of one are rows of results: "3-54 4-104" */
        i = next;
    }
    if (longest)
        work_add(scan->work, at, longest, TYPE_CARD, 1);
    return longest;
}

void glued_card_at(struct scan *scan, uint32_t at, uint32_t end)
{
    char s[19];

    for (uint32_t i = at; i < end; i++)
        s[i - at] = (char)scan->view->c[i];
    if (check_card(s, end - at))
        work_add(scan->work, at, end, TYPE_CARD, 0.9);
}

/* Prose is none, though one in a hundred of its rows of letters has the check right: "By 10 PM the fatigue from …". */
static int is_written_as_iban(const struct view *view, uint32_t at, uint32_t end)
{
    uint32_t digits = 0, capitals = 0, letters = 0;

    for (uint32_t i = at; i < end; i++) {
        digits += (uint32_t)is_digit(view->c[i]);
        capitals += (uint32_t)is_upper(view->c[i]);
        letters += (uint32_t)is_letter(view->c[i]);
    }
    return digits >= 8 && (capitals == 0 || capitals == letters);
}

/* Its check is so strong that letters may follow it. */
uint32_t iban_at(struct scan *scan, uint32_t at)
{
    const struct view *view = scan->view;
    const uint8_t *c = view->c;
    char s[35];
    uint32_t n = 0, length;

    if (!is_letter(c[at]) || !is_letter(c[at + 1]) || !is_digit(c[c[at + 2] == ' ' ? at + 3 : at + 2]))
        return 0;
    char country[2] = { (char)(c[at] & ~0x20), (char)(c[at + 1] & ~0x20) };
    length = iban_length(country);
    uint32_t i = at;
    while (length && n < length) {
        if (!is_alnum(c[i]))
            return 0;
        s[n++] = (char)(is_letter(c[i]) ? c[i] & ~0x20 : c[i]);
        i++;
        if (n < length)
            i = gap_end(view, i);
    }
    if (!length || is_digit(c[i]) || !check_iban(s, n) || !is_written_as_iban(view, at, i))
        return 0;
    work_add(scan->work, at, i, TYPE_IBAN, 1);
    return i;
}

/* ---- passports --------------------------------------------------------------------------------------------------- */

static int is_mrz(uint8_t c)
{
    return is_upper(c) || is_digit(c) || c == '<';
}

/* The length of a line of MRZ characters at `at`; 0 when there is something else in it, or it is longer than any. */
static uint32_t mrz_length(const uint8_t *c, uint32_t at)
{
    uint32_t n = 0;

    while (n < 45 && is_mrz(c[at + n]))
        n++;
    return n == 45 || is_word(c[at + n]) ? 0 : n;
}

static int is_checked(const char *s, uint32_t n)
{
    return s[n] == (char)('0' + icao_digit(s, n)) || (s[n] == '<' && icao_digit(s, n) == 0);
}

static uint32_t mrz_next_line(const uint8_t *c, uint32_t at)
{
    uint32_t from = at;

    while ((c[at] == '\n' || c[at] == ' ' || c[at] == '>') && at < from + 6)
        at++;
    return at;
}

/* ICAO Doc 9303, parts 4 to 6: TD3 (2 lines of 44), TD2 (2 of 36), TD1 (3 of 30). Two of three check digits must be
 * right: letters that were read wrongly by a machine are common, and a passport is one all the same. */
static int is_mrz_right(char lines[3][46], uint32_t length)
{
    const char *two = lines[1];

    if (length == 30)
        return is_checked(lines[0] + 5, 9) + is_checked(two, 6) + is_checked(two + 8, 6) >= 2;
    return is_checked(two, 9) + is_checked(two + 13, 6) + is_checked(two + 21, 6) >= 2;
}

void mrz_at(struct scan *scan, uint32_t at)
{
    const uint8_t *c = scan->view->c;
    uint32_t from = at, end, length, n_lines;
    char lines[3][46];

    while (from > 0 && at - from < 45 && is_mrz(c[from - 1]))
        from--;
    length = mrz_length(c, from);
    if ((length != 44 && length != 36 && length != 30) || !strchr("PIACV", c[from]))
        return;
    n_lines = length == 30 ? 3 : 2;
    end = from;
    for (uint32_t i = 0; i < n_lines; i++) {
        uint32_t line = i ? mrz_next_line(c, end) : from;
        if (mrz_length(c, line) != length)
            return;
        memcpy(lines[i], c + line, length);
        lines[i][length] = 0;
        end = line + length;
    }
    if (!is_mrz_right(lines, length))
        return;
    work_add(scan->work, from, end, TYPE_PASSPORT, 1);
    scan->numbers_from = end;
}

/* ---- addresses of money ------------------------------------------------------------------------------------------ */

/* Bitcoin's Base58Check: 25 bytes, of which the last four are the first of SHA-256 twice over the others. */
static int is_base58_address(const uint8_t *c, uint32_t n)
{
    static const char signs[] = "123456789ABCDEFGHJKLMNPQRSTUVWXYZabcdefghijkmnopqrstuvwxyz";
    uint8_t bytes[25] = { 0 }, hash[crypto_hash_sha256_BYTES];

    for (uint32_t i = 0; i < n; i++) {
        const char *sign = strchr(signs, c[i]);
        if (!sign)
            return 0;
        uint32_t carry = (uint32_t)(sign - signs);
        for (uint32_t k = sizeof bytes; k-- > 0;) {
            carry += bytes[k] * 58u;
            bytes[k] = (uint8_t)carry;
            carry >>= 8;
        }
        if (carry)
            return 0;
    }
    crypto_hash_sha256(hash, bytes, 21);
    crypto_hash_sha256(hash, hash, sizeof hash);
    return memcmp(hash, bytes + 21, 4) == 0;
}

/* BIP 173 and BIP 350: bc1, and a code of six characters at the end. */
static int is_bech32_address(const uint8_t *c, uint32_t n)
{
    static const char signs[] = "qpzry9x8gf2tvdw0s3jn54khce6mua7l";
    static const uint32_t generator[] = { 0x3b6a57b2, 0x26508e6d, 0x1ea119fa, 0x3d4233dd, 0x2a1462b3 };
    static const uint8_t lead[] = { 3, 3, 0, 2, 3 }; /* "bc", taken apart */
    uint32_t sum = 1;

    for (uint32_t i = 0; i < n - 3 + sizeof lead; i++) {
        const char *sign = i < sizeof lead ? signs : strchr(signs, to_lower(c[i - sizeof lead + 3]));
        if (!sign)
            return 0;
        uint32_t value = i < sizeof lead ? lead[i] : (uint32_t)(sign - signs), top = sum >> 25;
        sum = (sum & 0x1ffffff) << 5 ^ value;
        for (uint32_t k = 0; k < 5; k++)
            sum ^= top >> k & 1 ? generator[k] : 0;
    }
    return sum == 1 || sum == 0x2bc830a3;
}

uint32_t crypto_at(struct scan *scan, uint32_t at, uint32_t run_end)
{
    const uint8_t *c = scan->view->c;
    uint32_t n = run_end - at;
    int is_address = 0;

    if ((c[at] == '1' || c[at] == '3') && n <= 35)
        is_address = is_base58_address(c + at, n);
    else if (view_has(scan->view, at, "bc1") && n >= 14 && n <= 90)
        is_address = is_bech32_address(c + at, n);
    else if (view_has(scan->view, at, "0x") &&
             n == 42) { /* an Ethereum address: its check is in capitals, which most leave out */
        is_address = 1;
        for (uint32_t i = at + 2; i < run_end; i++)
            is_address &= is_hex(c[i]);
    }
    if (!is_address)
        return 0;
    work_add(scan->work, at, run_end, TYPE_CRYPTO, 0.95);
    return run_end;
}
