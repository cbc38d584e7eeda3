/* about.c: see about.h. The smallest rule that tells "Acme was praised; Bolt was sued" apart: a name gets what its
 * clause says where the rest of the sentence says the opposite, and else what the sentence says, which is the better
 * estimate for being longer. In "better than Acme" Acme gets the opposite. */
#include "plugins/sentiment/about.h"

#include "plugins/lib/character.h"
#include "plugins/sentiment/lookup.h"

#define REACH 24u /* tokens to either side */

/* How much parts a clause from the next. */
enum { PART_OF_IT, WEAK, STRONG };

/* "," and "and" part two clauses, or words of one. */
static int break_of_mark(unsigned char c)
{
    switch (c) {
    case ';':
    case '.':
    case '!':
    case '?':
        return STRONG;
    case ',':
    case ':':
    case '(':
    case ')':
    case '-':
    case 0xE2: /* a dash, an ellipsis */
        return WEAK;
    default:
        return PART_OF_IT;
    }
}

static bool is_word(const char *bytes, uint32_t length, const char *word)
{
    for (uint32_t k = 0; k < length; k++)
        if (char_to_lower(bytes[k]) != word[k])
            return false;
    return word[length] == 0;
}

#define LETTER(c) (1u << ((c)&31))

/* Most words are known by their length and first letter to be none. */
static inline bool may_break(unsigned char first, uint32_t length)
{
    static const uint32_t first_letters[32] = {
        [2] = LETTER('o'),
        [3] = LETTER('a') | LETTER('b') | LETTER('w') | LETTER('y'),
        [4] = LETTER('t'),
        [5] = LETTER('w'),
        [6] = LETTER('t') | LETTER('u'),
        [7] = LETTER('w'),
        [8] = LETTER('a'),
    };

    return first_letters[length % 32] >> (first & 31) & 1;
}

static int break_of_word(const char *bytes, uint32_t length)
{
    static const struct {
        char word[9];
        uint8_t how;
    } breaks[][5] = {
        [2] = { { "or", WEAK } },
        [3] = { { "and", WEAK }, { "but", STRONG }, { "who", WEAK }, { "yet", STRONG } },
        [4] = { { "that", WEAK } },
        [5] = { { "which", WEAK }, { "while", STRONG } },
        [6] = { { "though", STRONG }, { "unlike", STRONG } },
        [7] = { { "whereas", STRONG } },
        [8] = { { "although", STRONG } },
    };

    if (length >= sizeof breaks / sizeof breaks[0])
        return PART_OF_IT;
    for (uint32_t i = 0; breaks[length][i].how != PART_OF_IT; i++)
        if ((bytes[0] | 0x20) == breaks[length][i].word[0] && is_word(bytes, length, breaks[length][i].word))
            return breaks[length][i].how;
    return PART_OF_IT;
}

/* Looks for the breaks and names, "Bolt", among the tokens from `from` to `to`, no more than a batch has; of a sentence
 * that is no longer, once for all names in it. */
static void find_breaks(struct reader *reader, struct about *about, uint32_t from, uint32_t to)
{
    const struct token_text *text = reader->text;
    const struct batch *batch = &reader->batch;
    struct breaks *breaks = &about->breaks;

    if (from >= breaks->first && to <= breaks->end)
        return;
    breaks->first = about->end - about->start <= BATCH_MOST ? about->start : from;
    breaks->end = about->end - breaks->first < BATCH_MOST ? about->end : breaks->first + BATCH_MOST;
    if (breaks->first < batch->first || breaks->end > batch->end)
        lookup_batch(reader, breaks->first);
    const struct textd_span *tokens = text->tokens + breaks->first;
    uint64_t marks = batch->marks >> (breaks->first - batch->first);
    uint64_t others = batch->others >> (breaks->first - batch->first), maybe = 0, capitals = 0;
    uint32_t n = breaks->end - breaks->first;
    for (uint32_t k = 0; k < n; k++) {
        unsigned char first = (unsigned char)text->text[tokens[k].start];
        maybe |= (uint64_t)may_break(first, tokens[k].end - tokens[k].start) << k;
        capitals |= (uint64_t)((unsigned char)(first - 'A') < 26 && tokens[k].end - tokens[k].start > 1) << k;
    }
    breaks->strong = breaks->weak = 0;
    for (uint64_t left = (marks & bits_between(0, n)) | maybe; left; left &= left - 1) {
        uint32_t k = (uint32_t)__builtin_ctzll(left);
        const char *bytes = text->text + tokens[k].start;
        int how = marks >> k & 1 ? break_of_mark((unsigned char)*bytes)
                                 : break_of_word(bytes, tokens[k].end - tokens[k].start);
        breaks->strong |= (uint64_t)(how == STRONG) << k;
        breaks->weak |= (uint64_t)(how == WEAK) << k;
    }
    breaks->names = capitals & ~(marks | others);
    if (breaks->first == about->start) /* it starts with a capital anyway */
        breaks->names = (breaks->names & ~1ull) | about->starts_with_name;
}

