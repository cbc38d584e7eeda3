/* tagger.c: see tagger.h. The order of the passes is the algorithm: what is sure by pattern first, then the names that
 * tell by themselves what they are, then the rest by what stands around them and elsewhere in the document. */
#include "plugins/entities/draft.h"

static const char *const type_names[] = { [ENTITY_NONE] = "",
#define X(name, meaning) [ENTITY_##name] = #name,
                                          ENTITY_TYPES(X)
#undef X
};

const char *entity_type_name(uint8_t type)
{
    return type_names[type];
}

/* Type names are capital letters only; a small letter differs in one bit. */
static bool is_type_name(const char *type, const char *name, size_t length)
{
    if (strlen(type) != length)
        return false;
    for (size_t i = 0; i < length; i++)
        if ((name[i] & ~0x20) != type[i])
            return false;
    return true;
}

uint8_t entity_type_find(const char *name, size_t length)
{
    for (uint32_t type = 1; type < ENTITY_TYPE_COUNT; type++)
        if (is_type_name(type_names[type], name, length))
            return (uint8_t)type;
    return ENTITY_NONE;
}

uint8_t rule_score(enum entity_rule rule)
{
    static const uint8_t scores[] = { 0,
#define X(name, score, meaning) score,
                                      ENTITY_RULES(X)
#undef X
    };

    return scores[rule];
}

void draft_mark(struct draft *d, uint32_t first, uint32_t end, uint8_t type, uint8_t score)
{
    d->words[first].flags |= WORD_BEGINS;
    for (uint32_t i = first; i < end; i++) {
        d->words[i].type = type;
        d->words[i].score = score;
    }
}

static uint8_t link_type(const char *link, uint32_t length)
{
    if (link[0] == '@')
        return ENTITY_HANDLE;
    if (link[0] == '#')
        return ENTITY_HASHTAG;
    if (memchr(link, '@', length) && !memchr(link, '/', length))
        return ENTITY_EMAIL;
    return ENTITY_URL;
}

/* What starts at token `i` by pattern alone. Returns the token behind it, 0 when nothing does. */
static uint32_t pattern_match(const struct draft *d, const struct stretch *s, uint32_t i, uint8_t *type, uint8_t *rule)
{
    uint32_t behind;

    *rule = RULE_PATTERN;
    if (d->input->kinds[i] == TEXTD_TOKEN_LINK) {
        *type = link_type(word_bytes(d, i), word_length(d, i));
        return i + 1;
    }
    behind = amount_match(d, i, s->end, type);
    return behind ? behind : date_match(d, s->first, i, s->end, type, rule);
}

static int32_t patterns_mark(struct draft *d)
{
    uint32_t polled = 0;

    for (uint32_t n = 0; n < d->n_stretches; n++) {
        const struct stretch *s = &d->stretches[n];

        for (uint32_t i = s->first, behind; i < s->end; i = behind) {
            uint8_t type, rule;

            if (++polled % STOP_INTERVAL == 0 && d->means->should_stop(d->means->context))
                return TEXTD_STOPPED;
            behind = pattern_match(d, s, i, &type, &rule);
            if (behind)
                draft_mark(d, i, behind, type, rule_score(rule));
            else
                behind = i + 1;
        }
    }
    return TEXTD_OK;
}

/* Turns the marks into entities. */
static int32_t collect(struct draft *d, struct entity **found, uint32_t *n_found)
{
    const struct textd_span *tokens = d->input->tokens;
    uint32_t n = 0;
    struct entity *e;

    for (uint32_t i = 0; i < d->input->n_tokens; i++)
        n += (d->words[i].flags & WORD_BEGINS) != 0;
    e = d->means->alloc(d->means->context, ((size_t)n + 1) * sizeof *e);
    if (!e)
        return TEXTD_NO_MEMORY;
    *found = e;
    *n_found = n;
    for (uint32_t i = 0; i < d->input->n_tokens; i++) {
        const struct word *w = &d->words[i];

        if (w->type == ENTITY_NONE)
            continue;
        if (w->flags & WORD_BEGINS)
            *e++ = (struct entity) { { tokens[i].start, 0 }, (float)w->score / 100, w->type };
        e[-1].span.end = tokens[i].end;
    }
    return TEXTD_OK;
}

int32_t tagger_run(const struct lists *lists, const struct entity_input *input, const struct entity_means *means,
                   struct entity **found, uint32_t *n_found)
{
    struct draft d = { .lists = lists, .input = input, .means = means };
    int32_t rc;

    if ((rc = words_look_up(&d)) != TEXTD_OK)
        return rc;
    if ((rc = patterns_mark(&d)) != TEXTD_OK)
        return rc;
    if ((rc = runs_collect(&d)) != TEXTD_OK)
        return rc;
    if ((rc = runs_judge(&d)) != TEXTD_OK)
        return rc;
    return collect(&d, found, n_found);
}
