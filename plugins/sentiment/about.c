/* about.c: see about.h. The smallest rule that tells "Acme was praised; Bolt was sued" apart: a name gets what its
 * clause says where the rest of the sentence says the opposite, and else what the sentence says, which is the better
 * estimate for being longer. In "better than Acme" Acme gets the opposite. */
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

/* How much parts a clause from the next. */
enum { PART_OF_IT, WEAK, STRONG };

/* "," and "and" part two clauses, or words of one. */
static int break_at(const struct token_text *text, uint32_t i)
{
    const struct textd_span *span = &text->tokens[i];
    char c = text->text[span->start];

    if (text->kinds[i] == TEXTD_TOKEN_PUNCT)
        return c == ';' || c == '.' || c == '!' || c == '?'                                           ? STRONG
               : c == ',' || c == ':' || c == '(' || c == ')' || c == '-' || (unsigned char)c == 0xE2 ? WEAK
                                                                                                      : PART_OF_IT;
    if (IS(text, i, "but") || IS(text, i, "while") || IS(text, i, "whereas") || IS(text, i, "although") ||
        IS(text, i, "though") || IS(text, i, "yet") || IS(text, i, "unlike"))
        return STRONG;
    return IS(text, i, "and") || IS(text, i, "or") || IS(text, i, "that") || IS(text, i, "who") || IS(text, i, "which")
               ? WEAK
               : PART_OF_IT;
}

/* "Bolt". A sentence starts with a capital anyway. */
static bool is_name(const struct token_text *text, const struct about *about, uint32_t i)
{
    struct textd_span span = text->tokens[i];

    if (i == about->start)
        return about->starts_with_name;
    return text->kinds[i] == TEXTD_TOKEN_WORD && span.end - span.start > 1 && char_is_upper(text->text[span.start]);
}

/* Where the clause of the name at tokens [first, last) starts and ends. What a weak break parts is two clauses only
 * if each is about somebody: if beyond it there is another name. */
struct clause {
    uint32_t from, to;
};

static struct clause clause_of(const struct token_text *text, const struct about *about, uint32_t least, uint32_t most,
                               bool by_weak)
{
    uint32_t last = about->last;
    struct clause clause = { about->first, last };
    uint32_t weak = 0; /* the nearest weak break, behind it */

    for (; clause.from > least; clause.from--) {
        int how = break_at(text, clause.from - 1);
        if (how == STRONG || (weak > 0 && is_name(text, about, clause.from - 1)))
            break;
        weak = how == WEAK && by_weak && weak == 0 ? clause.from : weak;
    }
    if (weak > 0 && clause.from > least && break_at(text, clause.from - 1) != STRONG)
        clause.from = weak;
    weak = 0;
    /* "Lindqvist, an excellent surgeon, …": what stands in apposition is said of the name, and up to there */
    bool is_apposed = last < most && break_at(text, last) == WEAK && text->kinds[last] == TEXTD_TOKEN_PUNCT;
    for (clause.to += is_apposed; clause.to < most; clause.to++) {
        int how = break_at(text, clause.to);
        if (how == STRONG || (weak > 0 && is_name(text, about, clause.to)))
            break;
        weak = how == WEAK && by_weak && weak == 0 && clause.to > last + is_apposed ? clause.to : weak;
    }
    if (weak > 0 && clause.to < most && break_at(text, clause.to) != STRONG)
        clause.to = weak;
    return clause;
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

static float balance_of(const struct sums *sums)
{
    return sums->final.praise + sums->final.blame + sums->turned;
}

/* "Although Bolt was slow, …" is passed over when the sentence is read, but not by those who ask for Bolt. */
static bool is_hidden(const struct reader *reader, const struct about *about)
{
    for (uint32_t i = 0; i < reader->n_turns; i++)
        if (reader->turns[i].kind == TURN_HIDES && reader->turns[i].first < about->first &&
            reader->turns[i].end > about->last)
            return true;
    return false;
}

/* Narrower clauses first. */
static bool read_clauses(struct reader *reader, const struct about *about, struct sums *sums)
{
    uint32_t first = about->first, last = about->last;
    uint32_t least = first - about->start > REACH ? first - REACH : about->start;
    uint32_t most = about->end - last > REACH ? last + REACH : about->end;
    struct sums all;

    read_around(reader, least, most, first, last, &all);
    for (int by_weak = 1; by_weak >= 0; by_weak--) {
        struct clause clause = clause_of(reader->text, about, least, most, by_weak);
        read_around(reader, clause.from, clause.to, first, last, sums);
        float own = balance_of(sums);
        if (sums->said > 0 && own * (balance_of(&all) - own) < 0)
            return true;
    }
    *sums = all;
    return sums->said > 0;
}

bool about_read(struct reader *reader, const struct about *about, struct sums *sums)
{
    uint32_t n_turns = reader->n_turns;

    if (is_hidden(reader, about))
        reader->n_turns = 0;
    bool is_said = read_clauses(reader, about, sums);
    reader->n_turns = n_turns;
    return is_said;
}

bool about_is_compared(const struct token_text *text, uint32_t start, uint32_t first)
{
    return first > start && IS(text, first - 1, "than");
}
