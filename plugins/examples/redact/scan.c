/* scan.c: one walk over the view, and who is asked at which character. SPDX-License-Identifier: Apache-2.0
 * Each finder reads a bounded stretch, or what it read isn't read again, so that time is linear, whatever the text. */
#include "scan.h"

#include <assert.h>

static const struct {
    enum cue cue;
    const char *words;
} cue_lists[] = {
#define X(name, words) { CUE_##name, words },
    REDACT_CUES(X)
#undef X
};

static uint32_t hash_word(const char *word, uint32_t length)
{
    uint32_t hash = 2166136261u; /* FNV-1a; the words are ours, so nobody can choose them to clash */

    for (uint32_t i = 0; i < length; i++)
        hash = (hash ^ (uint8_t)word[i]) * 16777619u;
    return hash ^ hash >> 15;
}

static void cue_add(struct tables *tables, const char *text, uint32_t length, enum cue cue)
{
    char word[CUE_BYTES];
    uint8_t upper_only = is_upper((uint8_t)text[0]) ? 1 : 0;
    uint32_t slot;

    assert(length < CUE_BYTES);
    for (uint32_t i = 0; i < length; i++)
        word[i] = (char)to_lower((uint8_t)text[i]);
    for (slot = hash_word(word, length) % CUE_SLOTS; tables->cue_words[slot].length; slot = (slot + 1) % CUE_SLOTS)
        if (tables->cue_words[slot].length == length && memcmp(tables->cue_words[slot].word, word, length) == 0)
            break;
    memcpy(tables->cue_words[slot].word, word, length);
    tables->cue_words[slot].length = (uint8_t)length;
    tables->cue_words[slot].is_upper_only = upper_only;
    tables->cue_words[slot].cues |= UINT64_C(1) << cue;
}

void tables_make_rules(struct tables *tables);  /* ids.c */
void tables_make_tokens(struct tables *tables); /* secrets.c */

void tables_make(struct tables *tables)
{
    for (uint32_t i = 0; i < sizeof cue_lists / sizeof cue_lists[0]; i++)
        for (const char *word = cue_lists[i].words; *word;) {
            uint32_t length = (uint32_t)strcspn(word, " ");
            cue_add(tables, word, length, cue_lists[i].cue);
            word += length + (word[length] == ' ');
        }
    tables_make_rules(tables);
    tables_make_tokens(tables);
}

uint64_t cues_of(const struct tables *tables, const struct view *view, uint32_t from, uint32_t to)
{
    char word[CUE_BYTES];
    uint32_t length = to - from;

    if (length >= sizeof word || length == 0)
        return 0;
    for (uint32_t i = 0; i < length; i++)
        word[i] = (char)to_lower(view->c[from + i]);
    for (uint32_t slot = hash_word(word, length) % CUE_SLOTS; tables->cue_words[slot].length;
         slot = (slot + 1) % CUE_SLOTS)
        if (tables->cue_words[slot].length == length && memcmp(tables->cue_words[slot].word, word, length) == 0)
            return tables->cue_words[slot].is_upper_only && !is_upper(view->c[from]) ? 0 : tables->cue_words[slot].cues;
    return 0;
}

/* One of the next three words, on the same line: "123456782 (BSN)", "is my tax number". */
static int is_cue_behind(const struct scan *scan, uint64_t cues, uint32_t at)
{
    const uint8_t *c = scan->view->c;

    for (int i = 0; i < 3; i++) {
        uint32_t limit = at + 12;
        while (c[at] && c[at] != '\n' && !is_word(c[at]) && at < limit)
            at++;
        uint32_t from = at;
        while (at < from + CUE_BYTES && is_word(c[at]))
            at++;
        if (cues_of(scan->work->tables, scan->view, from, at) & cues)
            return 1;
    }
    return 0;
}

int cue_is_near(const struct scan *scan, uint64_t cues, uint32_t at, uint32_t end, uint32_t reach)
{
    for (uint64_t left = cues; left; left &= left - 1) {
        uint32_t cue_end = scan->cue_at[__builtin_ctzll(left)];
        if (cue_end && cue_end - 1 <= at && at - (cue_end - 1) <= reach)
            return 1;
    }
    return end && is_cue_behind(scan, cues, end);
}

uint32_t gap_end(const struct view *view, uint32_t at)
{
    const uint8_t *c = view->c;
    uint32_t i = at, signs = 0, lines = 0;

    for (; i < at + 4; i++) {
        if (c[i] == '-' || c[i] == '.' || c[i] == '/' || c[i] == '_')
            signs++;
        else if (c[i] == '\n')
            lines++;
        else if (c[i] != ' ')
            break;
    }
    if (signs > 1 || lines > 2 || !is_alnum(c[i]))
        return at;
    return i;
}

int is_number_free(const struct view *view, uint32_t at, uint32_t end)
{
    const uint8_t *c = view->c;

    if (at > 0 && is_word(c[at - 1]))
        return 0;
    if (at > 1 && strchr("-./", c[at - 1]) && is_digit(c[at - 2]))
        return 0;
    if (is_word(c[end]))
        return 0;
    return !(c[end] && strchr("-./", c[end]) && is_digit(c[end + 1]));
}

