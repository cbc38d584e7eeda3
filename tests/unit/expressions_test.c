/* expressions_test.c: what the grammars find and what it means (expressions_cases.h), and what holds for any text: borders, order,
 * linear time, a lack of memory. */
#include "unit.h"

#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>

#include "expressions_cases.h"
#include "plugins/entities/expressions/calendar.h"
#include "plugins/entities/expressions/expressions.h"
#include "plugins/segmenter/tokens.h"

#define ARENA_BYTES (1u << 29)

static struct vocabulary *vocabulary;
static char *arena;
static size_t used, limit;
static uint32_t polls, patience;

static void *take(void *context, size_t bytes)
{
    (void)context;
    used = (used + 15) & ~(size_t)15;
    if (used > limit || bytes > limit - used)
        return NULL;
    used += bytes;
    return arena + used - bytes;
}

static void *take_segments(void *context, uint64_t bytes)
{
    return take(context, bytes);
}

static int should_stop(void *context)
{
    (void)context;
    return polls++ >= patience;
}

static const struct entity_means means = { take, should_stop, NULL };

/* Cuts a text, which is one sentence. */
static struct entity_input split(const char *text, uint32_t length, struct textd_span *sentence)
{
    struct segments s = { .alloc = take_segments, .should_stop = should_stop };

    used = 0;
    limit = ARENA_BYTES;
    patience = UINT32_MAX;
    assert_int_equal(segment_tokens(&s, text, length), TEXTD_OK);
    for (uint32_t i = 0; i < s.n_tokens; i++)
        s.kinds[i] &= TOKEN_KIND;
    *sentence = (struct textd_span) { 0, length };
    return (struct entity_input) { text, s.tokens, s.kinds, sentence, length, s.n_tokens, 1 };
}

static int show_value(const struct entity_value *value, char *out)
{
    int n;

    if (!value)
        return 0;
    if (value->form == VALUE_TEXT)
        return sprintf(out, " %.*s", (int)value->text_length, value->text);
    n = sprintf(out, " %.10g", value->number);
    if (value->is_range)
        n += sprintf(out + n, "..%.10g", value->to);
    if (value->text_length)
        n += sprintf(out + n, " %.*s", (int)value->text_length, value->text);
    return n;
}

static void check(const struct expression_case *c, const struct expression_settings *settings)
{
    struct textd_span sentence;
    struct entity_input in = split(c->text, (uint32_t)strlen(c->text), &sentence);
    struct entity *found;
    char got[4096] = "";
    uint32_t n;
    int at = 0;

    assert_int_equal(expressions_find(vocabulary, settings, &in, &means, &found, &n), TEXTD_OK);
    for (uint32_t i = 0; i < n; i++) {
        struct textd_span span = found[i].span;

        if ((double)found[i].name_score < ENTITY_MIN_SCORE)
            continue;
        at += sprintf(got + at, "%s%s [%.*s]", at ? "; " : "", entity_type_name(found[i].type),
                      (int)(span.end - span.start), c->text + span.start);
        at += show_value(found[i].value, got + at);
    }
    if (strcmp(got, c->want) != 0)
        fail_msg("%s\n  gives %s\n  not   %s", c->text, got, c->want);
}

static void expressions_are_found_with_their_values(void **state)
{
    static const struct expression_settings settings = { .has_today = 0 };

    (void)state;
    for (size_t i = 0; i < COUNT(cases); i++)
        check(&cases[i], &settings);
    for (size_t i = 0; i < COUNT(time_cases); i++)
        check(&time_cases[i], &settings);
}

static void relative_dates_are_resolved(void **state)
{
    struct expression_settings settings = { .has_today = 1 };

    (void)state;
    assert_true(expressions_read_reference("2024-03-27", 10, &settings));
    for (size_t i = 0; i < COUNT(dated_cases); i++)
        check(&dated_cases[i], &settings);
    assert_true(expressions_read_reference("2024-03-27T10:30:00+02:00", 25, &settings));
    for (size_t i = 0; i < COUNT(timed_cases); i++)
        check(&timed_cases[i], &settings);
}

