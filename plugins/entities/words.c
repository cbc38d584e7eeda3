/* words.c: the first pass: what each word looks like and what the lists say about it. All later passes read only this,
 * so the lists are asked once a word; names are asked for only where there is a capital. */
#include "plugins/entities/draft.h"

/* The kind of blanks before token `i`. */
static uint8_t gap_flags(const struct draft *d, uint32_t i)
{
    uint32_t from = i ? d->input->tokens[i - 1].end : 0, to = d->input->tokens[i].start, lines = 0;

    if (i == 0 || from == to)
        return i ? WORD_GLUED : 0;
    for (; from < to && lines < 2; from++)
        lines += d->input->text[from] == '\n';
    return lines < 2 ? 0 : WORD_BREAKS;
}

/* The type that a word gives to the name that ends or begins with it. */
static uint8_t head_type(const struct lexicon *heads, const char *bytes, uint32_t length)
{
    static const uint8_t types[HEAD_COUNT] = { [HEAD_ORG] = ENTITY_ORG,
                                               [HEAD_LOC] = ENTITY_LOC,
                                               [HEAD_FAC] = ENTITY_FAC,
                                               [HEAD_EVENT] = ENTITY_EVENT,
                                               [HEAD_LAW] = ENTITY_LAW };

    return types[list_find(heads, bytes, length)];
}

static void look_up_names(struct draft *d, struct word *w, const char *bytes, uint32_t length)
{
    const struct lists *lists = d->lists;

    if (list_find(lists->first_names, bytes, length))
        w->lists |= LISTED_FIRST_NAME;
    if (list_find(lists->surnames, bytes, length))
        w->lists |= LISTED_SURNAME;
    w->last_head = head_type(lists->last_heads, bytes, length);
    w->first_head = head_type(lists->first_heads, bytes, length);
    if (w->shape == SHAPE_UPPER && list_find(lists->acronyms, bytes, length))
        return; /* "US" is not "us" */
    switch (list_find(lists->common, bytes, length)) {
    case COMMON_OPENER:
        w->lists |= LISTED_OPENER | LISTED_COMMON;
        break;
    case COMMON_WORD:
        w->lists |= LISTED_COMMON;
        break;
    default:
        break;
    }
}

static void look_up(struct draft *d, uint32_t i)
{
    const char *bytes = word_bytes(d, i);
    uint32_t length = word_length(d, i);
    struct word *w = &d->words[i];

    *w = (struct word) { .shape = (uint8_t)shape_of(bytes, length), .flags = gap_flags(d, i) };
    if (d->input->kinds[i] == TEXTD_TOKEN_LINK) {
        w->shape = SHAPE_OTHER;
        return;
    }
    if (w->shape == SHAPE_DIGIT)
        return;
    w->cue = list_find(d->lists->cues, bytes, length);
    w->expression = list_find(d->lists->expressions, bytes, length);
    if (word_is_capital(d, i))
        look_up_names(d, w, bytes, length);
}

/* "al-Assad", cut apart: the small "al" belongs to the name as it does uncut. */
static void join_prefixes(struct draft *d)
{
    for (uint32_t i = 0; i + 2 < d->input->n_tokens; i++) {
        struct word *w = &d->words[i];

        if (w->cue == CUE_PARTICLE && w->shape == SHAPE_LOWER && word_is(d, i + 1, "-") &&
            w[1].flags & w[2].flags & WORD_GLUED && word_is_capital(d, i + 2))
            w->shape = SHAPE_MIXED;
    }
}

static bool opens_quote(const struct draft *d, uint32_t i)
{
    static const char *const openers[] = { "\"", "“", "‘", "``", "'", ":", "(", "[", "—", "-", "–", "*", "•" };

    for (size_t k = 0; k < sizeof openers / sizeof openers[0]; k++)
        if (word_is(d, i, openers[k]))
            return true;
    return false;
}

/* Sets WORD_OPENS in a stretch. */
static void find_openings(struct draft *d, const struct stretch *s)
{
    bool opening = true;

    for (uint32_t i = s->first; i < s->end; i++) {
        uint8_t shape = d->words[i].shape;

        if (opening && shape != SHAPE_OTHER && shape != SHAPE_DIGIT)
            d->words[i].flags |= WORD_OPENS;
        if (shape != SHAPE_OTHER)
            opening = false;
        else if (opens_quote(d, i))
            opening = true;
    }
}

