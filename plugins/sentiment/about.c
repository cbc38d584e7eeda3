/* about.c: see about.h. The smallest rule that tells "Acme was praised; Bolt was sued" apart: a name gets what its clause says,
 * and what the sentence says when its clause says nothing. In "better than Acme" Acme gets the opposite. */
#include "plugins/sentiment/about.h"

#include "plugins/lib/character.h"

#define REACH 24u /* tokens to either side */

static bool is_word(const struct token_text *text, uint32_t i, const char *word, uint32_t length)
{
    const struct textd_span *span = &text->tokens[i];

    if (span->end - span->start != length)
        return false;
    for (uint32_t k = 0; k < length; k++)
        if (char_to_lower(text->text[span->start + k]) != word[k])
            return false;
    return true;
}

#define IS(text, i, word) is_word(text, i, word, sizeof word - 1)

/* A clause ends here. */
static bool is_break(const struct token_text *text, uint32_t i)
{
    const struct textd_span *span = &text->tokens[i];
    char c = text->text[span->start];

    if (text->kinds[i] == TEXTD_TOKEN_PUNCT)
        return c == ',' || c == ';' || c == ':' || c == '.' || c == '!' || c == '?' || c == '(' || c == ')' ||
               c == '-' || (unsigned char)c == 0xE2;
    return IS(text, i, "but") || IS(text, i, "while") || IS(text, i, "whereas") || IS(text, i, "although") ||
           IS(text, i, "though");
}

static void read_around(struct reader *reader, uint32_t from, uint32_t to, uint32_t first, uint32_t last,
                        struct sums *sums)
{
    reader_start(reader, from);
    reader_read_turned(reader, from, first);
    if (last < to)
        reader_read_turned(reader, last, to);
    reader_end(reader);
    *sums = reader->sums;
}

bool about_read(struct reader *reader, uint32_t start, uint32_t end, uint32_t first, uint32_t last, struct sums *sums)
{
    const struct token_text *text = reader->text;
    uint32_t least = first - start > REACH ? first - REACH : start, most = end - last > REACH ? last + REACH : end;
    uint32_t from = first, to = last;

    while (from > least && !is_break(text, from - 1))
        from--;
    while (to < most && !is_break(text, to))
        to++;
    read_around(reader, from, to, first, last, sums);
    if (sums->said == 0) {
        read_around(reader, least, most, first, last, sums);
        return sums->said > 0;
    }
    return true;
}

bool about_is_compared(const struct token_text *text, uint32_t start, uint32_t first)
{
    return first > start && IS(text, first - 1, "than");
}
