/* addresses_test.c: telephone numbers, addresses and accounts by property: whatever is written in any of the ways
 * that are known, with whatever a text may have around it, is read back as it is; with a digit beside it, never a
 * value comes that ignores the digit. More rounds than the usual with an argument. */
#include "unit.h"

#include <arpa/inet.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "plugins/entities/expressions/expressions.h"
#include "plugins/segmenter/tokens.h"

static uint32_t rounds = 10000; /* of each type */
static uint32_t seed = 1;
static struct vocabulary *vocabulary;
static char arena[1 << 20];
static size_t used;

static void *take(void *context, size_t bytes)
{
    (void)context;
    used = (used + 15) & ~(size_t)15;
    assert_true(bytes <= sizeof arena - used);
    used += bytes;
    return arena + used - bytes;
}

static void *take_segments(void *context, uint64_t bytes)
{
    return take(context, bytes);
}

static int go_on(void *context)
{
    (void)context;
    return 0;
}

static uint32_t below(uint32_t n)
{
    seed = seed * 1664525u + 1013904223u;
    return (uint32_t)((uint64_t)(seed >> 4) * n >> 28);
}

#define ONE_OF(list) ((list)[below(COUNT(list))])

/* ---- Finding ------------------------------------------------------------------------------------------------------ */

/* How it is written, and what it means: of EMAIL and URL that is how it is written. */
struct sample {
    char written[400], value[400];
    uint8_t type;
};

/* How many entities of the sample's type have its value. */
static int count(const char *text, const struct sample *s, bool *is_alone)
{
    static const struct expression_settings settings = { .day_first = 0 };
    const struct entity_means means = { take, go_on, NULL };
    struct segments segments = { .alloc = take_segments, .should_stop = go_on };
    uint32_t length = (uint32_t)strlen(text), n;
    struct textd_span sentence = { 0, length };
    struct entity *found;
    int same = 0;

    used = 0;
    assert_int_equal(segment_tokens(&segments, text, length), TEXTD_OK);
    for (uint32_t i = 0; i < segments.n_tokens; i++)
        segments.kinds[i] &= TOKEN_KIND;
    const struct entity_input in = { text, segments.tokens, segments.kinds, &sentence, length, segments.n_tokens, 1 };
    assert_int_equal(expressions_find(vocabulary, &settings, &in, &means, &found, &n), TEXTD_OK);
    *is_alone = n == 1;
    for (uint32_t i = 0; i < n; i++) {
        const char *value = text + found[i].span.start;
        uint32_t bytes = found[i].span.end - found[i].span.start;

        if (found[i].value) {
            value = found[i].value->text;
            bytes = found[i].value->text_length;
        }
        same += found[i].type == s->type && bytes == strlen(s->value) && memcmp(value, s->value, bytes) == 0;
    }
    return same;
}

static const char *const before[] = { "We have ", "(",    "\"", "“", "[", "<",  "‘", "It: ", "— ",
                                      "Is it ",   "at\t", "* ", "«", "|", "\n", "",  "- ",   "or: " };
static const char *const behind[] = { " now.", ".", ",", ")", "!",  "?",    "\"", "”", ";", "]",   ">",
                                      "’",     "…", ":", "",  "\n", " - a", ".)", "|", "»", ",\"", "?!" };

static void is_read_back(const struct sample *s, const char *cue)
{
    char text[1200];
    const char *front = cue ? cue : ONE_OF(before), *back = cue && s->type == ENTITY_EMAIL ? " now." : ONE_OF(behind);
    bool is_alone;

    snprintf(text, sizeof text, "%s%s%s", front, s->written, back);
    if (count(text, s, &is_alone) != 1 || !is_alone)
        fail_msg("'%s' doesn't give %s", text, s->value);
}

static void is_not_cut(const struct sample *s)
{
    char text[1200];
    bool is_alone;

    for (int side = 0; side < 2; side++) {
        char digit[2] = { (char)('1' + below(9)), '\0' }; /* a zero before an address of version 6 changes nothing */

        snprintf(text, sizeof text, "We have %s%s%s now.", side ? "" : digit, s->written, side ? digit : "");
        if (count(text, s, &is_alone) != 0)
            fail_msg("'%s' gives %s", text, s->value);
    }
}

