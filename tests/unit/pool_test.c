/* pool_test.c: which plugins a pool's workers open: what its pipelines name, and what that needs; what only pools name is
 * nowhere else. */
#include "tests/unit/unit.h"

#include <stdio.h>
#include <string.h>

#include "common/mp_buf.h"
#include "daemon/fleet/pool.h"

/* Plugins by letters: `a` is 1, `b` is 2, `c` is 4. */
static char names[][2] = { "a", "b", "c", "d", "e" };
static struct td_config_plugin plugins[5];
static char slow[] = "slow", wild[] = "wild", pipeline[] = "x";
static struct td_config_pool config_pools[] = { { slow, 3, 5 }, { wild, 1, 7 } };
static struct td_config_pipeline pipelines[5];
static struct td_config config;
static struct td_pool pools[3];
static struct td_catalogue catalogue;

/* Each pipeline as "pool:plugins", in which `-` is the default pool. */
static void make_config(uint32_t n_plugins, const char *const *rows)
{
    static char *lists[5][5];

    config = (struct td_config) { .plugins = plugins,
                                  .n_plugins = n_plugins,
                                  .pipelines = pipelines,
                                  .pools = config_pools,
                                  .n_pools = 2,
                                  .set.workers_memory = 9 };
    memset(pools, 0, sizeof pools);
    for (uint32_t i = 0; i < n_plugins; i++)
        plugins[i].name = names[i];
    for (uint32_t i = 0; rows[i]; i++) {
        struct td_config_pipeline *p = &pipelines[config.n_pipelines++];
        const char *letters = strchr(rows[i], ':') + 1;
        *p = (struct td_config_pipeline) { .name = pipeline,
                                           .plugins = lists[i],
                                           .pool = rows[i][0] == '-' ? NULL : config_pools[rows[i][0] == 'w'].name };
        for (; *letters; letters++)
            p->plugins[p->n_plugins++] = names[*letters - 'a'];
    }
}

static void everybody_is_in_the_default_pool_but_who_is_only_named_elsewhere(void **state)
{
    static const char *const rows[] = { "slow:ab", "-:a", "wild:ac", NULL };

    (void)state;
    make_config(5, rows);
    assert_int_equal(td_pools_man(pools, &config, 4), 8);
    assert_int_equal(pools[0].named, 1 | 8 | 16); /* d and e are in no pipeline */
    assert_int_equal(pools[1].named, 1 | 2);
    assert_int_equal(pools[2].named, 1 | 4);
    assert_true(pools[0].first == 0 && pools[0].n == 4 && pools[0].memory == 9);
    assert_true(pools[1].first == 4 && pools[1].n == 3 && pools[1].memory == 5);
    assert_true(pools[2].first == 7 && pools[2].n == 1 && pools[2].memory == 7);
    assert_ptr_equal(td_pools_find(pools, 3, NULL), &pools[0]);
    assert_ptr_equal(td_pools_find(pools, 3, "wild"), &pools[2]);
}

static void a_default_pool_that_nothing_is_left_for_has_no_workers(void **state)
{
    static const char *const rows[] = { "slow:ab", "wild:b", NULL }, *const empty[] = { "slow:ab", "-:", "wild:b",
                                                                                        NULL };

    (void)state;
    make_config(2, rows);
    assert_int_equal(td_pools_man(pools, &config, 4), 4);
    assert_true(pools[0].n == 0 && pools[1].first == 0);
    make_config(2, empty); /* documents can come to it */
    assert_int_equal(td_pools_man(pools, &config, 4), 8);
}

/* Needs and adds by letter: "b<x" needs the layer x, "a>x" adds it. */
static void make_catalogue(const char *const *rows)
{
    static const char *none[] = { NULL };
    static char layers[5][8];
    static const char *lists[5][2];

    catalogue = (struct td_catalogue) { .n = config.n_plugins };
    for (uint32_t i = 0; i < catalogue.n; i++)
        catalogue.plugins[i] = (struct td_catalogue_plugin) { .name = names[i], .needs = none, .adds = none };
    for (uint32_t i = 0; rows[i]; i++) {
        struct td_catalogue_plugin *p = &catalogue.plugins[rows[i][0] - 'a'];
        snprintf(layers[i], sizeof layers[i], "%s/1", rows[i] + 2);
        lists[i][0] = layers[i];
        *(rows[i][1] == '<' ? &p->needs : &p->adds) = lists[i];
    }
}

static void what_is_needed_comes_along_from_the_pool_or_the_default_pool(void **state)
{
    static const char *const rows[] = { "slow:b", "-:ad", "wild:ce", NULL };
    static const char *const layers[] = { "a>x", "b<x", "c<x", "e>x", NULL };
    uint64_t found, faulty = 0;

    (void)state;
    make_config(5, rows);
    td_pools_man(pools, &config, 1);
    make_catalogue(layers);
    assert_int_equal(td_pool_gather(pools, 0, &catalogue, &found, &faulty, NULL), TD_OK);
    assert_int_equal(found, 1 | 8);
    assert_int_equal(td_pool_gather(pools, 1, &catalogue, &found, &faulty, NULL), TD_OK);
    assert_int_equal(found, 1 | 2); /* a, which the default pool has */
    assert_int_equal(td_pool_gather(pools, 2, &catalogue, &found, &faulty, NULL), TD_OK);
    assert_int_equal(found, 4 | 16); /* its own e, though a comes before it */
}