/* How far a stretch's capitals can be trusted. Headlines have capitals on words that no name needs, and none of their
 * long words is small. */
static uint8_t judge_capitals(const struct draft *d, const struct stretch *s)
{
    uint32_t upper = 0, small = 0, long_small = 0, capital = 0, needless = 0;

    for (uint32_t i = s->first; i < s->end; i++) {
        const struct word *w = &d->words[i];
        bool is_small = w->shape == SHAPE_LOWER;

        small += is_small;
        long_small += is_small && word_length(d, i) > 3 && w->cue != CUE_IN && w->cue != CUE_TO;
        upper += w->shape == SHAPE_UPPER;
        capital += w->shape == SHAPE_CAPITAL;
        needless += (w->shape == SHAPE_CAPITAL || w->shape == SHAPE_UPPER) && !(w->flags & WORD_OPENS) &&
                    (w->lists & LISTED_COMMON) && !w->last_head && w->cue != CUE_ROLE && w->cue != CUE_TITLE;
    }
    if (upper && (upper > 2 * (small + capital) || (upper >= 4 && upper > small + capital)))
        return CAPITALS_SHOUT;
    if (needless >= 2 && long_small == 0 && capital + upper >= 4 && capital + upper > small)
        return CAPITALS_TITLE;
    return CAPITALS_NORMAL;
}

/* Finds the tokens of each sentence; a token that crosses a sentence's border is in none. */
static int32_t find_stretches(struct draft *d)
{
    const struct entity_input *in = d->input;
    uint32_t i = 0;

    d->stretches = d->means->alloc(d->means->context, ((size_t)in->n_sentences + 1) * sizeof *d->stretches);
    if (!d->stretches)
        return TEXTD_NO_MEMORY;
    d->n_stretches = in->n_sentences;
    for (uint32_t n = 0; n < in->n_sentences; n++) {
        struct stretch *s = &d->stretches[n];

        while (i < in->n_tokens && in->tokens[i].start < in->sentences[n].start)
            i++;
        s->first = i;
        while (i < in->n_tokens && in->tokens[i].end <= in->sentences[n].end)
            i++;
        s->end = i;
        find_openings(d, s);
        s->capitals = judge_capitals(d, s);
    }
    return TEXTD_OK;
}

static void count_up(uint8_t *counter)
{
    *counter += *counter < UINT8_MAX;
}

/* Makes the memory and counts in it how words are written: those with a capital, and where the same stand without. */
static int32_t count_words(struct draft *d)
{
    /* A capitalised word gives at most three keys: itself, and a run that starts with it and its acronym. */
    uint32_t keys = d->n_capitals < UINT32_MAX / 4 ? d->n_capitals * 3 : UINT32_MAX;
    void *bytes = d->means->alloc(d->means->context, memory_bytes(keys));

    if (!bytes)
        return TEXTD_NO_MEMORY;
    memory_init(&d->memory, bytes, keys);
    for (uint32_t n = 0; n < d->n_stretches; n++) {
        const struct stretch *s = &d->stretches[n];

        for (uint32_t i = s->first; i < s->end && s->capitals == CAPITALS_NORMAL; i++) {
            struct note *note;

            if (!word_is_capital(d, i) || !(note = memory_add(&d->memory, word_bytes(d, i), word_length(d, i))))
                continue;
            if (!(d->words[i].flags & WORD_OPENS))
                count_up(&note->inner);
        }
    }
    for (uint32_t i = 0; i < d->input->n_tokens; i++) {
        struct note *note;

        if (d->words[i].shape == SHAPE_LOWER && (note = memory_find(&d->memory, word_bytes(d, i), word_length(d, i))))
            count_up(&note->small);
    }
    return TEXTD_OK;
}

int32_t words_look_up(struct draft *d)
{
    uint32_t n = d->input->n_tokens;
    int32_t rc;

    d->words = d->means->alloc(d->means->context, ((size_t)n + 1) * sizeof *d->words);
    if (!d->words)
        return TEXTD_NO_MEMORY;
    for (uint32_t i = 0; i < n; i++) {
        if (i % STOP_INTERVAL == STOP_INTERVAL - 1 && d->means->should_stop(d->means->context))
            return TEXTD_STOPPED;
        look_up(d, i);
    }
    join_prefixes(d);
    for (uint32_t i = 0; i < n; i++)
        d->n_capitals += word_is_capital(d, i);
    rc = find_stretches(d);
    return rc == TEXTD_OK ? count_words(d) : rc;
}
