/* judge_test.c: what a plugin's head must be before anything of it is called, and the words for what it is instead. */
#include "tests/unit/unit.h"

#include <stdio.h>
#include <stdlib.h>

#include "daemon/worker/declare.h"
#include "daemon/worker/judge.h"

static int32_t process(void *self, struct textd_doc *doc)
{
    (void)self, (void)doc;
    return TEXTD_OK;
}

static struct textd_plugin good(void)
{
    return (struct textd_plugin) { TEXTD_PLUGIN_HEAD, .name = "a-plugin_1", .version = "1.20.0-rc.1+build",
                                   .license = "MIT",  .summary = "Does",    .process = process };
}

static const char *judge(const struct textd_plugin *plugin)
{
    static struct td_err err;
    struct textd_plugin copy;

    err.text[0] = 0;
    return td_judge(plugin, "x.so", &copy, &err) == TD_OK ? NULL : err.text;
}

static void a_good_head_passes(void **state)
{
    struct textd_plugin p = good();

    (void)state;
    assert_null(judge(&p));
}

static void assert_refused(const struct textd_plugin *plugin, const char *words)
{
    const char *found = judge(plugin);

    if (!found || !strstr(found, words))
        fail_msg("'%s' is not in '%s'", words, found ? found : "(passed)");
}

static void the_head_is_judged_in_order(void **state)
{
    struct textd_plugin p = good();

    (void)state;
    p.magic = 1;
    p.abi_major = 7;
    assert_refused(&p, "its magic is 0x00000001, not 0x50445854");
    p = good();
    p.size = 16;
    assert_refused(&p, "16 bytes");
    p = good();
    p.abi_major = 2;
    assert_refused(&p, "it is built for plugin ABI 2.0, this textd has 1.0: rebuild it");
    p = good();
    p.abi_minor = 9;
    assert_refused(&p, "it needs plugin ABI 1.9, this textd has 1.0: update textd");
}

static void names_and_versions_are_checked(void **state)
{
    static const char *const names[] = {
        "", "A", "1a", "a b", "\xc3\xa9", "a-name-that-is-longer-than-31-bytes", NULL
    };
    static const char *const versions[] = { "", "1", "1.2", "1.2.x", "v1.2.3", "01.2.3", "1.2.3 ", "1.2.3.4", NULL };
    struct textd_plugin p = good();

    (void)state;
    for (size_t i = 0; i < COUNT(names); i++) {
        p = good();
        p.name = names[i];
        assert_refused(&p, "its name must be");
    }
    for (size_t i = 0; i < COUNT(versions); i++) {
        p = good();
        p.version = versions[i];
        assert_refused(&p, "its version must be a semantic version");
    }
    p = good();
    p.license = "";
    assert_refused(&p, "it names no license");
    p = good();
    p.summary = "\xff";
    assert_refused(&p, "it has no summary");
    p = good();
    p.process = NULL;
    assert_refused(&p, "it has no process function");
}

static void layers_are_names_with_versions(void **state)
{
    static const char *const wrong[] = { "tokens",   "tokens/",   "/1",        "tokens/1x",
                                         "Tokens/1", "tok ens/1", "tokens/01", "tokens/1??" };
    static const char *const right[] = { "tokens/1", "org.example.topics/12", "tokens/1?", NULL };
    struct textd_plugin p = good();

    (void)state;
    p.needs_layers = right;
    assert_null(judge(&p));
    p.adds_layers = right;
    assert_refused(&p, "adds_layers names the layer 'tokens/1?'"); /* nothing is added perhaps */
    for (size_t i = 0; i < COUNT(wrong); i++) {
        const char *const list[] = { wrong[i], NULL };
        p = good();
        p.needs_layers = list;
        assert_refused(&p, "a layer is NAME/VERSION");
    }
}