static void who_is_kept_apart_comes_to_nobody(void **state)
{
    static const char *const rows[] = { "slow:b", "-:a", NULL };
    static const char *const layers[] = { "a<x", "b>x", NULL };
    uint64_t found, faulty = 0;
    struct td_err err;

    (void)state;
    make_config(2, rows);
    config.n_pools = 1;
    td_pools_man(pools, &config, 1);
    make_catalogue(layers);
    assert_int_equal(td_pool_gather(pools, 0, &catalogue, &found, &faulty, &err), TD_E_CONFIG);
    assert_string_equal(err.text, "plugin a needs layer x/1, and b, which adds it, is another pool's: name it in a "
                                  "pipeline of this pool, too");
    assert_int_equal(faulty, 1);
}

static const char *choose(uint64_t wanted)
{
    static char words[600];
    struct td_err err;
    uint32_t index;

    if (td_pools_choose(pools, 3, &catalogue, wanted, &index, &err) == TD_OK)
        snprintf(words, sizeof words, "%s", pools[index].name);
    else
        snprintf(words, sizeof words, "%s", err.text);
    return words;
}

static void a_list_of_plugins_goes_where_all_of_them_are(void **state)
{
    static const char *const rows[] = { "slow:bc", "-:a", "wild:cd", NULL }, *const layers[] = { NULL };

    (void)state;
    make_config(4, rows);
    td_pools_man(pools, &config, 1);
    make_catalogue(layers);
    pools[1].plugins |= 1; /* a came along */
    assert_string_equal(choose(0), "default");
    assert_string_equal(choose(1), "default");
    assert_string_equal(choose(2), "slow");
    assert_string_equal(choose(1 | 2 | 4), "slow");
    assert_string_equal(choose(8), "wild");
    assert_string_equal(choose(4),
                        "'plugins': the pools slow and wild both have them; name a pipeline, which says whose "
                        "workers are to run it");
    assert_string_equal(choose(1 | 8),
                        "'plugins': no pool of workers has them all: a is in pool default, d in pool wild; "
                        "ask for them in two requests, or name a pipeline");
    pools[0].n = 0;
    pools[0].plugins = 0;
    assert_string_equal(choose(1), "slow");
}

/* READY of a worker with these plugins, which say `version` of themselves. */
static struct td_buf ready_of(uint64_t set, const char *version)
{
    struct td_buf body = { .limit = 4000 };
    msgpack_packer packer = td_buf_packer(&body);

    msgpack_pack_array(&packer, (size_t)__builtin_popcountll(set));
    for (uint32_t i = 0; i < 5; i++) {
        if (!(set >> i & 1))
            continue;
        msgpack_pack_array(&packer, 9);
        td_pack_str(&packer, names[i]);
        td_pack_str(&packer, "/path");
        td_pack_str(&packer, "plugin");
        td_pack_str(&packer, version);
        td_pack_str(&packer, "MIT");
        td_pack_str(&packer, "summary");
        msgpack_pack_array(&packer, 0);
        msgpack_pack_array(&packer, 0);
        msgpack_pack_array(&packer, 0);
    }
    return body;
}

static int tell(struct td_pool *pool, uint64_t set, const char *version, struct td_err *err)
{
    struct td_buf body = ready_of(set, version);
    int rc = td_pool_take(pool, &config, body.bytes, body.length, err);

    td_buf_free(&body);
    return rc;
}

static void what_pools_tell_becomes_one_catalogue(void **state)
{
    static const char *const rows[] = { "slow:bd", "-:a", "wild:e", NULL };
    struct td_catalogue all;
    struct td_err err;

    (void)state;
    make_config(5, rows);
    td_pools_man(pools, &config, 1);
    pools[1].plugins |= 1; /* the default pool has a and c */
    assert_int_equal(tell(&pools[0], 1 | 4, "1", &err), TD_OK);
    assert_int_equal(tell(&pools[1], 1 | 2 | 8, "1", &err), TD_OK);
    assert_int_equal(tell(&pools[2], 16, "1", &err), TD_OK);
    assert_int_equal(td_pools_join(pools, 3, &all, &err), TD_OK);
    assert_int_equal(all.n, 5);
    for (uint32_t i = 0; i < 5; i++)
        assert_string_equal(all.plugins[i].name, names[i]);
    td_pool_forget(&pools[1]);
    assert_int_equal(tell(&pools[1], 1 | 2 | 8, "2", &err), TD_OK);
    assert_int_equal(td_pools_join(pools, 3, &all, &err), TD_E_CONFIG);
    assert_string_equal(err.text, "plugin a says other things of itself in pool slow than in pool default");
    for (int i = 0; i < 3; i++)
        td_pool_forget(&pools[i]);
}

static void a_worker_speaks_of_its_own_plugins_only(void **state)
{
    static const char *const rows[] = { "slow:bd", "-:a", "wild:e", NULL };
    struct td_err err;

    (void)state;
    make_config(5, rows);
    td_pools_man(pools, &config, 1);
    assert_int_equal(tell(&pools[1], 2, "1", &err), TD_E_INTERNAL);
    assert_string_equal(err.text, "a worker has loaded 1 plugins of 2");
    td_pool_forget(&pools[1]);
    assert_int_equal(tell(&pools[1], 1 | 2, "1", &err), TD_E_INTERNAL); /* a is in the place of b */
    assert_string_equal(err.text, "a worker says that it has loaded another plugin for b");
    td_pool_forget(&pools[1]);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(everybody_is_in_the_default_pool_but_who_is_only_named_elsewhere),
        cmocka_unit_test(a_default_pool_that_nothing_is_left_for_has_no_workers),
        cmocka_unit_test(what_is_needed_comes_along_from_the_pool_or_the_default_pool),
        cmocka_unit_test(who_is_kept_apart_comes_to_nobody),
        cmocka_unit_test(a_list_of_plugins_goes_where_all_of_them_are),
        cmocka_unit_test(what_pools_tell_becomes_one_catalogue),
        cmocka_unit_test(a_worker_speaks_of_its_own_plugins_only),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
