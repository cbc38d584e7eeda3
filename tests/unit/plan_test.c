/* plan_test.c: plugins run in the order that their layers require, and what can't be ordered is refused in words. */
#include "tests/unit/unit.h"

#include <stdio.h>

#include "daemon/fleet/plan.h"

/* A catalogue from a text: "name needs>adds" per plugin, layers between commas. */
static struct td_catalogue catalogue;
static char names[16][32];
static char layers[64][32];
static const char *lists[32][9];
static size_t n_layers, n_lists;

static const char *const *make_list(const char *text, size_t length)
{
    const char **list = lists[n_lists++];
    size_t n = 0;

    for (const char *at = text, *end = text + length; at < end;) {
        const char *comma = memchr(at, ',', (size_t)(end - at));
        size_t size = (size_t)((comma ? comma : end) - at);
        snprintf(layers[n_layers], sizeof layers[0], "%.*s", (int)size, at);
        list[n++] = layers[n_layers++];
        at += size + 1;
    }
    list[n] = NULL;
    return list;
}

static void make_catalogue(const char *const *rows)
{
    catalogue = (struct td_catalogue) { 0 };
    n_layers = n_lists = 0;
    for (; *rows; rows++) {
        struct td_catalogue_plugin *p = &catalogue.plugins[catalogue.n];
        const char *space = strchr(*rows, ' '), *mark = strchr(*rows, '>');
        snprintf(names[catalogue.n], sizeof names[0], "%.*s", (int)(space - *rows), *rows);
        p->name = names[catalogue.n++];
        p->needs = make_list(space + 1, (size_t)(mark - space - 1));
        p->adds = make_list(mark + 1, strlen(mark + 1));
    }
}

/* "a* b": the steps, those whose result is wanted with a star; or the error. */
static const char *plan_of(const char *wanted)
{
    static char words[600];
    struct td_plan plan;
    struct td_err err;
    uint64_t bits = 0;
    size_t used = 0;

    for (uint32_t i = 0; i < catalogue.n; i++)
        if (strstr(wanted, catalogue.plugins[i].name))
            bits |= UINT64_C(1) << i;
    if (td_plan_make(&plan, &catalogue, bits, UINT64_MAX, &err) != TD_OK) {
        snprintf(words, sizeof words, "%s", err.text);
        return words;
    }
    words[0] = 0;
    for (uint32_t i = 0; i < plan.n; i++)
        used += (size_t)snprintf(words + used, sizeof words - used, "%s%s%s", i ? " " : "",
                                 catalogue.plugins[plan.steps[i] & TD_STEP_PLUGIN].name,
                                 plan.steps[i] & TD_STEP_WANTED ? "*" : "");
    return words;
}

static const struct {
    const char *rows[8];
    const char *wanted, *want;
} cases[] = {
    { { "seg >tok/1", NULL }, "seg", "seg*" },
    { { "sent tok/1>", "seg >tok/1", NULL }, "sent", "seg sent*" },
    { { "sent tok/1>", "seg >tok/1", NULL }, "sent seg", "seg* sent*" },
    { { "sent tok/1,ent/1?>", "ner tok/1>ent/1", "seg >tok/1", NULL }, "sent", "seg sent*" },
    { { "sent tok/1,ent/1?>", "ner tok/1>ent/1", "seg >tok/1", NULL }, "sent ner", "seg ner* sent*" },
    { { "c b/1>", "b a/1>b/1", "a >a/1", NULL }, "c", "a b c*" },
    { { "sent tok/1>", NULL }, "sent", "plugin sent needs layer tok/1, and no plugin adds it" },
    { { "sent tok/1>", "s1 >tok/1", "s2 >tok/1", NULL }, "sent", "s1 sent*" },
    { { "sent tok/1>", "s1 >tok/1", "s2 >tok/1", NULL }, "sent s2", "s2* sent*" },
    { { "s1 >tok/1", "s2 >tok/1", NULL },
      "s1 s2",
      "layer tok/1 is added by both s1 and s2; put only one of them into a pipeline" },
    { { "a y/1>x/1", "b x/1>y/1", NULL }, "a", "plugins need each other's layers in a circle: a needs b needs a" },
    { { "a a/1>a/1", NULL }, "a", "plugins need each other's layers in a circle: a needs a" },
    { { "d a/1>", "a y/1>x/1,a/1", "b x/1>y/1", NULL },
      "d",
      "plugins need each other's layers in a circle: a needs b needs a" },
    { { "a b/1?>a/1", "b a/1>b/1", NULL }, "a", "a*" }, /* an optional need brings nobody along … */
    { { "a b/1?>a/1", "b a/1>b/1", NULL },              /* … but is an order when both are there */
      "a b",
      "plugins need each other's layers in a circle: a needs b needs a" },
    { { "sent tok/1,language/1?>", "seg language/1?>tok/1", "lang >language/1", NULL }, "sent", "lang seg sent*" },
    { { "sent tok/1,language/1?>", "seg language/1?>tok/1", "lang >language/1", NULL },
      "sent lang",
      "lang* seg sent*" },
    { { "sent tok/1,language/1?>", "seg language/1?>tok/1", NULL }, "sent", "seg sent*" },
    { { "s language/1?>", "l1 >language/1", "l2 >language/1", NULL }, "s", "l1 s*" },
    { { "s language/1?>", "l1 >language/1", "l2 >language/1", NULL }, "s l2", "l2* s*" },
    { { "s language/2?>", "l >language/2", NULL }, "s", "s*" }, /* of that name alone it holds */
    { { "seg language/1?>tok/1", "lang tok/1>language/1", NULL },
      "seg",
      "plugins need each other's layers in a circle: seg needs lang needs seg" },
    { { "a xx/1>", "b >x/1", NULL }, "a", "plugin a needs layer xx/1, and no plugin adds it" },
};

