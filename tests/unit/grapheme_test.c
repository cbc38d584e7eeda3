/* grapheme_test.c: the borders of grapheme clusters are those of Unicode's own test file, asked for in any steps. */
#include "unit.h"

#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>

#include <utf8proc.h>

#include "plugins/lib/grapheme.h"

#define TEST_FILE "/usr/share/unicode/auxiliary/GraphemeBreakTest.txt"

/* A text, and where its clusters end. */
struct sample {
    char text[256];
    uint32_t length, n_borders, borders[64];
};

static void add_border(struct sample *s)
{
    s->borders[s->n_borders++] = s->length;
}

static void add_point(struct sample *s, unsigned long c)
{
    char *out = s->text + s->length;

    if (c < 0x80) {
        *out++ = (char)c;
    } else if (c < 0x800) {
        *out++ = (char)(0xC0 | c >> 6);
        *out++ = (char)(0x80 | (c & 0x3F));
    } else if (c < 0x10000) {
        *out++ = (char)(0xE0 | c >> 12);
        *out++ = (char)(0x80 | (c >> 6 & 0x3F));
        *out++ = (char)(0x80 | (c & 0x3F));
    } else {
        *out++ = (char)(0xF0 | c >> 18);
        *out++ = (char)(0x80 | (c >> 12 & 0x3F));
        *out++ = (char)(0x80 | (c >> 6 & 0x3F));
        *out++ = (char)(0x80 | (c & 0x3F));
    }
    s->length = (uint32_t)(out - s->text);
}

static void check(const struct sample *s, const char *line)
{
    struct grapheme_cursor cursor = grapheme_cursor(s->text, s->length);
    uint32_t next = 0;

    for (uint32_t at = 0; at <= s->length; at++) {
        bool want = next < s->n_borders && s->borders[next] == at;

        if (at < s->length && ((unsigned char)s->text[at] & 0xC0) == 0x80)
            continue; /* inside a character */
        if (grapheme_is_border(&cursor, at) != want)
            fail_msg("byte %u should be %s border: %s", at, want ? "a" : "no", line);
        next += want;
        cursor = at % 3 ? cursor : grapheme_cursor(s->text, s->length); /* it may remember, but needn't */
    }
}

static void borders_are_those_of_the_standard(void **state)
{
    FILE *in = fopen(TEST_FILE, "r");
    char line[1024];
    uint32_t n = 0;

    (void)state;
    if (!in) {
        print_message("the package unicode-data is not installed\n");
        skip();
    }
    assert_non_null(fgets(line, sizeof line, in));
    if (!strstr(line, utf8proc_unicode_version())) {
        print_message("utf8proc is of Unicode %s, the test is not\n", utf8proc_unicode_version());
        fclose(in);
        skip();
    }
    while (fgets(line, sizeof line, in)) {
        struct sample s = { .n_borders = 0 };
        const char *p = line;

        if (*p == '#')
            continue;
        for (char *end; *p && *p != '#' && *p != '\n'; p = end + strspn(end, " \t")) {
            if (strncmp(p, "÷", 2) == 0)
                add_border(&s);
            if ((unsigned char)*p >= 0x80) {
                end = (char *)p + 2;
                continue;
            }
            add_point(&s, strtoul(p, &end, 16));
            assert_true(end > p);
        }
        check(&s, line);
        n++;
    }
    fclose(in);
    assert_true(n > 500);
}

/* What Unicode 15 has not assigned, but has given properties to; some of it is in use by now. */
static void characters_that_are_not_assigned_yet_are_cut_as_those_will_be(void **state)
{
    static const struct {
        unsigned long points[3];
        bool is_border; /* before the last one */
    } cases[] = {
        { { 0x1F469, 0x200D, 0x1FAE9 }, false }, /* reserved pictographs are joined */
        { { 0x1FC00, 0x200D, 0x1FFFD }, false }, /**/
        { { 0x1F12F, 0x200D, 0x1F1AE }, false }, /**/
        { { 0x1F469, 0x200D, 0x1FB00 }, true },  /* a neighbour that is none */
        { { 'a', 0x200D, 0x1FAE9 }, true },      /**/
        { { 'a', 0x2065, 0x301 }, true },        /* reserved ignorables are controls, which nothing extends */
        { { 'a', 0xFFF0, 0x301 }, true },        /**/
        { { 'a', 0xE0FFF, 0x301 }, true },       /**/
        { { 'a', 0xE1000, 0x301 }, false },      /* a neighbour that is none */
    };

    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        struct sample s = { .n_borders = 0 };
        struct grapheme_cursor cursor;
        uint32_t at = 0;

        for (int k = 0; k < 3; k++) {
            at = s.length;
            add_point(&s, cases[i].points[k]);
        }
        cursor = grapheme_cursor(s.text, s.length);
        if (grapheme_is_border(&cursor, at) != cases[i].is_border)
            fail_msg("U+%04lX should be %s cluster of its own", cases[i].points[2], cases[i].is_border ? "a" : "no");
    }
}

/* The pairs of a row of flags are counted from its start, which would be quadratic if it were looked for each time. */
static void a_long_row_of_flags_takes_linear_time(void **state)
{
    enum { FLAGS = 500000 };
    char *text = malloc(4 * FLAGS);
    struct grapheme_cursor cursor;

    (void)state;
    assert_non_null(text);
    for (uint32_t i = 0; i < FLAGS; i++)
        memcpy(text + 4 * (size_t)i, "\xF0\x9F\x87\xAB", 4);
    cursor = grapheme_cursor(text, 4 * FLAGS);
    for (uint32_t i = 0; i < FLAGS; i++)
        assert_int_equal(grapheme_is_border(&cursor, 4 * i), i % 2 == 0);
    free(text);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(borders_are_those_of_the_standard),
        cmocka_unit_test(characters_that_are_not_assigned_yet_are_cut_as_those_will_be),
        cmocka_unit_test(a_long_row_of_flags_takes_linear_time),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