static void options_are_checked(void **state)
{
    static const struct {
        struct textd_option option;
        const char *words;
    } cases[] = {
        { TEXTD_OPTION_INT("Bad", 1, 0, 2, 0, "x"), "its name must be" },
        { TEXTD_OPTION_INT("n", 5, 0, 2, 0, "x"), "its initial value is outside its range" },
        { TEXTD_OPTION_FLOAT("n", 5, 0, 2, 0, "x"), "its initial value is outside its range" },
        { TEXTD_OPTION_INT("n", 1, 0, 2, 0, NULL), "it has no help" },
        { TEXTD_OPTION_INT("n", 1, 0, 2, TEXTD_SECRET, "x"), "a secret must be a text" },
        { TEXTD_OPTION_TEXT("n", "", NULL, TEXTD_SECRET | TEXTD_PER_REQUEST, "x"), "and not per request" },
        { TEXTD_OPTION_TEXT("n", "a", NULL, TEXTD_SECRET, "x"), "without an initial value" },
        { { .type = 99, .name = "n", .help = "x" }, "its type is none of" },
    };
    struct textd_plugin p;

    (void)state;
    for (size_t i = 0; i < COUNT(cases); i++) {
        p = good();
        p.options = &cases[i].option;
        p.n_options = 1;
        p.option_size = sizeof cases[i].option;
        assert_refused(&p, cases[i].words);
    }
    p.option_size = 8;
    assert_refused(&p, "not usable");
}

/* A plugin that was built before the last fields existed: they read as NULL, whatever stands behind it in memory. */
static void a_shorter_struct_is_filled_up(void **state)
{
    struct textd_plugin p = good(), copy;
    unsigned char *old = malloc(sizeof p); /* exactly as long as it says */

    (void)state;
    memcpy(old, &p, sizeof p);
    assert_int_equal(td_judge(old, "x.so", &copy, NULL), TD_OK);
    assert_null(copy.extension);
    free(old);
}

/* An instance's own tables come behind the struct's; both together are held to the limits. */
static void what_is_declared_comes_behind_the_constants(void **state)
{
    static const struct textd_option constant[] = { TEXTD_OPTION_INT("first", 1, 0, 2, 0, "x") };
    static const char *const needs[] = { "tokens/1", NULL }, *const more[] = { "language/1?", NULL };
    static struct textd_option many[255];
    static char names[COUNT(many)][8];
    struct textd_plugin p = good();
    struct td_err err;

    (void)state;
    for (size_t i = 0; i < COUNT(many); i++) {
        snprintf(names[i], sizeof names[i], "n%zu", i);
        many[i] = (struct textd_option)TEXTD_OPTION_INT(names[i], 1, 0, 2, 0, "x");
    }
    p.options = constant;
    p.n_options = 1;
    p.option_size = sizeof constant[0];
    p.needs_layers = needs;
    struct textd_declared declared = {
        .size = sizeof declared, .n_options = 254, .option_size = sizeof many[0], .options = many, .needs_layers = more
    };
    struct textd_plugin both = p;
    assert_int_equal(td_declare_merge(&both, &declared, "one", &err), TD_OK);
    assert_int_equal(both.n_options, 255);
    assert_string_equal(both.options[0].name, "first");
    assert_string_equal(both.options[254].name, "n253");
    assert_string_equal(both.needs_layers[0], "tokens/1");
    assert_string_equal(both.needs_layers[1], "language/1?");
    assert_null(both.needs_layers[2]);
    assert_string_equal(both.version, p.version);
    free((void *)(uintptr_t)both.options);
    free((void *)(uintptr_t)both.needs_layers);
    free((void *)(uintptr_t)both.adds_layers);

    declared.n_options = 255;
    declared.needs_layers = NULL;
    both = p;
    assert_int_equal(td_declare_merge(&both, &declared, "one", &err), TD_E_CONFIG);
    assert_non_null(strstr(err.text, "what plugin one declares: its table of 256 options"));
    free((void *)(uintptr_t)both.options);
    free((void *)(uintptr_t)both.needs_layers);
    free((void *)(uintptr_t)both.adds_layers);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_good_head_passes),
        cmocka_unit_test(the_head_is_judged_in_order),
        cmocka_unit_test(names_and_versions_are_checked),
        cmocka_unit_test(layers_are_names_with_versions),
        cmocka_unit_test(options_are_checked),
        cmocka_unit_test(a_shorter_struct_is_filled_up),
        cmocka_unit_test(what_is_declared_comes_behind_the_constants),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