static void conventions_are_options(void **state)
{
    struct expression_settings settings = { .next_week = 1, .apart = 1 };
    static const struct expression_case others[] = {
        { "See you next Friday.", "DATE [next Friday] 2024-04-05" },
        { "See you this Friday.", "DATE [this Friday] 2024-03-29" },
        { "It will ring tomorrow at 5pm.", "DATE [tomorrow] 2024-03-28; TIME [5pm] T17" },
        { "It rang at 5pm on 6 May 2023.", "TIME [5pm] T17; DATE [6 May 2023] 2023-05-06" },
        { "Saved 2023-11-02 09:15:30 there.", "TIME [2023-11-02 09:15:30] 2023-11-02T09:15:30" },
    };

    (void)state;
    assert_true(expressions_read_reference("2024-03-27", 10, &settings));
    for (size_t i = 0; i < COUNT(others); i++)
        check(&others[i], &settings);
}

static void the_order_of_dates_is_told_by_others(void **state)
{
    static const struct {
        const char *text;
        int order;
    } texts[] = { { "Due 5/12/24.", 0 },
                  { "From 25/12/2024 to 3/1/2025.", 1 },
                  { "On 12/25/24, and on 1/3/25.", -1 },
                  { "25/12/24 and 12/25/24", 0 },
                  { "24/7/365 and 1/2/13/14", 0 },
                  { "50/12/24 or 13/13/24", 0 },
                  { "https://a.org/13/2/", 0 },
                  { "13/2", 0 },
                  { "13/2/24", 1 },
                  { "/", 0 },
                  { "", 0 },
                  { "113/2/24", 0 } };

    (void)state;
    for (size_t i = 0; i < COUNT(texts); i++)
        if (expressions_date_order(texts[i].text, strlen(texts[i].text)) != texts[i].order)
            fail_msg("%s gives %d", texts[i].text, expressions_date_order(texts[i].text, strlen(texts[i].text)));
}

static void days_may_come_first(void **state)
{
    static const struct expression_settings settings = { .day_first = 1 };
    static const struct expression_case dmy[] = {
        { "Due 5/12/24 at last.", "DATE [5/12/24] 2024-12-05" },
        { "Due 05-12-2024 at last.", "DATE [05-12-2024] 2024-12-05" },
        { "Due 5/13/24 at last.", "DATE [5/13/24] 2024-05-13" },
    };

    (void)state;
    for (size_t i = 0; i < COUNT(dmy); i++)
        check(&dmy[i], &settings);
}

static void reference_dates_are_checked(void **state)
{
    static const char *const wrong[] = { "",
                                         "today",
                                         "2024-3-27",
                                         "2024-13-01",
                                         "2023-02-29",
                                         "0000-01-01",
                                         "2024-03-2x",
                                         "2024-03-27T",
                                         "2024-03-27T24:00",
                                         "2024-03-27T10",
                                         "2024-03-27T10:60",
                                         "2024-03-27T10:30:155",
                                         "2024-03-27T10:30Zz",
                                         "2024-03-27T10:30+1",
                                         "2024-03-27Z",
                                         "2024-03-27T10:30+15:00",
                                         "2024-03-27T10:30:00.",
                                         "2024-03-27 " };
    struct expression_settings settings = { .day_first = 0 };

    (void)state;
    for (size_t i = 0; i < COUNT(wrong); i++)
        assert_false(expressions_read_reference(wrong[i], strlen(wrong[i]), &settings));
    assert_true(expressions_read_reference("1970-01-01", 10, &settings));
    assert_true(settings.has_today && settings.today == 0 && !settings.has_second);
    assert_true(expressions_read_reference("1970-01-02T10:30", 16, &settings));
    assert_true(settings.today == 1 && settings.has_second && settings.second == 37800 && !settings.has_zone);
    assert_true(expressions_read_reference("1970-01-02 10:30:15.25-05:30", 28, &settings));
    assert_true(settings.second == 37815 && settings.has_zone && settings.zone == -330);
    assert_true(expressions_read_reference("1970-01-02T10:30Z", 17, &settings) && settings.zone == 0);
}

static void days_and_dates_are_the_same(void **state)
{
    (void)state;
    assert_int_equal(calendar_days(2024, 3, 27), 19809);
    assert_int_equal(calendar_weekday(19809), 3);
    for (int32_t day = -800000; day < 800000; day += 13) {
        struct date date = calendar_date(day);
        assert_int_equal(calendar_days(date.year, date.month, date.day), day);
        assert_true(calendar_has(date.year, date.month, date.day));
    }
    assert_true(calendar_has_week(2020, 53));
    assert_false(calendar_has_week(2024, 53));
    assert_true(calendar_has_week(2026, 53));
}