/* ---- Making ------------------------------------------------------------------------------------------------------- */

static char digit_from(char least)
{
    return (char)(least + below((uint32_t)('9' - least + 1)));
}

static void put_digits(char **to, uint32_t n, char first)
{
    for (uint32_t i = 0; i < n; i++)
        *(*to)++ = digit_from(i ? '0' : first);
    **to = '\0';
}

static void put(char **to, const char *text)
{
    *to += sprintf(*to, "%s", text);
}

/* A form with a part for each '%'; NULL behind the last. */
static void put_form(char **to, const char *form, const char *const *parts)
{
    for (; *form; form++)
        if (*form == '%' && *parts)
            put(to, *parts++);
        else
            *(*to)++ = *form;
    **to = '\0';
}

/* A national number in groups: the value without the gaps. */
static void put_groups(char **written, char **value, const uint8_t *groups, uint32_t n, const char *gap)
{
    for (uint32_t i = 0; i < n; i++) {
        char *from = *written;

        put_digits(written, groups[i], i ? '0' : '2');
        put(value, from);
        if (i + 1 < n)
            put(written, gap);
    }
}

static const char *const gaps[] = { " ", "-", ".", "\u00A0", "\u2011", "/", " - ", "- " };

static const char *international(struct sample *s)
{
    static const struct {
        const char *code;
        uint8_t n, groups[4];
    } plans[] = {
        { "44", 3, { 2, 4, 4 } },  { "45", 4, { 2, 2, 2, 2 } }, { "49", 3, { 2, 4, 4 } },   { "33", 4, { 3, 2, 2, 2 } },
        { "351", 3, { 3, 3, 3 } }, { "91", 2, { 5, 5 } },       { "86", 3, { 3, 4, 4 } },   { "61", 3, { 1, 4, 4 } },
        { "420", 3, { 3, 3, 3 } }, { "81", 3, { 2, 4, 4 } },    { "7", 4, { 3, 3, 2, 2 } }, { "41", 4, { 2, 3, 2, 2 } },
        { "1", 3, { 3, 3, 4 } },   { "65", 2, { 4, 4 } },       { "972", 3, { 2, 3, 4 } },  { "27", 3, { 2, 3, 4 } },
    };
    static const char *const fronts[] = { "+%", "+%", "(+%)", "00%", "011 %" };
    uint32_t plan = below(COUNT(plans));
    char *w = s->written, *v = s->value, *exchange;
    const char *gap = below(6) ? ONE_OF(gaps) : "", *front = ONE_OF(fronts);

    if (front[0] == '0' && !*gap)
        gap = " ";
    put_form(&w, front, (const char *const[]) { plans[plan].code, NULL });
    put(&w, *gap ? gap : front[0] == '(' ? " " : "");
    v += sprintf(v, "+%s", plans[plan].code);
    put_groups(&w, &v, plans[plan].groups, plans[plan].n, gap);
    if (plans[plan].code[0] == '1') { /* no exchange begins with 0 or 1 */
        exchange = w - 4 - 3 - strlen(gap);
        *exchange = s->value[5] = '5';
    }
    return NULL;
}

static const char *national(struct sample *s)
{
    static const struct {
        uint8_t n, groups[5];
    } plans[] = { { 3, { 2, 4, 4 } }, { 4, { 2, 2, 2, 2 } }, { 2, { 3, 7 } }, { 2, { 4, 6 } } };
    uint32_t plan = below(COUNT(plans));
    char *w = s->written, *v = s->value;

    put(&w, "0");
    put(&v, "0");
    put_groups(&w, &v, plans[plan].groups, plans[plan].n, ONE_OF(gaps));
    return NULL;
}

