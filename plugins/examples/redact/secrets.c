/* secrets.c: what opens something: tokens of known forms, blocks of private keys, and what stands behind a word like
 * "password". Forms are those that the services themselves document, as of November 2026. SPDX-License-Identifier:
 * Apache-2.0 */
#include "scan.h"

#define TOKEN_REACH 4096u

/* X: letters, digits; U: and '_', '-'; B: and '.', '~', '+', '/', '='; H: hexadecimal digits; C: capitals and digits. */
static const struct {
    const char *lead;
    char of;
    uint16_t least; /* characters behind the lead */
} tokens[] = {
    { "AKIA", 'C', 16 },
    { "ASIA", 'C', 16 },
    { "ABIA", 'C', 16 },
    { "ACCA", 'C', 16 },
    { "ghp_", 'U', 30 },
    { "gho_", 'U', 30 },
    { "ghu_", 'U', 30 },
    { "ghs_", 'U', 30 },
    { "ghr_", 'U', 30 },
    { "github_pat_", 'U', 40 },
    { "glpat-", 'B', 20 },
    { "gldt-", 'U', 20 },
    { "glrt-", 'B', 20 },
    { "xoxb-", 'U', 20 },
    { "xoxp-", 'U', 20 },
    { "xoxa-", 'U', 20 },
    { "xoxe-", 'U', 20 },
    { "xoxe.xoxp-", 'U', 20 },
    { "xoxr-", 'U', 20 },
    { "xoxs-", 'U', 20 },
    { "xoxc-", 'U', 20 },
    { "xoxd-", 'B', 20 },
    { "xapp-", 'U', 20 },
    { "sk_live_", 'X', 16 },
    { "rk_live_", 'X', 16 },
    { "sk_test_", 'X', 16 },
    { "rk_test_", 'X', 16 },
    { "whsec_", 'B', 20 },
    { "AIza", 'U', 35 },
    { "ya29.", 'U', 20 },
    { "GOCSPX-", 'U', 20 },
    { "1//0", 'U', 30 },
    { "sk-", 'U', 20 },
    { "npm_", 'X', 30 },
    { "pypi-", 'U', 30 },
    { "rubygems_", 'H', 40 },
    { "hf_", 'X', 30 },
    { "SG.", 'B', 40 },
    { "dop_v1_", 'H', 60 },
    { "doo_v1_", 'H', 60 },
    { "shpat_", 'H', 32 },
    { "shpss_", 'H', 32 },
    { "shppa_", 'H', 32 },
    { "sq0atp-", 'U', 20 },
    { "sq0csp-", 'U', 30 },
    { "EAAA", 'U', 50 },
    { "key-", 'H', 32 },
    { "hvs.", 'U', 24 },
    { "hvb.", 'U', 24 },
    { "dckr_pat_", 'U', 20 },
    { "PMAK-", 'U', 50 },
    { "lin_api_", 'X', 32 },
    { "ntn_", 'X', 40 },
    { "tskey-", 'U', 20 },
    { "sntrys_", 'B', 40 },
    { "figd_", 'U', 30 },
    { "gsk_", 'X', 40 },
    { "xai-", 'X', 60 },
    { "r8_", 'X', 30 },
    { "pplx-", 'X', 40 },
    { "AGE-SECRET-KEY-1", 'C', 50 },
    { "LTAI", 'X', 16 },
    { "AKID", 'X', 30 },
    { "EAACEdEose0cBA", 'X', 10 },
};

static int is_of(uint8_t c, char of)
{
    switch (of) {
    case 'C':
        return is_upper(c) || is_digit(c);
    case 'H':
        return is_hex(c);
    case 'X':
        return is_alnum(c);
    case 'U':
        return is_alnum(c) || c == '_' || c == '-';
    default:
        return is_alnum(c) || (c && strchr("_-.~+/=", c));
    }
}