/* A run of letters and digits: who may begin with it. */
static void look_at_run(struct scan *scan, uint32_t at, uint32_t end, int has_digit, int has_letter)
{
    const uint8_t *c = scan->view->c;
    uint32_t number_end = 0;

    if (!has_digit) {
        uint64_t cues = cues_of(scan->work->tables, scan->view, at, end);
        for (; cues; cues &= cues - 1)
            scan->cue_at[__builtin_ctzll(cues)] = end + 1;
    }
    if (c[end] == '.' || c[end] == '-')
        host_at(scan, at, end);
    if (end - at == 2 && c[end] == ' ' && at > 0 && c[at - 1] == ' ' && view_has(scan->view, at, "at"))
        mail_at(scan, at);
    if (!has_digit && end - at >= 3)
        told_at(scan, end);
    token_at(scan, at, end);
    if (at < scan->numbers_from)
        return;
    if (has_digit || c[end] == ':' || c[end] == '-')
        number_end = mac_at(scan, at);
    if (!number_end && (c[end] == ':' || has_digit))
        number_end = ip6_at(scan, at);
    if (!number_end && is_letter(c[at]) &&
        ((has_digit && end - at >= 4) || (end - at == 2 && c[end] == ' ' && is_digit(c[end + 1]))))
        number_end = iban_at(scan, at);
    if (!number_end && has_digit && end - at >= 26)
        number_end = crypto_at(scan, at, end);
    if (!number_end && has_digit && !has_letter) {
        number_end = card_at(scan, at);
        if (!number_end)
            number_end = ip4_at(scan, at);
    }
    if (!number_end && (has_digit || end - at <= 6))
        number_end = ids_at(scan, at, end);
    if (!number_end && has_digit) {
        cued_at(scan, at, end);
        if (!has_letter || c[at] == '0')
            phone_at(scan, at);
    }
    if (number_end > scan->numbers_from)
        scan->numbers_from = number_end;
}

/* "card4111…", "4111…exp", "IBANDE89…", "DE89…BIC": a number that is glued to the words beside it. */
static void look_inside_run(struct scan *scan, uint32_t at, uint32_t end)
{
    const uint8_t *c = scan->view->c;
    uint32_t digits = end, iban = at;

    while (digits > at && is_digit(c[digits - 1]))
        digits--;
    if (end - digits >= 12 && digits > at && is_letter(c[digits - 1]))
        card_at(scan, digits);
    for (digits = at; is_digit(c[digits]);)
        digits++;
    if (digits - at >= 13 && digits - at <= 19)
        glued_card_at(scan, at, digits);
    if (end - at > 8 && view_has(scan->view, at, "iban"))
        iban = iban_at(scan, at + 4);
    else if (end - at > 15 && is_letter(c[at]))
        iban = iban_at(scan, at);
    while (iban > at && iban < end) /* one behind the other */
        iban = iban_at(scan, iban);
}

static uint32_t run_at(struct scan *scan, uint32_t at)
{
    const uint8_t *c = scan->view->c;
    uint32_t end = at;
    int has_digit = 0, has_letter = 0;

    for (; is_word(c[end]); end++) {
        has_digit |= is_digit(c[end]);
        has_letter |= !is_digit(c[end]);
    }
    look_at_run(scan, at, end, has_digit, has_letter);
    if (has_digit && has_letter)
        look_inside_run(scan, at, end);
    return end;
}

/* Who is asked about a sign. */
static void sign_at(struct scan *scan, uint32_t at)
{
    const struct view *view = scan->view;
    const uint8_t *c = view->c;

    switch (c[at]) {
    case '@':
        mail_at(scan, at);
        break;
    case '(':
    case '[':
        if (view_has(view, at + 1, "at") && (c[at + 3] == ')' || c[at + 3] == ']'))
            mail_at(scan, at);
        else if (c[at] == '(' && at >= scan->numbers_from)
            phone_at(scan, at);
        break;
    case '%':
        if (c[at + 1] == '4' && c[at + 2] == '0')
            mail_at(scan, at);
        break;
    case '+':
        if (at >= scan->numbers_from)
            phone_at(scan, at);
        break;
    case ':':
        if (c[at + 1] == '/' && c[at + 2] == '/')
            userinfo_at(scan, at);
        else if (c[at + 1] == ':' && (at == 0 || !is_word(c[at - 1])))
            ip6_at(scan, at);
        assignment_at(scan, at);
        break;
    case '=':
        assignment_at(scan, at);
        break;
    case '<':
        if (c[at + 1] == '<' && at > 0 && c[at - 1] != '<' && at >= scan->numbers_from)
            mrz_at(scan, at);
        break;
    case '-':
        if (c[at + 1] == '-' && view_has(view, at, "-----begin "))
            key_block_at(scan, at);
        break;
    default:
        break;
    }
}

#define STOP_INTERVAL 65536u /* characters between two questions whether to stop */

void scan(struct work *work)
{
    struct scan scan = { .work = work, .view = &work->view };
    uint32_t ask_at = STOP_INTERVAL;

    for (uint32_t i = 0; i < work->view.n && work->rc == TEXTD_OK;) {
        if (i >= ask_at) {
            ask_at = i + STOP_INTERVAL;
            if (work->host->should_stop(work->doc)) {
                work->rc = TEXTD_STOPPED;
                return;
            }
        }
        if (is_word(work->view.c[i])) {
            i = run_at(&scan, i);
            continue;
        }
        sign_at(&scan, i);
        i++;
    }
}