/* ---- Any text ---------------------------------------------------------------------------------------------------- */

static uint32_t random_next(uint32_t *seed)
{
    return (*seed = *seed * 1664525u + 1013904223u) >> 8;
}

static const char *const pieces[] = {
    "12",         "May",     "2024",    ",",       "the",   "of",         "-",     "–",       "/",
    ":",          "$",       "€",       "million", "5",     "half",       "a",     "an",      "hundred",
    "two",        "and",     "%",       "per",     "cent",  "km",         "ago",   "last",    "week",
    "Monday",     "to",      "th",      "'s",      "'90s",  "(",          ")",     "+44",     "020",
    "7946",       "0958",    "::",      "fe80",    "1.2.3", "am",         "GMT",   "Q3",      "US",
    "Rs",         ".",       "½",       "é",       "日本",  "🇫🇷",         "\n",    "quarter", "past",
    "six",        "century", "BC",      "degrees", "C",     "°",          "feet",  "in",      "old",
    "new",        "Year",    "Eve",     "#a",      "@b",    "x@y.org",    "1,000", "early",   "first",
    "percentage", "points",  "billion", "dollars", "10:30", "2024-05-12", "3.14",  "0",       "99999999999999999999",
    "T",          "http://", "@",       "(+45)",   "1::2",  "a.",         "mail=",
};

static uint32_t make_soup(uint32_t *seed, char *out, uint32_t n)
{
    char *start = out;

    for (uint32_t i = 0; i < n; i++) {
        out += sprintf(out, "%s", pieces[random_next(seed) % COUNT(pieces)]);
        if (random_next(seed) % 3)
            *out++ = ' ';
    }
    *out = '\0';
    return (uint32_t)(out - start);
}

static bool is_border(const struct entity_input *in, uint32_t at, bool start)
{
    for (uint32_t i = 0; i < in->n_tokens; i++)
        if ((start ? in->tokens[i].start : in->tokens[i].end) == at)
            return true;
    return false;
}

/* Addresses are found whatever the tokens are. */
static bool is_address(uint8_t type)
{
    return type >= ENTITY_EMAIL;
}

static void expressions_keep_to_their_borders(void **state)
{
    static const struct expression_settings settings = { .today = 19809, .has_today = 1 };
    static char text[8192];
    uint32_t seed = 1;

    (void)state;
    for (int round = 0; round < 20000; round++) {
        struct textd_span sentence;
        struct entity_input in = split(text, make_soup(&seed, text, 1 + random_next(&seed) % 40), &sentence);
        struct entity *found;
        uint32_t n, end = 0;

        assert_int_equal(expressions_find(vocabulary, &settings, &in, &means, &found, &n), TEXTD_OK);
        for (uint32_t i = 0; i < n; i++) {
            const struct entity *e = &found[i];

            assert_true(e->span.start >= end && e->span.start < e->span.end);
            assert_true(is_address(e->type) ||
                        (is_border(&in, e->span.start, true) && is_border(&in, e->span.end, false)));
            assert_true(e->type >= ENTITY_DATE && e->type < ENTITY_TYPE_COUNT && e->score > 0 && e->score <= 1);
            assert_true(!e->value || e->value->form == VALUE_NUMBER || e->value->text_length > 0);
            end = e->span.end;
        }
    }
}

/* The same tokens, cut anywhere else by a segmenter of less sense: empty ones, too. */
static void tokens_may_be_any(void **state)
{
    static const struct expression_settings settings = { .day_first = 0 };
    static struct textd_span tokens[9000];
    static uint8_t kinds[9000];
    static char text[8192];
    uint32_t seed = 7;

    (void)state;
    for (int round = 0; round < 20000; round++) {
        uint32_t length = make_soup(&seed, text, 1 + random_next(&seed) % 20), n = 0, n_found;
        char *exact = malloc(length ? length : 1); /* so that a sanitizer sees each byte too far */
        const struct textd_span sentence = { 0, length };
        struct entity *found;

        memcpy(exact, text, length);
        for (uint32_t at = 0; at < length;) {
            uint32_t end = at + random_next(&seed) % 6;

            while (end < length && ((unsigned char)text[end] & 0xC0) == 0x80)
                end++;
            end = end < length ? end : length;
            tokens[n] = (struct textd_span) { at, end };
            kinds[n++] = (uint8_t)(1 + random_next(&seed) % 5);
            at = end;
        }
        const struct entity_input in = { exact, tokens, kinds, &sentence, length, n, 1 };
        used = 0;
        assert_int_equal(expressions_find(vocabulary, &settings, &in, &means, &found, &n_found), TEXTD_OK);
        free(exact);
    }
}

