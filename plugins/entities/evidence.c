/* evidence.c: types the runs that don't tell by themselves what they are: by the words beside them, by what the document
 * says of the same name elsewhere (one sense per discourse: Gale, Church and Yarowsky 1992), by the names that they are
 * joined to, and last by what such a run mostly is. Each step may use what the steps before it have found, anywhere in
 * the document. */
#include "plugins/entities/draft.h"

#define ACRONYM_LIMIT 8 /* letters */

static uint8_t cue_at(const struct draft *d, const struct stretch *s, uint32_t i)
{
    return i >= s->first && i < s->end ? d->words[i].cue : (uint8_t)CUE_NONE;
}

static bool is_at(const struct draft *d, const struct stretch *s, uint32_t i, const char *what)
{
    return i >= s->first && i < s->end && word_is(d, i, what);
}

static bool is_common(const struct draft *d, const struct run *r)
{
    for (uint32_t i = r->first; i < r->end; i++)
        if (word_is_capital(d, i) && !(d->words[i].lists & LISTED_COMMON))
            return false;
    return true;
}

static void decide(struct run *r, uint8_t type, enum entity_rule rule)
{
    r->type = type;
    r->rule = (uint8_t)rule;
    r->score = rule_score(rule);
}

/* ---- What the document says elsewhere ---------------------------------------------------------------------------- */

/* "Food and Agriculture Organization" -> "FAO"; the number of letters, 0 when there are too many. */
static uint32_t make_acronym(const struct draft *d, const struct run *r, char *out)
{
    uint32_t n = 0;

    for (uint32_t i = r->first; i < r->end; i++) {
        if (!word_is_capital(d, i))
            continue;
        if (n == ACRONYM_LIMIT || (unsigned char)*word_bytes(d, i) >= 0x80)
            return 0;
        out[n++] = *word_bytes(d, i);
    }
    return n;
}

static void learn_word(struct draft *d, uint32_t i, uint8_t type)
{
    uint8_t listed;

    if (d->words[i].lists & LISTED_COMMON || !word_is_capital(d, i) || d->words[i].shape == SHAPE_INITIAL)
        return;
    if (type == ENTITY_ORG && (phrase_match(d, i, i + 1, true, &listed) || d->words[i].lists & LISTED_FIRST_NAME))
        return;
    memory_learn(&d->memory, word_bytes(d, i), word_length(d, i), type, rule_score(RULE_PART));
}

/* Notes a run's type, and that of the shorter forms in which the name may come again. */
static int32_t learn(struct draft *d, const struct run *r)
{
    uint32_t last = r->end - 1, n;
    char letters[ACRONYM_LIMIT], *acronym;
    uint8_t listed;

    /* A listed word is found by its list anyway, and must not outweigh the surname that it may be here. */
    if (!(r->rule == RULE_LISTED && r->end - r->first == 1))
        memory_learn(&d->memory, word_bytes(d, r->first), words_length(d, r->first, r->end), r->type, r->score);
    if (r->end - r->first < 2 || r->score < rule_score(RULE_TWO_WORDS))
        return TEXTD_OK;
    if (r->type == ENTITY_PERSON) {
        learn_word(d, d->words[last].cue == CUE_PERSON_SUFFIX ? last - 1 : last, ENTITY_PERSON);
        if (!phrase_match(d, r->first, r->first + 1, true, &listed))
            learn_word(d, r->first, ENTITY_PERSON);
    }
    if (r->type != ENTITY_ORG)
        return TEXTD_OK;
    if (r->rule == RULE_SUFFIX || r->rule == RULE_EXPLAINED)
        learn_word(d, r->first, ENTITY_ORG);
    if ((n = make_acronym(d, r, letters)) < 3)
        return TEXTD_OK;
    if (!(acronym = d->means->alloc(d->means->context, n)))
        return TEXTD_NO_MEMORY;
    memcpy(acronym, letters, n);
    memory_learn(&d->memory, acronym, n, ENTITY_ORG, rule_score(RULE_PART));
    return TEXTD_OK;
}

/* What was only likely there is no more likely here. */
static void recall_type(struct run *r, const struct note *note)
{
    decide(r, note->type, RULE_PART);
    if (note->score < r->score)
        r->score = note->score;
}

/* Types a run from the memory. */
static void recall(const struct draft *d, struct run *r)
{
    const struct stretch *s = &d->stretches[r->stretch];
    const struct note *note = memory_find(&d->memory, word_bytes(d, r->first), words_length(d, r->first, r->end));
    uint8_t before = r->first ? cue_at(d, s, r->first - 1) : (uint8_t)CUE_NONE;

    if (!note || note->type == ENTITY_NONE || (r->opens && note->score < rule_score(RULE_TWO_WORDS)))
        return;
    if (r->type == ENTITY_NONE)
        recall_type(r, note);
    else if (r->rule == RULE_LISTED && r->type == ENTITY_LOC && note->type == ENTITY_PERSON && before != CUE_IN &&
             before != CUE_TO)
        decide(r, ENTITY_PERSON, RULE_PART); /* "Washington", after "Denzel Washington" */
}

