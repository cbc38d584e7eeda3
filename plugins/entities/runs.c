/* runs.c: cuts rows of capitalised words into names: at titles, at first names, at listed names. A piece that tells by itself
 * what it is gets its type here; the others wait for evidence.c. How far a row reaches is told by extent.c. */
#include <assert.h>

#include "plugins/entities/draft.h"

/* What a run is cut up with. */
struct cutter {
    struct draft *d;
    uint32_t stretch;
    bool trust_capitals;
};

static void add(struct cutter *c, uint32_t first, uint32_t end, enum entity_type type, enum entity_rule rule)
{
    struct draft *d = c->d;
    const struct note *note = memory_find(&d->memory, word_bytes(d, first), word_length(d, first));
    bool opens = end - first == 1 && d->words[first].flags & WORD_OPENS && (!note || !note->inner);

    assert(d->n_runs < d->n_capitals);
    d->runs[d->n_runs++] = (struct run) {
        .first = first,
        .end = end,
        .stretch = c->stretch,
        .type = (uint8_t)type,
        .rule = (uint8_t)rule,
        .score = rule_score(rule),
        .opens = opens || !c->trust_capitals,
    };
}

/* A title or a role, as it stands before a name. A surname at the end is no role: "Stephen King". */
static bool is_title(const struct draft *d, uint32_t i, uint32_t first, uint32_t end)
{
    const struct word *w = &d->words[i];

    if (w->cue == CUE_ROLE_MODIFIER && i + 2 < end && word_is(d, i + 1, "-"))
        return d->words[i + 2].cue == CUE_ROLE; /* "Vice-President", cut apart */
    if (w->cue == CUE_ROLE_MODIFIER)
        return i + 1 < end && (d->words[i + 1].cue == CUE_ROLE || d->words[i + 1].cue == CUE_ROLE_MODIFIER);
    if (w->cue != CUE_TITLE && w->cue != CUE_ROLE)
        return false;
    return i == first || i + 1 < end || !(w->lists & LISTED_SURNAME);
}

static bool head_and_of(const struct draft *d, uint32_t i, uint32_t end)
{
    return i + 1 < end && d->words[i].last_head && (d->words[i + 1].cue == CUE_OF || d->words[i + 1].cue == CUE_FOR);
}

/* The type that a name has for a word at its end, its start, or before "of". */
static uint8_t head_type(const struct draft *d, uint32_t first, uint32_t end)
{
    const struct word *last = &d->words[end - 1], *start = &d->words[first];

    if (end - first < 2)
        return ENTITY_NONE;
    for (uint32_t i = first; i < end; i++)
        if (head_and_of(d, i, end))
            return d->words[i].last_head;
    if (last->last_head == ENTITY_LOC && last->lists & LISTED_SURNAME && start->lists & LISTED_FIRST_NAME)
        return ENTITY_NONE; /* "Jack Hill" */
    return last->last_head ? last->last_head : start->first_head;
}

/* Types [first, end) as a whole. The rule that does; RULE_NONE when none does. */
static enum entity_rule whole_type(const struct cutter *c, uint32_t first, uint32_t end, uint8_t *type)
{
    const struct draft *d = c->d;

    if (phrase_match(d, first, end, c->trust_capitals, type) == end)
        return RULE_LISTED;
    if (end - first >= 2 && d->words[end - 1].cue == CUE_ORG_SUFFIX)
        return *type = ENTITY_ORG, RULE_SUFFIX;
    *type = head_type(d, first, end);
    return *type == ENTITY_NONE ? RULE_NONE : RULE_HEAD;
}

/* Words that a name doesn't begin with, though they have a capital: the first of a sentence, "The". */
static bool is_idle_start(const struct cutter *c, uint32_t i, uint32_t end)
{
    const struct draft *d = c->d;
    const struct word *w = &d->words[i];
    const struct note *note;
    uint8_t next_lists = i + 1 < end && word_is_capital(d, i + 1) ? d->words[i + 1].lists : LISTED_COMMON;
    bool name_follows = !(next_lists & LISTED_COMMON) || next_lists & LISTED_SURNAME;
    uint8_t type;
    uint32_t behind = phrase_match(d, i, end, c->trust_capitals, &type);

    if (behind > i + 1 || w->cue == CUE_TITLE)
        return false;
    if (w->lists & LISTED_FIRST_NAME && name_follows) /* "Mark Hughes"; and "Will Smith", but not "Will Paris" */
        return w->lists & LISTED_OPENER && !(next_lists & LISTED_SURNAME);
    if (w->lists & LISTED_OPENER && w->cue == CUE_NONE && !(w->flags & WORD_OPENS) && head_type(d, i, end))
        return false;             /* "the Clean Air Act" */
    if (w->lists & LISTED_OPENER) /* "A. Smith" has initials, "A Smith" hasn't */
        return word_bytes(d, i)[word_length(d, i) - 1] != '.' && !(i + 1 < end && word_is(d, i + 1, "."));
    if (!(w->flags & WORD_OPENS) || w->cue == CUE_DIRECTION || w->cue == CUE_ROLE || w->cue == CUE_ROLE_MODIFIER)
        return false;
    if (w->lists & LISTED_COMMON)
        return !head_type(d, i, end);
    note = memory_find(&d->memory, word_bytes(d, i), word_length(d, i));
    return !behind && note && note->small && !note->inner;
}