static uint32_t of_end(const uint8_t *c, uint32_t at, char of)
{
    uint32_t limit = at + TOKEN_REACH;

    while (at < limit && is_of(c[at], of))
        at++;
    return at;
}

static uint32_t take_back_signs(const uint8_t *c, uint32_t from, uint32_t end)
{
    while (end > from && c[end - 1] == '.')
        end--;
    return end;
}

/* RFC 7519 and 7515: three parts, of which the first two begin as JSON does in base64url. */
static uint32_t jwt_end(const struct view *view, uint32_t at)
{
    const uint8_t *c = view->c;
    uint32_t first = of_end(c, at, 'U'), second;

    if (c[at] != 'e' || c[at + 1] != 'y' || first - at < 12 || c[first] != '.')
        return 0;
    second = of_end(c, first + 1, 'U');
    if (second - first < 12)
        return 0;
    return c[second] == '.' ? of_end(c, second + 1, 'U') : second;
}

void tables_make_tokens(struct tables *tables);

void tables_make_tokens(struct tables *tables)
{
    for (uint32_t i = 0; i < sizeof tokens / sizeof tokens[0]; i++)
        tables->token_starts[(uint8_t)tokens[i].lead[0]] = 1;
    tables->token_starts['e'] = tables->token_starts['h'] = tables->token_starts['H'] = 1; /* JWT, hooks */
}

uint32_t token_at(struct scan *scan, uint32_t at, uint32_t run_end)
{
    const struct view *view = scan->view;
    const uint8_t *c = view->c;
    uint32_t end;

    if (run_end - at < 10 && c[run_end] != '_' && c[run_end] != '-' && c[run_end] != '.' && c[run_end] != '/')
        return 0; /* most words are over here */
    if (!scan->work->tables->token_starts[c[at]] || at < scan->secrets_from ||
        (at > 1 && (c[at - 1] == '-' || c[at - 1] == '.') && is_alnum(c[at - 2])))
        return 0;
    for (uint32_t i = 0; i < sizeof tokens / sizeof tokens[0]; i++) {
        const char *lead = tokens[i].lead;
        if (c[at] != (uint8_t)lead[0] || memcmp(c + at + 1, lead + 1, 2) != 0)
            continue;
        uint32_t length = (uint32_t)strlen(lead);
        if (at + length > view->n || memcmp(c + at, lead, length) != 0)
            continue;
        end = take_back_signs(c, at, of_end(c, at + length, tokens[i].of));
        if (end - at - length >= tokens[i].least) {
            work_add(scan->work, at, end, TYPE_SECRET, 0.95);
            scan->secrets_from = end;
            return end;
        }
    }
    if (run_end - at >= 10 && c[at] == 'e' && (end = jwt_end(view, at)) != 0) {
        work_add(scan->work, at, end, TYPE_SECRET, 0.95);
        scan->secrets_from = end;
        return end;
    }
    if (c[run_end] == '.' && view_has(view, at, "hooks.slack.com/services/")) {
        work_add(scan->work, at + 25, take_back_signs(c, at + 25, of_end(c, at + 25, 'B')), TYPE_SECRET, 0.95);
        return run_end;
    }
    return 0;
}

/* ---- private keys: RFC 7468, RFC 1421, PGP's RFC 9580 ------------------------------------------------------------ */

static uint32_t find(const struct view *view, uint32_t at, const char *what)
{
    size_t length = strlen(what);
    const uint8_t *hit = at < view->n ? memmem(view->c + at, view->n - at, what, length) : NULL;

    return hit ? (uint32_t)(hit - view->c) : UINT32_MAX;
}

/* Without an end: as far as it looks like a key, with what may stand between its lines. */
static uint32_t key_tail(const uint8_t *c, uint32_t at)
{
    uint32_t line = at;

    while (c[at]) {
        if (c[at] == '\n') {
            line = at + 1;
        } else if (c[at] == ' ' || !(is_alnum(c[at]) || strchr("+/=-_:,\\\"'", c[at]))) {
            if (c[at] == ' ' && (c[at - 1] == ':' || c[at - 1] == '\n' || c[at - 1] == ' ')) {
                at++; /* a header, or a line that is indented */
                continue;
            }
            return line > 0 ? line : at;
        }
        at++;
    }
    return at;
}

