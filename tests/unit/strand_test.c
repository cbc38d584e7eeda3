/* strand_test.c: what is known of a message under way, whatever pieces its bytes come in, in each version of ZMTP. */
#include "daemon/pipe/strand.h"

#include "tests/unit/unit.h"

#define MOST 1000u

static const char greeting_3[64] = "\xff\0\0\0\0\0\0\0\0\x7f\3\0NULL";
static const char greeting_2[14] = "\xff\0\0\0\0\0\0\0\1\x7f\1\x08\0\0"; /* a type, and an empty identity */
static const char greeting_1[2] = "\1\0";                                /* an empty identity */

/* Pieces of `step` bytes. Non-zero: it was found to have no end. */
static int take(struct td_strand *s, const char *bytes, size_t length, size_t step)
{
    int rc = 0;

    for (size_t at = 0; at < length && !rc; at += step)
        rc = td_strand_take(s, bytes + at, length - at < step ? length - at : step, MOST);
    return rc;
}

/* A part of `n` bytes as version 1.0, or later ones, have it. */
static size_t write_part(char *to, int is_old, int is_long, int has_more, size_t n)
{
    char *at = to;

    if (is_old) {
        n++;
        if (is_long) {
            *at++ = (char)0xff;
            for (int i = 7; i >= 0; i--)
                *at++ = (char)((uint64_t)n >> (8 * i));
        } else {
            *at++ = (char)n;
        }
        *at++ = (char)has_more;
        n--;
    } else {
        *at++ = (char)(has_more | (is_long ? 2 : 0));
        for (int i = is_long ? 7 : 0; i >= 0; i--)
            *at++ = (char)((uint64_t)n >> (8 * i));
    }
    memset(at, 0xff, n);
    return (size_t)(at - to) + n;
}

static void messages_with_ends_may_go_on_for_ever(void **unused)
{
    static const struct {
        const char *greeting;
        size_t length;
        int is_old;
    } versions[] = { { greeting_3, 64, 0 }, { greeting_2, 14, 0 }, { greeting_1, 2, 1 } };
    static const size_t steps[] = { 1, 2, 3, 7, 64, 10000 };
    char bytes[4096];

    (void)unused;
    for (size_t v = 0; v < COUNT(versions); v++)
        for (size_t i = 0; i < COUNT(steps); i++) {
            struct td_strand s = { 0 };
            assert_false(take(&s, versions[v].greeting, versions[v].length, steps[i]));
            for (unsigned n = 0; n < 3000; n++) {
                size_t length = write_part(bytes, versions[v].is_old, n % 3 == 0, 1, n % 7 ? n % 200 : 0);
                length += write_part(bytes + length, versions[v].is_old, n % 2, 0, 5);
                assert_false(take(&s, bytes, length, steps[i]));
            }
            assert_int_equal(s.parts, 0);
            int rc = 0;
            for (unsigned n = 0; n < TD_STRAND_PARTS + 1 && !rc; n++)
                rc = take(&s, bytes, write_part(bytes, versions[v].is_old, n % 2, 1, 0), steps[i]);
            assert_true(rc);
        }
}

static void bytes_are_counted_as_they_are_announced(void **unused)
{
    struct td_strand s = { 0 };
    char bytes[2048];

    (void)unused;
    assert_false(take(&s, greeting_3, sizeof greeting_3, 64));
    assert_false(take(&s, bytes, write_part(bytes, 0, 1, 1, MOST), 100));
    assert_true(take(&s, bytes, write_part(bytes, 0, 0, 1, 1), 100));
    s = (struct td_strand) { 0 };
    assert_false(take(&s, greeting_3, sizeof greeting_3, 64));
    assert_true(take(&s, "\3\xff\xff\xff\xff\xff\xff\xff\xff", 9, 9)); /* its body need not come */
}

/* A command is none of a message's parts. */
static void commands_count_for_nothing(void **unused)
{
    struct td_strand s = { 0 };

    (void)unused;
    assert_false(take(&s, greeting_3, sizeof greeting_3, 64));
    for (unsigned i = 0; i < 2 * TD_STRAND_PARTS; i++)
        assert_false(take(&s, "\4\5\4PING", 7, 4));
    assert_int_equal(s.parts, 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(messages_with_ends_may_go_on_for_ever),
        cmocka_unit_test(bytes_are_counted_as_they_are_announced),
        cmocka_unit_test(commands_count_for_nothing),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