static const char *american(struct sample *s)
{
    static const char *const forms[] = { "%-%-%", "(%) %-%", "%.%.%", "% % %", "(%)%-%", "1-%-%-%", "+1 (%) %-%" };
    char parts[3][8], *at, *w = s->written;
    const char *form = ONE_OF(forms), *const all[] = { parts[0], parts[1], parts[2], NULL };

    at = parts[0], put_digits(&at, 3, '2');
    at = parts[1], put_digits(&at, 3, '2');
    at = parts[2], put_digits(&at, 4, '0');
    put_form(&w, form, all);
    sprintf(s->value, "%s%s%s%s", form[0] == '+' ? "+1" : form[0] == '1' ? "1" : "", parts[0], parts[1], parts[2]);
    if (below(4) == 0) {
        static const char *const extensions[] = { " ext. ", "x", ", extension ", " x", ";ext=" };
        uint32_t number = 1 + below(9999);
        sprintf(w, "%s%u", ONE_OF(extensions), number);
        sprintf(s->value + strlen(s->value), ";ext=%u", number);
    }
    return NULL;
}

/* Digits alone, behind a word. */
static const char *called(struct sample *s)
{
    static const char *const cues[] = { "Tel: ",       "Fax ",  "My phone number is ", "T: ", "Mobile no. ",
                                        "call us at ", "Phone:" };
    char *w = s->written;

    put_digits(&w, 7 + below(5), below(2) ? '0' : '2');
    s->written[1] = digit_from('1');
    w[-1] = digit_from('1'); /* five zeros at the end would be an amount */
    strcpy(s->value, s->written);
    return ONE_OF(cues);
}

static const char *phone(struct sample *s)
{
    static const char *(*const forms[])(struct sample *) = { international, national, american, called };

    s->type = ENTITY_PHONE;
    return ONE_OF(forms)(s);
}

static const char letters[] = "abcdefghijklmnopqrstuvwxyz";

static void put_letters(char **to, uint32_t n)
{
    for (uint32_t i = 0; i < n; i++)
        *(*to)++ = letters[below(26)];
    **to = '\0';
}

static void put_host(char **to)
{
    static const char *const labels[] = { "example", "bücher", "x1", "a-b", "例え", "xn--bcher-kva", "9to5" };
    static const char *const endings[] = { "com", "org", "de", "co.uk", "example", "net" };

    for (uint32_t n = 1 + below(3); n > 0; n--)
        *to += sprintf(*to, "%s.", ONE_OF(labels));
    put(to, ONE_OF(endings));
}

static const char *mail(struct sample *s)
{
    static const char signs[] = "!#$%&'*+-=?^_`{|}~..++--__''";
    char *w = s->written;

    s->type = ENTITY_EMAIL;
    put(&w, "q"); /* "to=" would be a key */
    put_letters(&w, 1 + below(6));
    for (uint32_t n = below(3); n > 0; n--) {
        *w++ = signs[below(sizeof signs - 1)];
        put_letters(&w, 1 + below(5));
        if (below(3) == 0)
            put_digits(&w, 2, '0');
    }
    put(&w, "@");
    put_host(&w);
    strcpy(s->value, s->written);
    return strpbrk(s->written, "|`'") ? "We have " : NULL; /* such marks on both sides are the text's */
}

static const char *url(struct sample *s)
{
    static const char *const schemes[] = { "http://",    "https://",   "ftp://",      "HTTP://",
                                           "ssh://git@", "git+ssh://", "https://u:p@" };
    static const char *const paths[] = { "/",        "/a/b", "/a_(b)", "/%C3%A4",  "/straße/7",  "/x.html",
                                         "/a,b;c=1", "/*b*", "/~joe",  "/a:80/@b", "/2024/05/12" };
    static const char *const queries[] = { "?a=1&b=2", "?q[]=1&r={2}", "?u=http://example.org/x", "?t=12:30" };
    char *w = s->written;
    bool is_bare = below(4) == 0;

    s->type = ENTITY_URL;
    if (is_bare)
        put(&w, "www.");
    else
        put(&w, ONE_OF(schemes));
    if (!is_bare && below(8) == 0)
        put(&w, "[2001:db8::7]");
    else
        put_host(&w);
    if (below(4) == 0)
        w += sprintf(w, ":%u", 1 + below(65535));
    if (below(4)) {
        put(&w, ONE_OF(paths));
        if (below(3) == 0)
            put(&w, ONE_OF(queries));
        if (below(4) == 0)
            put(&w, "#part-2");
    }
    strcpy(s->value, s->written);
    return NULL;
}