/* ---- What stands beside it --------------------------------------------------------------------------------------- */

/* The type of what a noun names. */
static uint8_t noun_type(uint8_t cue)
{
    switch (cue) {
    case CUE_ROLE:
        return ENTITY_PERSON;
    case CUE_ORG_NOUN:
        return ENTITY_ORG;
    case CUE_PLACE_NOUN:
        return ENTITY_LOC;
    default:
        return ENTITY_NONE;
    }
}

/* ", a small carmaker", ", chief executive of", ", 45,", ", who". */
static uint8_t explained_type(const struct draft *d, const struct stretch *s, uint32_t i)
{
    uint32_t limit;

    if (cue_at(d, s, i) == CUE_WHO)
        return ENTITY_PERSON;
    if (!is_at(d, s, i, ","))
        return ENTITY_NONE;
    if (cue_at(d, s, i + 1) == CUE_WHO)
        return ENTITY_PERSON;
    if (is_at(d, s, i + 2, ",") && d->words[i + 1].shape == SHAPE_DIGIT && word_length(d, i + 1) == 2)
        return ENTITY_PERSON;
    limit = cue_at(d, s, i + 1) == CUE_ARTICLE || cue_at(d, s, i + 1) == CUE_THE ? i + 5 : i + 3;
    for (uint32_t at = i + 1; at < limit && at < s->end; at++) {
        uint8_t type = d->words[at].shape == SHAPE_LOWER ? noun_type(d->words[at].cue) : (uint8_t)ENTITY_NONE;

        if (type != ENTITY_NONE || d->words[at].shape != SHAPE_LOWER)
            return type;
    }
    return ENTITY_NONE;
}

static void judge_after(const struct draft *d, const struct stretch *s, struct run *r)
{
    uint32_t at = r->end < s->end && word_is_apostrophe_s(d, r->end) ? r->end + 1 : r->end;
    uint8_t after = cue_at(d, s, at), type = explained_type(d, s, r->end);

    if (type != ENTITY_NONE)
        decide(r, type, RULE_EXPLAINED);
    else if (after == CUE_ORG_AFTER)
        decide(r, ENTITY_ORG, RULE_CONTEXT);
    else if (after == CUE_SPEECH && at == r->end)
        decide(r, d->words[r->end - 1].shape == SHAPE_UPPER ? ENTITY_ORG : ENTITY_PERSON, RULE_CONTEXT);
}

/* No noun follows: "in Kamdini"; but "in Firefox development". */
static bool stands_alone(const struct draft *d, const struct stretch *s, const struct run *r)
{
    if (r->end == s->end || d->words[r->end].shape != SHAPE_LOWER || d->words[r->end].cue != CUE_NONE)
        return true;
    return list_find(d->lists->common, word_bytes(d, r->end), word_length(d, r->end)) == COMMON_OPENER;
}

static void judge_before(const struct draft *d, const struct stretch *s, struct run *r)
{
    uint32_t at = r->first;
    uint8_t before;

    if (at > s->first && d->words[at - 1].cue == CUE_THE)
        at--;
    before = at > s->first ? d->words[at - 1].cue : (uint8_t)CUE_NONE;
    if (before == CUE_OF && at > s->first + 1 && d->words[at - 2].cue == CUE_PLACE_NOUN)
        decide(r, ENTITY_LOC, RULE_EXPLAINED);
    else if (before == CUE_OF && at == r->first && at > s->first + 1 && d->words[at - 2].cue == CUE_ROLE)
        decide(r, ENTITY_ORG, RULE_CONTEXT); /* "chairman of X" */
    else if (before == CUE_ORG_NOUN && at == r->first)
        decide(r, ENTITY_ORG, RULE_CONTEXT);
    else if (before == CUE_IN && at == r->first && stands_alone(d, s, r))
        decide(r, ENTITY_LOC, RULE_CONTEXT);
    else if (before == CUE_TO && at == r->first && r->end - r->first == 1)
        decide(r, ENTITY_LOC, RULE_WEAK_CONTEXT);
}

static void judge_context(const struct draft *d, struct run *r)
{
    const struct stretch *s = &d->stretches[r->stretch];

    if (s->capitals != CAPITALS_NORMAL || is_common(d, r))
        return;
    judge_after(d, s, r);
    if (r->type == ENTITY_NONE)
        judge_before(d, s, r);
}

/* "World Health Organization (WHO)": the run in brackets takes the type of the run before it, which is an organization
 * when nothing else is known. */
static void judge_acronym(const struct draft *d, struct run *name, struct run *acronym)
{
    char letters[ACRONYM_LIMIT];
    uint32_t n, length = word_length(d, acronym->first);

    if (acronym->end - acronym->first != 1 || acronym->first != name->end + 1 || !word_is(d, name->end, "(") ||
        d->words[acronym->first].shape != SHAPE_UPPER || d->words[acronym->first].lists & LISTED_COMMON)
        return;
    n = make_acronym(d, name, letters);
    if (n < 2 || letters[0] != *word_bytes(d, acronym->first) || length > n + 2)
        return; /* letters may be more than words: "Small Teaching Hospital (STEH)" */
    if (name->type == ENTITY_NONE)
        decide(name, ENTITY_ORG, RULE_ACRONYM);
    if (acronym->type == ENTITY_NONE)
        decide(acronym, name->type, RULE_ACRONYM);
}

