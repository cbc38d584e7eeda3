/* under.c: preloaded into textd by bench/guard and bench/run, so that its supervisor runs under callgrind. valgrind can't
 * follow it there by itself: the parent starts its children as "/proc/self/exe", which below valgrind is valgrind. The
 * parent and the workers run as they are.
 *
 *   BENCH_UNDER="valgrind --tool=callgrind ..." BENCH_UNDER_EXE=build/bin/textd LD_PRELOAD=build/bench/under.so \
 *       build/bin/textd */
#include <dlfcn.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "common/parent_wire.h"

#define MOST_WORDS 64

/* In a child that has just been forked. */
__attribute__((visibility("default"))) int execv(const char *path, char *const argv[])
{
    int (*plain)(const char *, char *const[]);
    char *tool = getenv("BENCH_UNDER"), *exe = getenv("BENCH_UNDER_EXE"), *words[MOST_WORDS + 1], *rest;
    size_t n = 0;

    *(void **)&plain = dlsym(RTLD_NEXT, "execv");
    unsetenv("LD_PRELOAD");
    if (!tool || !exe || !argv[1] || strcmp(argv[1], TD_SUPERVISOR_FLAG) != 0)
        return plain(path, argv);
    for (char *word = strtok_r(tool, " ", &rest); word && n < MOST_WORDS; word = strtok_r(NULL, " ", &rest))
        words[n++] = word;
    if (n < MOST_WORDS)
        words[n++] = exe;
    for (size_t i = 1; argv[i] && n < MOST_WORDS; i++)
        words[n++] = argv[i];
    words[n] = NULL;
    return execvp(words[0], words);
}
