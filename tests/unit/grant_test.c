/* grant_test.c: grants as texts: which are any, what is said of those that are none, and which covers which. */
#include "tests/unit/unit.h"

#include "common/grant.h"

static void grants_are_read(void **state)
{
    static const struct {
        const char *text, *argument;
        enum td_grant_kind kind;
    } cases[] = {
        { "threads", NULL, TD_GRANT_THREADS },
        { "network", NULL, TD_GRANT_NETWORK },
        { "read:/", "/", TD_GRANT_READ },
        { "read:/a/..b/.c", "/a/..b/.c", TD_GRANT_READ },
        { "write:/var/lib/x:y", "/var/lib/x:y", TD_GRANT_WRITE },
        { "env:_HOME_2", "_HOME_2", TD_GRANT_ENV },
    };
    struct td_grant grant;
    char fault[200];

    (void)state;
    for (size_t i = 0; i < COUNT(cases); i++) {
        assert_null(td_grant_read(&grant, cases[i].text, fault, sizeof fault));
        assert_int_equal(grant.kind, cases[i].kind);
        if (cases[i].argument)
            assert_string_equal(grant.argument, cases[i].argument);
        else
            assert_null(grant.argument);
    }
}

static void what_is_none_is_told_what_would_be_right(void **state)
{
    static const struct {
        const char *text, *words;
    } cases[] = {
        { "", "grants are threads, network, read:/PATH, write:/PATH and env:NAME" },
        { "netwrok", "did you mean 'network'?" },
        { "threads:4", "'threads' stands alone" },
        { "read", "'read:' is followed by an absolute path" },
        { "read:", "an absolute path" },
        { "read:etc", "an absolute path" },
        { "read:/etc/", "without '.', '..' and a '/' at its end" },
        { "read:/etc/../root", "without '.', '..'" },
        { "read:/etc/..", "without '.', '..'" },
        { "write:/./x", "without '.', '..'" },
        { "write://x", "an absolute path" },
        { "env:", "a variable's name" },
        { "env:2X", "a variable's name" },
        { "env:A=B", "a variable's name" },
    };
    struct td_grant grant;
    char fault[200];

    (void)state;
    for (size_t i = 0; i < COUNT(cases); i++) {
        const char *found = td_grant_read(&grant, cases[i].text, fault, sizeof fault);
        if (!found || !strstr(found, cases[i].words))
            fail_msg("'%s': '%s' is not in '%s'", cases[i].text, cases[i].words, found ? found : "(passed)");
    }
}

static void a_need_is_covered_by_what_is_as_wide(void **state)
{
    static const char *const grants[] = { "threads", "read:/usr/share", "write:/var/lib/x", "env:LANG" };
    static const char *const covered[] = { "threads",
                                           "read:/usr/share",
                                           "read:/usr/share/dict/words",
                                           "write:/var/lib/x",
                                           "read:/var/lib/x",
                                           "read",
                                           "write",
                                           "env",
                                           "env:LANG" };
    static const char *const others[] = { "network", "read:/usr",      "read:/usr/shared", "write:/usr/share",
                                          "env:LAN", "write:/var/lib", "nonsense" };
    static const char *const all[] = { "read:/" };

    (void)state;
    for (size_t i = 0; i < COUNT(covered); i++)
        if (!td_grants_cover(grants, COUNT(grants), covered[i]))
            fail_msg("%s is not covered", covered[i]);
    for (size_t i = 0; i < COUNT(others); i++)
        if (td_grants_cover(grants, COUNT(grants), others[i]))
            fail_msg("%s is covered", others[i]);
    assert_true(td_grants_cover(all, 1, "read:/etc/passwd"));
    assert_false(td_grants_cover(NULL, 0, "threads"));
}

static void only_threads_leave_a_plugin_pure(void **state)
{
    static const char *const grants[] = { "threads", "env:X" };

    (void)state;
    assert_true(td_grants_are_pure(NULL, 0));
    assert_true(td_grants_are_pure(grants, 1));
    assert_false(td_grants_are_pure(grants, 2));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(grants_are_read),
        cmocka_unit_test(what_is_none_is_told_what_would_be_right),
        cmocka_unit_test(a_need_is_covered_by_what_is_as_wide),
        cmocka_unit_test(only_threads_leave_a_plugin_pure),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