/* ---- What it is joined to, and what such a run mostly is --------------------------------------------------------- */

static bool are_joined(const struct draft *d, const struct run *a, const struct run *b)
{
    return b->first == a->end + 1 && a->stretch == b->stretch &&
           (word_is(d, a->end, ",") || d->words[a->end].cue == CUE_AND);
}

static void judge_joined(const struct draft *d, const struct run *known, struct run *r)
{
    bool a_name = known->type == ENTITY_PERSON || known->type == ENTITY_LOC;

    if (r->type == ENTITY_NONE && a_name && known->score >= rule_score(RULE_COORDINATED) && !is_common(d, r) &&
        !r->opens)
        decide(r, known->type, RULE_COORDINATED);
}

/* Two or three capitalised words, none of them common; hyphens and what they join may stand between. */
static bool looks_like_person(const struct draft *d, const struct run *r)
{
    const struct stretch *s = &d->stretches[r->stretch];
    uint8_t before = r->first ? cue_at(d, s, r->first - 1) : (uint8_t)CUE_NONE;
    uint32_t n = 0;

    if (d->words[r->first].cue == CUE_PARTICLE || before == CUE_THE || before == CUE_ARTICLE)
        return false;
    for (uint32_t i = r->first; i < r->end; i++) {
        const struct word *w = &d->words[i];

        if (w->lists & LISTED_COMMON || (w->shape != SHAPE_CAPITAL && !(w->flags & WORD_GLUED)))
            return false;
        n += w->shape == SHAPE_CAPITAL;
    }
    return n >= 2 && n <= 3;
}

/* A listed first name or surname alone. */
static bool is_bare_name(const struct draft *d, const struct run *r)
{
    const struct word *w = &d->words[r->first];

    return w->shape == SHAPE_CAPITAL && w->lists & (LISTED_FIRST_NAME | LISTED_SURNAME) && !(w->lists & LISTED_COMMON);
}

static void judge_by_shape(const struct draft *d, struct run *r)
{
    uint32_t length = words_length(d, r->first, r->end);

    if (r->type != ENTITY_NONE || d->stretches[r->stretch].capitals != CAPITALS_NORMAL || is_common(d, r))
        return;
    if (looks_like_person(d, r))
        decide(r, ENTITY_PERSON, RULE_TWO_WORDS);
    else if (r->end - r->first != 1)
        return;
    else if (is_bare_name(d, r))
        decide(r, ENTITY_PERSON, RULE_FIRST_ALONE);
    else if (r->opens)
        return;
    else if (d->words[r->first].shape == SHAPE_UPPER && length >= 3 && length <= ACRONYM_LIMIT)
        decide(r, ENTITY_ORG, RULE_CAPITALS);
    else if (d->words[r->first].shape == SHAPE_CAPITAL)
        decide(r, ENTITY_ORG, RULE_LONE);
}

/* ---- The steps --------------------------------------------------------------------------------------------------- */

enum step { STEP_ACRONYMS, STEP_LEARN, STEP_RECALL, STEP_CONTEXT, STEP_JOIN, STEP_SHAPE, STEP_MARK };

static int32_t run_step(struct draft *d, enum step step, struct run *previous, struct run *r)
{
    switch (step) {
    case STEP_ACRONYMS:
        if (previous)
            judge_acronym(d, previous, r);
        break;
    case STEP_LEARN:
        return r->type == ENTITY_NONE ? TEXTD_OK : learn(d, r);
    case STEP_RECALL:
        recall(d, r);
        break;
    case STEP_CONTEXT:
        if (r->type == ENTITY_NONE)
            judge_context(d, r);
        break;
    case STEP_JOIN:
        if (previous && are_joined(d, previous, r)) {
            judge_joined(d, previous, r);
            judge_joined(d, r, previous);
        }
        break;
    case STEP_SHAPE:
        judge_by_shape(d, r);
        break;
    case STEP_MARK:
        if (r->type != ENTITY_NONE)
            draft_mark(d, r->first, r->end, r->type, r->score);
        break;
    }
    return TEXTD_OK;
}

int32_t runs_judge(struct draft *d)
{
    static const enum step steps[] = { STEP_ACRONYMS, STEP_LEARN, STEP_RECALL, STEP_CONTEXT, STEP_LEARN, STEP_RECALL,
                                       STEP_JOIN,     STEP_SHAPE, STEP_LEARN,  STEP_RECALL,  STEP_MARK };

    for (size_t n = 0; n < sizeof steps / sizeof steps[0]; n++) {
        for (uint32_t i = 0; i < d->n_runs; i++) {
            int32_t rc = run_step(d, steps[n], i ? &d->runs[i - 1] : NULL, &d->runs[i]);

            if (rc != TEXTD_OK)
                return rc;
            if (i % STOP_INTERVAL == STOP_INTERVAL - 1 && d->means->should_stop(d->means->context))
                return TEXTD_STOPPED;
        }
    }
    return TEXTD_OK;
}