/* What is quadratic somewhere would take hours here. */
static void time_is_linear_in_any_text(void **state)
{
    static const struct expression_settings settings = { .day_first = 0 };
    enum { REPEATS = 300000 };
    char *text = malloc(REPEATS * 14);

    (void)state;
    assert_non_null(text);
    for (size_t i = 0; i < COUNT(pieces); i++) {
        struct textd_span sentence;
        struct entity *found;
        struct entity_input in;
        uint32_t n, length = 0;

        for (uint32_t k = 0; k < REPEATS / 4; k++)
            length += (uint32_t)sprintf(text + length, "%s%s", pieces[i], i % 2 ? " " : "");
        in = split(text, length, &sentence);
        assert_int_equal(expressions_find(vocabulary, &settings, &in, &means, &found, &n), TEXTD_OK);
    }
    free(text);
}

static void a_lack_of_memory_is_told(void **state)
{
    static const struct expression_settings settings = { .day_first = 0 };
    const char *text = "On 12 May 2024 it cost $5, or 30 euros.";
    struct textd_span sentence;
    struct entity_input in = split(text, (uint32_t)strlen(text), &sentence);
    size_t start = used;
    int32_t rc = TEXTD_NO_MEMORY;
    struct entity *found;
    uint32_t n;

    (void)state;
    for (limit = start; rc == TEXTD_NO_MEMORY; limit += 64) {
        used = start;
        rc = expressions_find(vocabulary, &settings, &in, &means, &found, &n);
        assert_true(limit < start + 100000);
    }
    assert_int_equal(rc, TEXTD_OK);
    assert_int_equal(n, 3);
}

static void it_stops_when_told_to(void **state)
{
    static const struct expression_settings settings = { .day_first = 0 };
    enum { WORDS = 20000 };
    static char text[WORDS * 2];
    struct textd_span sentence;
    struct entity_input in;
    struct entity *found;
    uint32_t n;

    (void)state;
    for (uint32_t i = 0; i < WORDS; i++)
        memcpy(text + 2 * (size_t)i, "x ", 2);
    in = split(text, sizeof text, &sentence);
    polls = patience = 0;
    assert_int_equal(expressions_find(vocabulary, &settings, &in, &means, &found, &n), TEXTD_STOPPED);
}

static void no_tokens_give_nothing(void **state)
{
    static const struct expression_settings settings = { .day_first = 0 };
    const struct entity_input in = { .text = "" };
    struct entity *found;
    uint32_t n = 1;

    (void)state;
    used = 0;
    assert_int_equal(expressions_find(vocabulary, &settings, &in, &means, &found, &n), TEXTD_OK);
    assert_int_equal(n, 0);
}

static int setup(void **state)
{
    (void)state;
    arena = malloc(ARENA_BYTES);
    vocabulary = expressions_new();
    limit = ARENA_BYTES;
    patience = UINT32_MAX;
    return arena && vocabulary ? 0 : -1;
}

static int teardown(void **state)
{
    (void)state;
    free(arena);
    free(vocabulary);
    return 0;
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(expressions_are_found_with_their_values),
        cmocka_unit_test(relative_dates_are_resolved),
        cmocka_unit_test(conventions_are_options),
        cmocka_unit_test(the_order_of_dates_is_told_by_others),
        cmocka_unit_test(days_may_come_first),
        cmocka_unit_test(reference_dates_are_checked),
        cmocka_unit_test(days_and_dates_are_the_same),
        cmocka_unit_test(no_tokens_give_nothing),
        cmocka_unit_test(expressions_keep_to_their_borders),
        cmocka_unit_test(tokens_may_be_any),
        cmocka_unit_test(a_lack_of_memory_is_told),
        cmocka_unit_test(it_stops_when_told_to),
        cmocka_unit_test(time_is_linear_in_any_text),
    };

    return cmocka_run_group_tests(tests, setup, teardown);
}
