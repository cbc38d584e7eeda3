/* dictionary.c: a dictionary of many made-up names: how long it takes to load, what memory it takes, and how fast a text is looked
 * through, in which nothing or something matches. Prints one line of JSON for bench/run.
 *
 *   dictionary NAMES ROUNDS FILE... */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "bench/texts.h"
#include "plugins/entities/dictionary/dictionary.h"
#include "plugins/segmenter/tokens.h"

#define ARENA_BYTES (1u << 28)

static char *arena;
static size_t used;

static void *take(void *context, size_t bytes)
{
    (void)context;
    used = (used + 15) & ~(size_t)15;
    if (bytes > ARENA_BYTES - used)
        return NULL;
    used += bytes;
    return arena + used - bytes;
}

static void *take_segments(void *context, uint64_t bytes)
{
    (void)context;
    return malloc(bytes);
}

static int go_on(void *context)
{
    (void)context;
    return 0;
}

static double now(void)
{
    struct timespec t;

    clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &t);
    return (double)t.tv_sec + (double)t.tv_nsec / 1e9;
}

static char *read_files(char **files, int n, size_t *length)
{
    char *bytes = NULL;
    size_t room = 0, got;

    *length = 0;
    for (int i = 0; i < n; i++) {
        FILE *in = fopen(files[i], "rb");
        if (!in)
            texts_die("cannot be opened", files[i]);
        do {
            char *grown = room - *length < 65536 ? realloc(bytes, room = room * 2 + 262144) : bytes;
            if (!grown)
                texts_die("out of memory", files[i]);
            bytes = grown;
            got = fread(bytes + *length, 1, 65536, in);
            *length += got;
        } while (got > 0);
        fclose(in);
    }
    return bytes;
}

/* One to four made-up words of two to five syllables, a type and an id: "Zalori Kewamu\tPRODUCT\tid42". */
static char *make_list(uint32_t names, size_t *length)
{
    static const char consonants[] = "bdfghjklmnprstvwxz", vowels[] = "aeiou";
    char *list = malloc((size_t)names * 80 + 1), *out = list;
    uint64_t seed = 1;

    for (uint32_t i = 0; list && i < names; i++) {
        uint32_t words = 1 + i % 4;

        for (uint32_t w = 0; w < words; w++) {
            seed = seed * 6364136223846793005u + 1442695040888963407u;
            uint32_t syllables = 2 + (uint32_t)(seed >> 60) % 3;
            *out = ' ';
            out += w > 0;
            for (uint32_t s = 0; s < syllables; s++) {
                char first = consonants[(seed >> (10 + 9 * s)) % (sizeof consonants - 1)];
                *out++ = s ? first : (char)(first - 32);
                *out++ = vowels[(seed >> (14 + 9 * s)) % (sizeof vowels - 1)];
            }
        }
        out += sprintf(out, "\tPRODUCT\tid%u\n", i);
    }
    *length = (size_t)(out - list);
    return list;
}

static struct entity_input split(const char *text, size_t length, struct textd_span *sentence)
{
    struct segments s = { .alloc = take_segments, .should_stop = go_on };

    if (segment_tokens(&s, text, (uint32_t)length) != TEXTD_OK)
        texts_die("out of memory", "texts");
    *sentence = (struct textd_span) { 0, (uint32_t)length };
    return (struct entity_input) { text, s.tokens, s.kinds, sentence, (uint32_t)length, s.n_tokens, 1 };
}

static struct entity_types types;

int main(int argc, char **argv)
{
    static const struct entity_means means = { take, go_on, NULL };
    uint32_t names = argc > 3 ? (uint32_t)strtoul(argv[1], NULL, 10) : 0, n = 0;
    int rounds = argc > 3 ? (int)strtol(argv[2], NULL, 10) : 0;
    size_t list_length, text_length;
    struct textd_span sentence;
    struct entity *found;
    char reason[400];

    if (rounds < 1 || names < 1)
        texts_die("usage: dictionary NAMES ROUNDS FILE...", "arguments");
    arena = malloc(ARENA_BYTES);
    char *list = make_list(names, &list_length), *text = read_files(argv + 3, argc - 3, &text_length);
    struct entity_input in = split(text, text_length, &sentence);
    double *load = calloc((size_t)rounds, sizeof *load), *look = calloc((size_t)rounds, sizeof *look);
    const struct dictionary_list lists[] = { { "list.tsv", list, list_length } };
    struct dictionary *d = NULL;
    if (!arena || !list || !load || !look)
        texts_die("out of memory", "texts");
    for (int i = 0; i < rounds; i++) {
        dictionary_free(d);
        double start = now();
        d = dictionary_new(lists, 1, &types, reason, sizeof reason);
        load[i] = now() - start;
        if (!d)
            texts_die(reason, "list");
        start = now();
        used = 0;
        if (dictionary_find(d, &in, &means, &found, &n) != TEXTD_OK)
            texts_die("out of memory", "texts");
        look[i] = now() - start;
    }
    printf("{\"names\": %u, \"list_bytes\": %zu, \"bytes_a_name\": %.1f, \"text_bytes\": %zu, \"found\": %u, ",
           dictionary_names(d), list_length, (double)dictionary_bytes(d) / dictionary_names(d), text_length, n);
    texts_print_rates("loads_s", 1, load, (size_t)rounds);
    printf(", ");
    texts_print_rates("mb_s", (double)text_length / 1e6, look, (size_t)rounds);
    printf("}\n");
    dictionary_free(d);
    free(load);
    free(look);
    return 0;
}