void key_block_at(struct scan *scan, uint32_t at)
{
    const struct view *view = scan->view;
    const uint8_t *c = view->c;
    uint32_t i = at + 11, line_end = i;

    while (line_end < i + 64 && (is_alnum(c[line_end]) || c[line_end] == ' '))
        line_end++;
    int is_private = 0;
    for (uint32_t k = i; k + 11 <= line_end; k++)
        is_private |= view_has(view, k, "private key");
    if (!is_private || memcmp(c + line_end, "-----", 5) != 0)
        return;
    if (scan->key_end <= line_end) /* the end is looked for once, however many begin */
        scan->key_end = find(view, line_end, "-----END");
    uint32_t end;
    if (scan->key_end == UINT32_MAX) {
        end = key_tail(c, line_end + 5);
    } else {
        end = scan->key_end + 8;
        while (end < scan->key_end + 72 && (is_alnum(c[end]) || c[end] == ' '))
            end++;
        while (c[end] == '-')
            end++;
    }
    work_add(scan->work, at, end, TYPE_PRIVATE_KEY, 1);
}

/* ---- behind a word ----------------------------------------------------------------------------------------------- */

static const char *const keywords[] = { "password",    "passwd",        "pwd",       "passphrase", "passwort",
                                        "secret",      "token",         "apikey",    "api_key",    "api-key",
                                        "access_key",  "access-key",    "accesskey", "accountkey", "secret_key",
                                        "secretkey",   "private_key",   "auth_key",  "authkey",    "credential",
                                        "credentials", "authorization", "kennwort",  "contrasena" };

/* Whether the name that ends at `end` ends with one of them: DB_PASSWORD, "client_secret", X-Api-Key, dbPassword. */
static int is_keyword(const struct view *view, uint32_t end, int *is_header)
{
    for (uint32_t i = 0; i < sizeof keywords / sizeof keywords[0]; i++) {
        uint32_t length = (uint32_t)strlen(keywords[i]);
        if (length > end || !view_has(view, end - length, keywords[i]))
            continue;
        *is_header = strcmp(keywords[i], "authorization") == 0;
        return 1;
    }
    return 0;
}

static int is_lower_word(const uint8_t *c, uint32_t from, uint32_t to)
{
    for (uint32_t i = from; i < to; i++)
        if (!(c[i] >= 'a' && c[i] <= 'z') && c[i] != '.' && c[i] != '_')
            return 0;
    return 1;
}

/* What stands for a value, and isn't one. */
static int is_placeholder(const struct view *view, uint32_t from, uint32_t to)
{
    static const char *const words[] = { "true",     "false",    "null",   "none",     "nil",      "undefined",
                                         "required", "optional", "string", "changeme", "redacted", "missing" };
    const uint8_t *c = view->c;

    if (to - from < 4 || strchr("$<{%*[(", c[from]))
        return 1;
    for (uint32_t i = 0; i < sizeof words / sizeof words[0]; i++)
        if (strlen(words[i]) == to - from && view_has(view, from, words[i]))
            return 1;
    for (uint32_t i = from; i < to; i++)
        if (c[i] != c[from])
            return 0;
    return 1; /* "xxxx", "----" */
}

