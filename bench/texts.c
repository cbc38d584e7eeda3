/* texts.c: see texts.h. */
#include "bench/texts.h"

#include <stdio.h>
#include <stdlib.h>

void texts_die(const char *what, const char *which)
{
    fprintf(stderr, "bench: %s: %s\n", which, what);
    exit(1);
}

char *texts_read(const char *name, size_t *length)
{
    FILE *in = fopen(name, "rb");
    char *bytes = NULL;
    size_t room = 0;

    *length = 0;
    if (!in)
        texts_die("cannot be opened", name);
    do {
        room = room * 2 + 65536;
        bytes = realloc(bytes, room);
        if (!bytes)
            texts_die("out of memory", name);
        *length += fread(bytes + *length, 1, room - *length, in);
    } while (*length == room);
    fclose(in);
    return bytes;
}

void texts_print_rates(const char *name, double much, const double *seconds, size_t rounds)
{
    printf("\"%s\": [", name);
    for (size_t i = 0; i < rounds; i++)
        printf("%s%.4g", i ? ", " : "", much / seconds[i]);
    printf("]");
}
