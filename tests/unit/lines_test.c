/* lines_test.c: where a line ends for good. `|` stands for a line's end that parts, `/` for one within running text, `^` for a tab. */
#include <assert.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "plugins/entities/names/lines.h"

static const char a_page[] = "The council said on Monday that the new bridge over the river in San/Francisco would be "
                             "closed for two weeks, since "
                             "the steel of its/cables has to be looked at. Engineers of the Golden Gate "
                             "Bridge/District had found rust in many of "
                             "them. A report will follow in May";

static const char *const cases[] = {
    /* Signatures, lists, tables, headings. */
    "Kind regards,|Ilse Brandt|Norrland Tidal Ltd",
    "Many thanks!|Peter van Loon|Head of the Department of Physics|University of Basel|Switzerland",
    "Boston 112|Miami 98|Denver 101",
    "Oslo|Bergen|Lofoten Islands",
    "Minutes|* Anna Moor elected as chair|* Office in Basel closed at the end of June|* Next meeting in Bern",
    "Zorbex opens a plant for batteries in northern Spain|Miami mayor resigns|Fire in the Lyon opera|Norrland wins",
    "Name^Town|Ilse^Bern|Peter^Basel",
    "THE WEATHER IN LAGOS|Rain will fall on the coast for most of the day, and it will be windy in the north.",
    "It was late.||Lagos was dark.",
    "Thanks,|Ilse",
    /* Wrapped: nothing but the lines' ends says so. */
    "We moved to San/Francisco last year.",
    "He wrote to the people at the Bank/of England about it.",
    a_page,
    "> she said that neither the people nor the council of New\r/York were to blame, and that the mayor knew.",
    "The firms wanted the state to help, and wrote to the Ministry of/Transport.|Nobody answered.",
};

static void check(const char *marked)
{
    char text[1024];
    struct lines lines = { 0 };
    uint32_t length = (uint32_t)strlen(marked);

    for (uint32_t i = 0; i <= length; i++)
        text[i] = (char)(marked[i] == '|' || marked[i] == '/' ? '\n' : marked[i] == '^' ? '\t' : marked[i]);
    for (uint32_t i = 0; i < length; i++) {
        uint32_t from = i, to = i + 1;
        if (text[i] != '\n' && text[i] != '\t')
            continue;
        while (from > 0 && text[from - 1] == '\r')
            from--;
        while (text[to] == '\n')
            to++;
        bool parts = lines_part(&lines, text, length, from, to, length);
        if (parts != (marked[i] != '/')) {
            fprintf(stderr, "%s\n  byte %u %s\n", marked, i, parts ? "parts" : "goes on");
            exit(1);
        }
        i = to - 1;
    }
}

/* Each block is looked at once, and so are its lines. */
static void takes_linear_time(void)
{
    enum { N = 1 << 20 };
    char *text = malloc(N);
    struct lines lines = { 0 };
    uint32_t parting = 0;

    assert(text);
    for (uint32_t i = 0; i < N; i++)
        text[i] = i % 4 == 3 ? '\n' : 'a';
    for (uint32_t i = 3; i + 1 < N; i += 4)
        parting += lines_part(&lines, text, N, i, i + 1, N);
    assert(parting > 0);
    memset(text, ')', N);
    memset(&lines, 0, sizeof lines);
    for (uint32_t i = 0; i < N; i += 2)
        text[i] = '\n';
    for (uint32_t i = 2; i + 1 < N; i += 2)
        parting += lines_part(&lines, text, N, i, i + 1, N);
    free(text);
}

int main(void)
{
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++)
        check(cases[i]);
    takes_linear_time();
    return 0;
}