/* A value without quotes: to the next blank. What looks like prose or code isn't one. */
static uint32_t bare_end(const struct view *view, uint32_t from, uint8_t sign)
{
    const uint8_t *c = view->c;
    uint32_t end = from, digits = 0, others = 0;

    while (end < from + TOKEN_REACH && c[end] > ' ' && !strchr("\"'<>,;", c[end]) && !(sign == '=' && c[end] == '&')) {
        digits += (uint32_t)is_digit(c[end]);
        others += (uint32_t)!is_letter(c[end]);
        if (c[end] == '(' || c[end] == '[')
            return 0; /* a call, a look into a table */
        end++;
    }
    while (end > from && strchr(".)]}:!?", c[end - 1]))
        end--;
    if (sign == ':' && !digits && !(end - from >= 20 || (others && end - from >= 8)))
        return 0; /* "password: it must have" */
    for (uint32_t i = from; i < end; i++)
        if (c[i] == '.' && is_lower_word(c, from, end))
            return 0; /* config.password */
    return end;
}

void assignment_at(struct scan *scan, uint32_t at)
{
    const struct view *view = scan->view;
    const uint8_t *c = view->c;
    uint32_t name_end = at, from = at + 1;
    int is_header = 0;

    while (name_end > 0 && at - name_end < 3 && strchr(" \"']", c[name_end - 1]))
        name_end--;
    if (at < scan->secrets_from || name_end == 0 || !is_letter(c[name_end - 1]) ||
        !is_keyword(view, name_end, &is_header))
        return;
    if (c[at] == ':' && (c[from] == '/' || c[from] == ':'))
        return;
    if (c[from] == '=' || c[from] == '>') /* ":=", "=>", and "==", behind which a secret is one, too */
        from++;
    while (from < at + 8 && c[from] == ' ')
        from++;
    for (int i = 0; is_header && i < 3; i++) {
        static const char *const schemes[] = { "bearer ", "basic ", "token " };
        if (view_has(view, from, schemes[i]))
            from += (uint32_t)strlen(schemes[i]);
    }
    uint32_t end;
    if (c[from] == '"' || c[from] == '\'') {
        uint8_t quote = c[from++];
        for (end = from; end < from + TOKEN_REACH && c[end] != quote && c[end] != '\n' && c[end]; end++)
            if (c[end] == '\\' && c[end + 1] && c[end + 1] != '\n')
                end++;
        if (c[end] != quote)
            return;
    } else {
        end = bare_end(view, from, c[at]);
    }
    if (end <= from || is_placeholder(view, from, end))
        return;
    work_add(scan->work, from, end, TYPE_SECRET, is_header ? 0.9 : 0.8);
    scan->secrets_from = end;
}

static int is_word_of_passwords(const struct view *view, uint32_t end)
{
    static const char *const words[] = { "password", "passwd",   "pwd",      "passphrase",
                                         "passwort", "kennwort", "passcode", "contrasena" };

    for (uint32_t i = 0; i < sizeof words / sizeof words[0]; i++) {
        uint32_t length = (uint32_t)strlen(words[i]);
        if (length <= end && view_has(view, end - length, words[i]))
            return 1;
    }
    return 0;
}

/* "my password is hunter2", "Passwort lautet …": what has letters and digits, and is no sentence that goes on. */
void told_at(struct scan *scan, uint32_t at)
{
    static const char *const verbs[] = { " is ", " was ", " is: ", " ist ", " lautet ", " es " };
    const struct view *view = scan->view;
    const uint8_t *c = view->c;
    uint32_t from = 0, end, digits = 0, letters = 0;

    if (!is_word_of_passwords(view, at))
        return;
    for (uint32_t i = 0; i < sizeof verbs / sizeof verbs[0] && !from; i++)
        if (view_has(view, at, verbs[i]))
            from = at + (uint32_t)strlen(verbs[i]);
    if (!from)
        return;
    from += c[from] == '"' || c[from] == '\'';
    for (end = from; end < from + 128 && c[end] > ' ' && !strchr("\"',;", c[end]); end++) {
        digits += (uint32_t)is_digit(c[end]);
        letters += (uint32_t)is_letter(c[end]);
    }
    while (end > from && strchr(".)!?:", c[end - 1]))
        end--;
    if (end - from >= 6 && digits && letters)
        work_add(scan->work, from, end, TYPE_SECRET, 0.7);
}
