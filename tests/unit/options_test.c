/* options_test.c: a plugin's options are checked by one table, whether an operator writes them or a client sends them. */
#include "tests/unit/unit.h"

#include "common/mp_buf.h"
#include "daemon/both/options.h"

static const char *const colours[] = { "red", "green", NULL };

static const struct textd_option table[] = {
    TEXTD_OPTION_BOOL("on", 1, TEXTD_PER_REQUEST, "a switch"),
    TEXTD_OPTION_INT("n", 3, 1, 10, TEXTD_PER_REQUEST, "a number"),
    TEXTD_OPTION_FLOAT("x", 0.5, 0, 1, TEXTD_PER_REQUEST, "a share"),
    TEXTD_OPTION_TEXT("colour", "red", colours, TEXTD_PER_REQUEST, "a choice"),
    TEXTD_OPTION_TEXT("label", NULL, NULL, 0, "any text"),
};

static const struct td_options options = {
    .plugin = "p", .table = table, .n = COUNT(table), .stride = sizeof table[0]
};

static void names_are_found(void **state)
{
    struct td_err err;
    uint32_t index;

    (void)state;
    assert_int_equal(td_options_find(&options, "x", 1, &index, &err), TD_OK);
    assert_int_equal(index, 2);
    assert_int_equal(td_options_find(&options, "xx", 2, &index, &err), TD_E_BAD_OPTION);
    assert_string_equal(err.text, "p has no option 'xx'; it has on, n, x, colour, label");
}

static void initial_values(void **state)
{
    (void)state;
    assert_int_equal(td_option_initial(&table[0]).integer, 1);
    assert_int_equal(td_option_initial(&table[1]).integer, 3);
    assert_true(td_option_initial(&table[2]).number == 0.5);
    assert_string_equal(td_option_initial(&table[3]).text, "red");
    assert_int_equal(td_option_initial(&table[4]).length, 0);
    assert_non_null(td_option_initial(&table[4]).text);
}

static void operators_values_are_checked(void **state)
{
    static const struct {
        uint32_t index;
        const char *text, *error; /* NULL: fine */
    } cases[] = {
        { 0, "true", NULL },
        { 0, "false", NULL },
        { 0, "yes", "p.on is 'yes'; it must be true or false" },
        { 1, "10", NULL },
        { 1, "11", "p.n is 11; allowed: 1 to 10" },
        { 1, "1.5", "p.n is '1.5'; it must be a whole number" },
        { 1, "", "p.n is ''; it must be a whole number" },
        { 1, "99999999999999999999", "p.n is '99999999999999999999'; it must be a whole number" },
        { 2, "0.25", NULL },
        { 2, "1", NULL },
        { 2, "1.01", "p.x is 1.01; allowed: 0 to 1" },
        { 2, "nan", "p.x is 'nan'; it must be a number" },
        { 2, "inf", "p.x is 'inf'; it must be a number" },
        { 3, "green", NULL },
        { 3, "blue", "p.colour is 'blue'; allowed: red, green" },
        { 4, "anything at all", NULL },
    };
    (void)state;
    for (size_t i = 0; i < COUNT(cases); i++) {
        struct textd_value value;
        struct td_err err;
        int rc = td_option_parse(&options, cases[i].index, cases[i].text, &value, &err);
        assert_int_equal(rc, cases[i].error ? TD_E_BAD_OPTION : TD_OK);
        if (cases[i].error)
            assert_string_equal(err.text, cases[i].error);
    }
}

static void clients_values_are_checked(void **state)
{
    static const struct {
        uint32_t index;
        const char *bytes;
        size_t length;
        const char *error;
    } cases[] = {
        { 0, "\xc3", 1, NULL },
        { 0, "\x01", 1, "p.on must be of type bool, not an integer" },
        { 1, "\x05", 1, NULL },
        { 1, "\x00", 1, "p.n is 0; allowed: 1 to 10" },
        { 1, "\xca\x40\x00\x00\x00", 5, NULL }, /* 2.0 is a whole number */
        { 1, "\xca\x40\x20\x00\x00", 5, "p.n is 2.5; it must be a whole number" },
        { 1, "\xca\x7f\xc0\x00\x00", 5, "p.n is nan; it must be a whole number" },
        { 1, "\xca\x41\xa0\x00\x00", 5, "p.n is 20; allowed: 1 to 10" },
        { 1, "\xca\x7f\x00\x00\x00", 5, "p.n is 1.70141e+38; allowed: 1 to 10" },
        { 1, "\xcf\xff\xff\xff\xff\xff\xff\xff\xff", 9, "p.n must be of type int, not a number above 2^63-1" },
        { 2, "\x01", 1, NULL }, /* a whole number will do for a float */
        { 2, "\xca\x7f\xc0\x00\x00", 5, "p.x is nan; allowed: 0 to 1" },
        { 3,
          "\xa3"
          "red",
          4, NULL },
        { 3,
          "\xa1"
          "r",
          2, "p.colour is 'r'; allowed: red, green" },
        { 3,
          "\xc4\x03"
          "red",
          5, NULL },
        { 3, "\xc4\x01\xff", 3, "p.colour must be of type text, not binary" },
        { 4,
          "\xa1"
          "r",
          2, "p.label can't be set per request; the server's configuration sets it" },
    };
    (void)state;
    for (size_t i = 0; i < COUNT(cases); i++) {
        struct td_mp mp = { (const uint8_t *)cases[i].bytes, (const uint8_t *)cases[i].bytes + cases[i].length };
        struct textd_value value;
        struct td_err err;
        int rc = td_option_read(&options, cases[i].index, &mp, &value, &err);
        assert_int_equal(rc, cases[i].error ? TD_E_BAD_OPTION : TD_OK);
        if (cases[i].error)
            assert_string_equal(err.text, cases[i].error);
        assert_ptr_equal(mp.at, mp.end); /* stepped over in any case */
    }
}

/* A table whose elements grew since we were built. */
static void the_stride_is_the_tables(void **state)
{
    struct wide {
        struct textd_option option;
        uint64_t later[3];
    };
    static const struct wide wide[] = { { TEXTD_OPTION_BOOL("a", 0, 0, "x"), { 1, 2, 3 } },
                                        { TEXTD_OPTION_INT("b", 7, 0, 9, 0, "x"), { 1, 2, 3 } } };
    const struct td_options newer = { .plugin = "w", .table = &wide[0].option, .n = 2, .stride = sizeof wide[0] };
    uint32_t index;

    (void)state;
    assert_int_equal(td_options_find(&newer, "b", 1, &index, NULL), TD_OK);
    assert_int_equal(td_option_initial(td_options_at(&newer, index)).integer, 7);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(names_are_found),
        cmocka_unit_test(initial_values),
        cmocka_unit_test(operators_values_are_checked),
        cmocka_unit_test(clients_values_are_checked),
        cmocka_unit_test(the_stride_is_the_tables),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
