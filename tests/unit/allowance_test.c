/* allowance_test.c: what control groups of either version leave us, on made-up folders. */
#include "tests/unit/unit.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

#include "common/allowance.h"

#define MIB (UINT64_C(1) << 20)

static char root[] = "/tmp/textd-allowance-XXXXXX";

/* Writes ROOT/path, with the folders that it needs. */
static void put(const char *path, const char *text)
{
    char whole[700];
    int n = snprintf(whole, sizeof whole, "%s/%s", root, path);

    assert_true(n < (int)sizeof whole);
    for (char *slash = whole + strlen(root) + 1; (slash = strchr(slash, '/')); *slash++ = '/') {
        *slash = 0;
        assert_true(mkdir(whole, 0755) == 0 || errno == EEXIST);
    }
    FILE *file = fopen(whole, "w");
    assert_non_null(file);
    fputs(text, file);
    fclose(file);
}

static void forbid(const char *path, mode_t mode)
{
    char whole[700];

    snprintf(whole, sizeof whole, "%s/%s", root, path);
    assert_int_equal(chmod(whole, mode), 0);
}

static int begin(void **state)
{
    (void)state;
    strcpy(root + sizeof root - 7, "XXXXXX");
    return mkdtemp(root) ? 0 : -1;
}

static int end(void **state)
{
    (void)state;
    char command[100];
    snprintf(command, sizeof command, "rm -r %s", root);
    return system(command); /* NOLINT */
}

static void check(uint64_t memory_mib, uint32_t cpus)
{
    struct td_allowance a = td_allowance_read(root);

    assert_int_equal(a.group_memory, memory_mib * MIB);
    assert_int_equal(a.group_cpus, cpus);
}

static void version_2(void **state)
{
    (void)state;
    put("proc/self/cgroup", "0::/a/b\n");
    put("sys/fs/cgroup/a/b/memory.max", "268435456\n");
    put("sys/fs/cgroup/a/b/cpu.max", "150000 100000\n");
    check(256, 2); /* one and a half are rounded up */
    put("sys/fs/cgroup/a/b/memory.max", "max\n");
    put("sys/fs/cgroup/a/b/cpu.max", "max 100000\n");
    check(0, 0);
    put("sys/fs/cgroup/a/b/cpu.max", "1000 100000\n");
    check(0, 1);
    put("sys/fs/cgroup/a/b/cpu.max", "400000 100000\n");
    check(0, 4);
}

static void the_group_at_the_top_counts(void **state)
{
    (void)state;
    put("proc/self/cgroup", "0::/\n"); /* as in a container with a name space of its own */
    put("sys/fs/cgroup/memory.max", "67108864\n");
    put("sys/fs/cgroup/cpu.max", "50000 100000\n");
    check(64, 1);
    put("proc/self/cgroup", "0::/docker/4711\n"); /* and without: the folder isn't there */
    check(64, 1);
    put("proc/self/cgroup", "0::/../../system.slice\n"); /* it is not below what we see */
    check(64, 1);
    put("proc/self/cgroup", "0::/gone.service (deleted)\n");
    check(64, 1);
}

static void the_least_of_all_that_we_are_in_holds(void **state)
{
    (void)state;
    put("proc/self/cgroup", "0::/pod/container/textd\n");
    put("sys/fs/cgroup/pod/container/textd/memory.max", "1073741824\n");
    put("sys/fs/cgroup/pod/container/textd/cpu.max", "max 100000\n");
    put("sys/fs/cgroup/pod/container/memory.max", "max\n");
    put("sys/fs/cgroup/pod/memory.max", "536870912\n");
    put("sys/fs/cgroup/pod/cpu.max", "200000 100000\n");
    put("sys/fs/cgroup/other/memory.max", "1048576\n");
    put("sys/fs/cgroup/other/cpu.max", "100 100000\n");
    check(512, 2);
    put("sys/fs/cgroup/pod/container/memory.high", "134217728\n"); /* where it is slowed down until it stands */
    check(128, 2);
}

static void version_1(void **state)
{
    (void)state;
    put("proc/self/cgroup", "5:cpuset:/\n4:cpu,cpuacct:/docker/1\n3:memory:/docker/1\n1:name=systemd:/x\n");
    put("sys/fs/cgroup/memory/docker/1/memory.limit_in_bytes", "134217728\n");
    put("sys/fs/cgroup/memory/memory.limit_in_bytes", "9223372036854771712\n"); /* which is none */
    put("sys/fs/cgroup/cpu,cpuacct/docker/1/cpu.cfs_quota_us", "250000\n");
    put("sys/fs/cgroup/cpu,cpuacct/docker/1/cpu.cfs_period_us", "100000\n");
    check(128, 3);
    put("sys/fs/cgroup/cpu,cpuacct/docker/1/cpu.cfs_quota_us", "-1\n");
    put("sys/fs/cgroup/memory/docker/1/memory.limit_in_bytes", "9223372036854771712\n");
    check(0, 0);
    put("sys/fs/cgroup/cpu/cpu.cfs_quota_us", "100000\n"); /* in a container: our own is at the top */
    put("sys/fs/cgroup/cpu/cpu.cfs_period_us", "100000\n");
    put("sys/fs/cgroup/memory/memory.limit_in_bytes", "67108864\n");
    check(64, 1);
}

static void both_versions(void **state)
{
    (void)state;
    put("proc/self/cgroup", "4:memory:/m\n2:cpuacct:/\n0::/user.slice\n");
    put("sys/fs/cgroup/memory/m/memory.limit_in_bytes", "268435456\n");
    put("sys/fs/cgroup/unified/user.slice/cpu.max", "100000 50000\n");
    check(256, 2);
    put("sys/fs/cgroup/cpuacct/cpu.cfs_quota_us", "1\n"); /* cpuacct isn't cpu */
    put("sys/fs/cgroup/cpuacct/cpu.cfs_period_us", "100000\n");
    check(256, 2);
}