/* Where a clause of the name at tokens [first, last) starts and ends. */
struct clause {
    uint32_t from, to;
};

/* Two clauses of it. What a weak break parts is two clauses only if each is about somebody: if beyond it, and no
 * further than the strong one, there is another name. */
struct clauses {
    struct clause by_strong, by_weak;
};

static void find_starts(struct reader *reader, struct about *about, uint32_t least, struct clauses *clauses)
{
    const struct breaks *breaks = &about->breaks;

    find_breaks(reader, about, least, about->first);
    uint32_t from = least - breaks->first, to = about->first - breaks->first;
    uint64_t strong = breaks->strong & bits_between(from, to);
    from = strong ? 64 - (uint32_t)__builtin_clzll(strong) : from;
    clauses->by_strong.from = clauses->by_weak.from = breaks->first + from;
    uint64_t weak = breaks->weak & bits_between(from, to);
    uint32_t nearest = weak ? 63 - (uint32_t)__builtin_clzll(weak) : from;
    if (breaks->names & bits_between(from, nearest))
        clauses->by_weak.from = breaks->first + nearest + 1;
}

static void find_ends(struct reader *reader, struct about *about, uint32_t most, struct clauses *clauses)
{
    const struct breaks *breaks = &about->breaks;
    uint32_t last = about->last;

    clauses->by_strong.to = clauses->by_weak.to = most;
    if (last == most)
        return;
    find_breaks(reader, about, last, most);
    uint32_t from = last - breaks->first, to = most - breaks->first;
    /* "Lindqvist, an excellent surgeon, …": what stands in apposition is said of the name, and up to there */
    from += (breaks->weak >> from & 1) && reader->text->kinds[last] == TEXTD_TOKEN_PUNCT;
    uint64_t strong = breaks->strong & bits_between(from, to);
    to = strong ? (uint32_t)__builtin_ctzll(strong) : to;
    clauses->by_strong.to = clauses->by_weak.to = breaks->first + to;
    uint64_t weak = from + 1 < to ? breaks->weak & bits_between(from + 1, to) : 0;
    uint32_t nearest = weak ? (uint32_t)__builtin_ctzll(weak) : to;
    if (nearest < to && (breaks->names & bits_between(nearest + 1, to)))
        clauses->by_weak.to = breaks->first + nearest;
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

static bool is_same(struct clause a, struct clause b)
{
    return a.from == b.from && a.to == b.to;
}

/* Whether what the clause says is the opposite of what stands around it: `all` are the sums of the whole. */
static bool is_opposed(struct reader *reader, const struct about *about, struct clause clause, struct clause whole,
                       const struct sums *all, struct sums *sums)
{
    if (is_same(clause, whole) ||
        (!reader_may_say(reader, clause.from, about->first) && !reader_may_say(reader, about->last, clause.to)) ||
        !reader_is_touched(reader, whole.from, clause.from, clause.to, whole.to))
        return false;
    read_around(reader, clause.from, clause.to, about->first, about->last, sums);
    float own = balance_of(sums);
    return sums->said > 0 && own * (balance_of(all) - own) < 0;
}

/* Narrower clauses first. What is silent, or has been read, isn't read (again). */
static bool read_clauses(struct reader *reader, struct about *about, struct sums *sums)
{
    uint32_t first = about->first, last = about->last;
    uint32_t least = first - about->start > REACH ? first - REACH : about->start;
    uint32_t most = about->end - last > REACH ? last + REACH : about->end;
    struct clause whole = { least, most };
    struct clauses clauses;
    struct sums all;

    if (!reader_may_say(reader, least, first) && !reader_may_say(reader, last, most))
        return false;
    if (!is_same(whole, (struct clause) { about->start, about->end }) ||
        !reader_without(reader, &about->whole, first, last, &all))
        read_around(reader, least, most, first, last, &all);
    if (reader_has_parts(reader, least, most)) {
        find_starts(reader, about, least, &clauses);
        find_ends(reader, about, most, &clauses);
        if (is_opposed(reader, about, clauses.by_weak, whole, &all, sums) ||
            (!is_same(clauses.by_strong, clauses.by_weak) &&
             is_opposed(reader, about, clauses.by_strong, whole, &all, sums)))
            return true;
    }
    *sums = all;
    return all.said > 0;
}

bool about_read(struct reader *reader, struct about *about, struct sums *sums)
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
    const struct textd_span *before = first > start ? &text->tokens[first - 1] : NULL;

    return before && before->end - before->start == 4 && is_word(text->text + before->start, 4, "than");
}