static void plans_follow_the_layers(void **state)
{
    (void)state;
    for (size_t i = 0; i < COUNT(cases); i++) {
        make_catalogue(cases[i].rows);
        assert_string_equal(plan_of(cases[i].wanted), cases[i].want);
    }
}

/* Of whom one would have to go for there to be a plan: a bit each, in the order of the rows. */
static const struct {
    const char *rows[8];
    uint64_t wanted, faulty;
} faults[] = {
    { { "seg >tok/1", "sent tok/1,no/1>", NULL }, 2, 2 },
    { { "d a/1>", "a no/1>a/1", NULL }, 1, 2 }, /* it was brought along, and can't come */
    { { "s1 >tok/1", "x >x/1", "s2 >tok/1", NULL }, 7, 5 },
    { { "d a/1>", "a y/1>x/1,a/1", "b x/1>y/1", NULL }, 1, 6 },
    { { "a a/1>a/1", NULL }, 1, 1 },
};

static void who_is_at_fault_is_known(void **state)
{
    struct td_plan plan;

    (void)state;
    for (size_t i = 0; i < COUNT(faults); i++) {
        make_catalogue(faults[i].rows);
        assert_int_equal(td_plan_make(&plan, &catalogue, faults[i].wanted, UINT64_MAX, NULL), TD_E_CONFIG);
        assert_int_equal(plan.faulty, faults[i].faulty);
    }
}

static void sixty_four_plugins_in_a_row(void **state)
{
    static char layer_names[65][16], plugin_names[64][16];
    static const char *needs[64][2], *adds[64][2];
    struct td_plan plan;

    (void)state;
    catalogue = (struct td_catalogue) { .n = 64 };
    for (uint32_t i = 0; i < 64; i++) { /* each needs what the next one adds: the worst order */
        snprintf(plugin_names[i], sizeof plugin_names[i], "p%u", i);
        snprintf(layer_names[i], sizeof layer_names[i], "l%u/1", i);
        snprintf(layer_names[i + 1], sizeof layer_names[i + 1], "l%u/1", i + 1);
        needs[i][0] = i < 63 ? layer_names[i + 1] : NULL;
        adds[i][0] = layer_names[i];
        catalogue.plugins[i] =
            (struct td_catalogue_plugin) { .name = plugin_names[i], .needs = needs[i], .adds = adds[i] };
    }
    assert_int_equal(td_plan_make(&plan, &catalogue, 1, UINT64_MAX, NULL), TD_OK);
    assert_int_equal(plan.n, 64);
    for (uint32_t i = 0; i < 64; i++)
        assert_int_equal(plan.steps[i] & TD_STEP_PLUGIN, 63 - i);
    assert_int_equal(plan.steps[63], 0 | TD_STEP_WANTED);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(plans_follow_the_layers),
        cmocka_unit_test(who_is_at_fault_is_known),
        cmocka_unit_test(sixty_four_plugins_in_a_row),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