static void what_can_not_be_understood_is_no_limit(void **state)
{
    static const char *const values[] = { "",
                                          "\n",
                                          "-1\n",
                                          "0\n",
                                          "lots\n",
                                          "12 MiB\n",
                                          "0x1000\n",
                                          "1e9\n",
                                          "+5\n",
                                          "99999999999999999999999\n",
                                          "1073741824 5\n",
                                          "\xff\xfe" };
    static const char *const cpus[] = { "",
                                        "\n",
                                        "100000\n",
                                        "100000 0\n",
                                        "0 100000\n",
                                        "-1 100000\n",
                                        "1 1e5\n",
                                        "max\n",
                                        "max max",
                                        "x 100000\n",
                                        "100000 -1\n",
                                        "99999999999999999999 100000\n",
                                        "18446744073709551615 1\n" };
    static const char *const groups[] = {
        "", "\n", "0\n", "0:\n", "0::\n", "::\n", "0::relative\n", ":::\n", "nonsense\n\n::::/\n"
    };

    (void)state;
    put("proc/self/cgroup", "0::/a\n");
    for (size_t i = 0; i < COUNT(values); i++) {
        put("sys/fs/cgroup/a/memory.max", values[i]);
        check(0, 0);
    }
    for (size_t i = 0; i < COUNT(cpus); i++) {
        put("sys/fs/cgroup/a/cpu.max", cpus[i]);
        check(0, 0);
    }
    put("sys/fs/cgroup/memory.max", "67108864\n");
    put("sys/fs/cgroup/cpu.max", "100000 100000\n");
    for (size_t i = 0; i < COUNT(groups); i++) {
        put("proc/self/cgroup", groups[i]);
        struct td_allowance a = td_allowance_read(root);
        assert_true(a.group_memory == 0 || a.group_memory == 64 * MIB);
    }
}

static void what_is_missing_or_forbidden_is_no_limit(void **state)
{
    (void)state;
    check(0, 0); /* no /proc */
    put("proc/self/cgroup", "0::/a\n");
    check(0, 0);
    put("sys/fs/cgroup/a/memory.max/is-a-folder", "");
    check(0, 0);
    put("sys/fs/cgroup/cpu.max", "100000 100000\n");
    check(0, 1);
    int is_root = geteuid() == 0; /* who may read all */
    forbid("", 0755);
    forbid("sys/fs/cgroup/cpu.max", 0);
    if (is_root)
        assert_int_equal(seteuid(65534), 0);
    struct td_allowance a = td_allowance_read(root);
    if (is_root)
        assert_int_equal(seteuid(0), 0);
    assert_int_equal(a.group_cpus, 0);
    assert_int_equal(a.group_memory, 0);
}

static void a_path_of_any_length_does_no_harm(void **state)
{
    char line[12000];

    (void)state;
    memset(line, 'x', sizeof line);
    for (size_t i = 4; i < sizeof line; i += 200)
        line[i] = '/';
    memcpy(line, "0::/", 4);
    line[sizeof line - 1] = 0;
    put("proc/self/cgroup", line);
    put("sys/fs/cgroup/memory.max", "67108864\n");
    check(64, 0);
    line[3900] = 0; /* fits a path, and the file's name behind it doesn't */
    put("proc/self/cgroup", line);
    check(64, 0);
    memcpy(line, "7:mem", 5);
    put("proc/self/cgroup", line);
    check(0, 0);
}

static void the_machine_s_memory_counts_where_no_group_has_less(void **state)
{
    char words[64];

    (void)state;
    struct td_allowance a = td_allowance_read(root);
    assert_int_equal(td_allowance_memory(&a), 0);
    put("proc/meminfo", "MemTotal:        2097152 kB\nMemFree:            1 kB\n");
    put("proc/self/cgroup", "0::/a\n");
    a = td_allowance_read(root);
    assert_int_equal(td_allowance_memory(&a), 2048 * MIB);
    assert_string_equal(td_allowance_words(&a, words, sizeof words), "the machine's 2 GiB");
    put("sys/fs/cgroup/a/memory.max", "268435456\n");
    a = td_allowance_read(root);
    assert_int_equal(td_allowance_memory(&a), 256 * MIB);
    assert_string_equal(td_allowance_words(&a, words, sizeof words), "the control group's 256 MiB");
    put("sys/fs/cgroup/a/memory.max", "17179869184\n");
    a = td_allowance_read(root);
    assert_int_equal(td_allowance_memory(&a), 2048 * MIB);
    put("sys/fs/cgroup/a/memory.max", "4096\n");
    a = td_allowance_read(root);
    assert_string_equal(td_allowance_words(&a, words, sizeof words), "the control group's 4 KiB");
    put("proc/meminfo", "MemTotal: much\n");
    a = td_allowance_read(root);
    assert_int_equal(a.machine_memory, 0);
}

static void this_machine_has_some(void **state)
{
    (void)state;
    struct td_allowance a = td_allowance_read("");
    assert_true(a.machine_memory > 64 * MIB);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, begin, end)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(version_2),
        TEST(the_group_at_the_top_counts),
        TEST(the_least_of_all_that_we_are_in_holds),
        TEST(version_1),
        TEST(both_versions),
        TEST(what_can_not_be_understood_is_no_limit),
        TEST(what_is_missing_or_forbidden_is_no_limit),
        TEST(a_path_of_any_length_does_no_harm),
        TEST(the_machine_s_memory_counts_where_no_group_has_less),
        TEST(this_machine_has_some),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