/* Where the first name stands that a person's name begins with; `end` when there is none. */
static uint32_t find_first_name(const struct draft *d, uint32_t first, uint32_t end)
{
    for (uint32_t i = first; i + 1 < end; i++) {
        const struct word *w = &d->words[i], *next = &d->words[i + 1];

        if (w->lists & LISTED_FIRST_NAME && (!(next->lists & LISTED_COMMON) || next->lists & LISTED_SURNAME))
            return i;
    }
    return end;
}

/* "J.K." */
static bool is_initials(const struct draft *d, uint32_t i)
{
    uint32_t length = word_length(d, i);

    return d->words[i].shape == SHAPE_UPPER && length <= 6 && word_bytes(d, i)[length - 1] == '.' &&
           !list_find(d->lists->acronyms, word_bytes(d, i), length);
}

static bool has_initials(const struct draft *d, uint32_t first, uint32_t end)
{
    for (uint32_t i = first; i + 1 < end; i++)
        if (d->words[i].shape == SHAPE_INITIAL || is_initials(d, i))
            return true;
    return end - first >= 2 && d->words[end - 1].cue == CUE_PERSON_SUFFIX;
}

static bool has_particle(const struct draft *d, uint32_t first, uint32_t end)
{
    for (uint32_t i = first + 1; i + 1 < end; i++)
        if (d->words[i].cue == CUE_PARTICLE && d->words[i].shape == SHAPE_LOWER)
            return true;
    return false;
}

static bool all_common(const struct draft *d, uint32_t first, uint32_t end)
{
    for (uint32_t i = first; i < end; i++)
        if (word_is_capital(d, i) && !(d->words[i].lists & LISTED_COMMON))
            return false;
    return true;
}

/* Adds what starts at `first`, where a listed name does that is shorter than the piece. Returns the word behind. */
static uint32_t add_listed_part(struct cutter *c, uint32_t first, uint32_t listed_end, uint32_t end, uint8_t type)
{
    const struct draft *d = c->d;
    uint8_t next_type;

    if (type == ENTITY_LOC && !(d->words[listed_end].lists & LISTED_COMMON) && word_is_capital(d, listed_end) &&
        !phrase_match(d, listed_end, end, c->trust_capitals, &next_type)) {
        add(c, first, end, ENTITY_ORG, RULE_PLACE_FIRST);
        return end;
    }
    add(c, first, listed_end, type, RULE_LISTED);
    return word_is_capital(d, listed_end) ? listed_end : listed_end + 1;
}

/* Adds the run that starts at `first`, in a piece without titles that is nothing as a whole. Returns the word behind. */
static uint32_t add_piece(struct cutter *c, uint32_t first, uint32_t end, bool titled)
{
    const struct draft *d = c->d;
    uint32_t name = find_first_name(d, first, end), listed;
    uint8_t type;

    if (titled)
        return add(c, first, end, ENTITY_PERSON, RULE_TITLED), end;
    listed = phrase_match(d, first, end, c->trust_capitals, &type);
    if (listed && (listed > first + 1 ? name >= listed - 1 : name > first))
        return add_listed_part(c, first, listed, end, type);
    if (name < end) {
        if (name > first && all_common(d, first, name))
            return name;
        return add(c, first, end, ENTITY_PERSON, RULE_FIRST_NAME), end;
    }
    if (has_initials(d, first, end))
        return add(c, first, end, ENTITY_PERSON, RULE_INITIALS), end;
    if (has_particle(d, first, end))
        return add(c, first, end, ENTITY_PERSON, RULE_PARTICLE), end;
    for (uint32_t i = first + 1; i < end; i++) {
        listed = d->words[i - 1].lists & LISTED_COMMON ? phrase_match(d, i, end, c->trust_capitals, &type) : 0;
        if (listed && type == ENTITY_LOC && d->words[i - 1].cue == CUE_DIRECTION)
            return add(c, i - 1, listed, ENTITY_LOC, RULE_LISTED), listed; /* "Northern Uganda" */
        if (listed)
            return i; /* "Downtown Chicago" */
    }
    return add(c, first, end, ENTITY_NONE, RULE_NONE), end;
}

