/* measure.h: what bare.c and client.c have in common: the command line, the text, the clocks. */
#ifndef MEASURE_H
#define MEASURE_H

#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <time.h>

struct measure {
    const char *endpoint, *plugin;
    uint64_t count, window;
    char *text;
    size_t length;
    double begin, begin_cpu;
};

static inline _Noreturn void measure_die(const char *what, const char *why)
{
    fprintf(stderr, "%s: %s\n", what, why);
    exit(1);
}

static inline double measure_clock(clockid_t clock)
{
    struct timespec now;

    clock_gettime(clock, &now);
    return (double)now.tv_sec + (double)now.tv_nsec / 1e9;
}

static inline struct measure measure_arguments(int argc, char **argv)
{
    enum { LARGEST = 1 << 20 };
    struct measure m = { 0 };

    if (argc != 5)
        measure_die(argv[0], "ENDPOINT COUNT WINDOW PLUGIN < TEXT");
    m.endpoint = argv[1];
    m.count = strtoull(argv[2], NULL, 10);
    m.window = strtoull(argv[3], NULL, 10);
    m.plugin = argv[4];
    m.text = malloc(LARGEST);
    if (!m.text)
        measure_die(argv[0], "out of memory");
    m.length = fread(m.text, 1, LARGEST, stdin);
    return m;
}

static inline void measure_begin(struct measure *m)
{
    m->begin = measure_clock(CLOCK_MONOTONIC);
    m->begin_cpu = measure_clock(CLOCK_PROCESS_CPUTIME_ID);
}

static inline void measure_end(const struct measure *m)
{
    printf("%.6f %.6f\n", measure_clock(CLOCK_MONOTONIC) - m->begin,
           measure_clock(CLOCK_PROCESS_CPUTIME_ID) - m->begin_cpu);
}

#endif