static const char *ip(struct sample *s)
{
    unsigned char bytes[16];
    bool is_version6 = below(2);
    char *w = s->written;

    s->type = ENTITY_IP;
    for (uint32_t i = 0; i < 16; i++)
        bytes[i] = (unsigned char)below(256);
    if (is_version6 && below(2)) /* zeros inside */
        memset(bytes + 2 + 2 * below(3), 0, 4 + 2 * below(3));
    bytes[15] |= 1;
    bytes[14] = 0x70;
    assert_non_null(inet_ntop(is_version6 ? AF_INET6 : AF_INET, bytes, s->value, sizeof s->value));
    if (is_version6 && below(3) == 0) { /* in full */
        for (uint32_t i = 0; i < 16; i += 2)
            w += sprintf(w, "%s%02X%02x", i ? ":" : "", bytes[i], bytes[i + 1]);
    } else
        strcpy(s->written, s->value);
    if (is_version6 && below(4) == 0) {
        strcat(s->written, "%eth0");
        strcat(s->value, "%eth0");
    } else if (below(3) == 0) {
        char prefix[8];
        sprintf(prefix, "/%u", 10 + below(is_version6 ? 119 : 23));
        strcat(s->written, prefix);
        strcat(s->value, prefix);
    }
    return NULL;
}

static const char *iban(struct sample *s)
{
    static const struct {
        const char *country;
        uint32_t length;
    } plans[] = { { "DE", 22 }, { "GB", 22 }, { "FR", 27 }, { "NO", 15 },
                  { "MT", 31 }, { "ES", 24 }, { "CH", 21 }, { "LC", 32 } };
    uint32_t plan = below(COUNT(plans)), n = plans[plan].length, rest = 0;
    char *w = s->written;

    s->type = ENTITY_IBAN;
    sprintf(s->value, "%s00", plans[plan].country);
    for (uint32_t i = 4; i < n; i++)
        s->value[i] = below(5) ? digit_from('0') : (char)('A' + below(26));
    s->value[n] = '\0';
    for (uint32_t i = 0; i < n; i++) {
        char c = s->value[(i + 4) % n];
        rest = c >= 'A' ? (rest * 100 + (uint32_t)(c - 'A' + 10)) % 97 : (rest * 10 + (uint32_t)(c - '0')) % 97;
    }
    s->value[2] = (char)('0' + (98 - rest) / 10);
    s->value[3] = (char)('0' + (98 - rest) % 10);
    const char *gap = below(3) ? below(2) ? " " : "\u00A0" : "";
    for (uint32_t i = 0; i < n; i++)
        w += sprintf(w, "%s%c", i && i % 4 == 0 ? gap : "", s->value[i]);
    return NULL;
}

/* ------------------------------------------------------------------------------------------------------------------- */

static void run(const char *(*make)(struct sample *))
{
    for (uint32_t i = 0; i < rounds; i++) {
        struct sample s = { .type = 0 };
        const char *cue = make(&s);

        is_read_back(&s, cue);
        is_not_cut(&s);
    }
}

static void phones_are_read_back(void **state)
{
    (void)state;
    run(phone);
}

static void mail_is_read_back(void **state)
{
    (void)state;
    run(mail);
}

static void urls_are_read_back(void **state)
{
    (void)state;
    run(url);
}

static void ips_are_read_back(void **state)
{
    (void)state;
    run(ip);
}

static void ibans_are_read_back(void **state)
{
    (void)state;
    run(iban);
}

int main(int argc, char **argv)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(phones_are_read_back), cmocka_unit_test(mail_is_read_back),
        cmocka_unit_test(urls_are_read_back),   cmocka_unit_test(ips_are_read_back),
        cmocka_unit_test(ibans_are_read_back),
    };
    int failed;

    if (argc > 1)
        rounds = (uint32_t)strtoul(argv[1], NULL, 10);
    vocabulary = expressions_new();
    if (!vocabulary)
        return 1;
    failed = cmocka_run_group_tests(tests, NULL, NULL);
    free(vocabulary);
    return failed;
}