/* Cuts [first, end) at its titles. */
static void cut_run(struct cutter *c, uint32_t first, uint32_t end, bool titled)
{
    const struct draft *d = c->d;
    enum entity_rule rule;
    uint8_t type;

    while (first < end) {
        uint32_t title = first;

        if (!word_is_capital(d, first) || is_idle_start(c, first, end)) {
            first++;
            continue;
        }
        if ((rule = whole_type(c, first, end, &type)) != RULE_NONE &&
            (!titled || (rule != RULE_LISTED && type != ENTITY_LOC) || type == ENTITY_NORP)) {
            add(c, first, end, type, rule);
            return;
        }
        if (is_title(d, first, first, end)) {
            titled = true;
            first++;
            continue;
        }
        while (title < end && !is_title(d, title, first, end))
            title++;
        if (title < end && !titled && (rule = whole_type(c, first, title, &type)) != RULE_NONE) {
            add(c, first, title, type, rule);
            first = title;
            continue;
        }
        first = add_piece(c, first, title, titled);
        titled = false;
    }
}

/* The word before the run is a title or a role: "striker Mark Hughes". */
static bool is_titled(const struct draft *d, const struct stretch *s, uint32_t i)
{
    uint8_t cue;

    if (i > s->first + 1 && word_is(d, i - 1, ".") && d->words[i - 1].flags & WORD_GLUED)
        i--; /* "Mr" and its full stop, cut apart */
    cue = i > s->first ? d->words[i - 1].cue : (uint8_t)CUE_NONE;
    return cue == CUE_TITLE || cue == CUE_ROLE;
}

static void collect_normal(struct cutter *c, const struct stretch *s)
{
    const struct draft *d = c->d;

    for (uint32_t i = s->first, end; i < s->end; i = end) {
        end = i + 1;
        if (!word_is_free_capital(d, i, s->end))
            continue;
        end = run_end(d, i, s->end);
        cut_run(c, i, end, is_titled(d, s, i));
    }
}

/* Where capitals say little, only lists and what the rest of the document says count. */
static void collect_capitals(struct cutter *c, const struct stretch *s)
{
    const struct draft *d = c->d;
    uint8_t type;

    for (uint32_t i = s->first, end; i < s->end; i = end) {
        end = i + 1;
        if (!word_is_free_capital(d, i, s->end))
            continue;
        end = phrase_match(d, i, s->end, c->trust_capitals, &type);
        if (end && (end > i + 1 || !(d->words[i].lists & LISTED_COMMON))) {
            add(c, i, end, type, RULE_LISTED);
            continue;
        }
        end = i + 1;
        if (d->words[i].lists & LISTED_COMMON)
            continue;
        if (d->words[i].lists & LISTED_FIRST_NAME && word_is_free_capital(d, end, s->end) &&
            d->words[end].lists & LISTED_SURNAME) {
            add(c, i, ++end, ENTITY_PERSON, RULE_FIRST_NAME);
            continue;
        }
        while (end - i < 3 && word_is_free_capital(d, end, s->end) && !(d->words[end].lists & LISTED_COMMON))
            end++;
        add(c, i, end, ENTITY_NONE, RULE_NONE);
    }
}

int32_t runs_collect(struct draft *d)
{
    uint32_t seen = 0;

    d->runs = d->means->alloc(d->means->context, ((size_t)d->n_capitals + 1) * sizeof *d->runs);
    if (!d->runs)
        return TEXTD_NO_MEMORY;
    for (uint32_t n = 0; n < d->n_stretches; n++) {
        const struct stretch *s = &d->stretches[n];
        struct cutter c = { d, n, s->capitals != CAPITALS_SHOUT };

        seen += s->end - s->first;
        if (seen >= STOP_INTERVAL) {
            seen = 0;
            if (d->means->should_stop(d->means->context))
                return TEXTD_STOPPED;
        }
        if (s->capitals == CAPITALS_NORMAL)
            collect_normal(&c, s);
        else
            collect_capitals(&c, s);
    }
    return TEXTD_OK;
}
