/* match.c: finds a dictionary's names in a text (see dictionary.h). At each token a name may begin; the walk from there goes on
 * as long as some name may, and never further than the longest name, so it is linear. */
#include "plugins/entities/dictionary/unit.h"
#include "plugins/entities/found.h"

struct finder {
    const struct dictionary *dictionary;
    const struct entity_input *input;
    struct found found;
    uint32_t polled;
};

/* The first name of that hash that is the same as the text under its list's policy; NULL. Names of one hash and different
 * writing ("US", "us") stand in a row; rows are short, since only folding makes them. */
static const struct slot *look_up(const struct dictionary *d, uint64_t hash, const char *text, uint32_t length)
{
    uint64_t mask = (1ull << (64 - d->slot_shift)) - 1;

    for (uint64_t at = hash >> d->slot_shift; d->slots[at].line; at = (at + 1) & mask) {
        const struct slot *slot = &d->slots[at];
        struct line line;

        if (slot->tag != tag_of(hash))
            continue;
        line = line_at(d, slot);
        if (unit_same(text, length, line.name, line.name_length, &d->lists[slot->list].policy))
            return slot;
    }
    return NULL;
}

/* The longest name that begins with token `i`: puts its slot into *found. The token behind it; `i` when there is none. */
static uint32_t longest(const struct finder *f, uint32_t i, uint32_t end_token, const struct slot **found)
{
    const struct dictionary *d = f->dictionary;
    const struct textd_span *tokens = f->input->tokens;
    const char *text = f->input->text;
    uint32_t start = tokens[i].start, at = start, end = tokens[end_token - 1].end, token = i, behind = i;
    uint64_t hash = UNIT_START;

    for (uint32_t n = 0; n < MOST_UNITS && at < end; n++) {
        uint64_t unit;
        uint32_t next = n ? unit_skip_blanks(text, at, end) : at, bits;

        bool glued = n > 0 && next == at;

        if (next >= end || !(at = unit_read(text, next, end, &unit)))
            break;
        hash = unit_join(hash, unit, glued);
        bits = bits_of(d, hash);
        if (!bits)
            break;
        while (token < end_token && tokens[token].end < at)
            token++;
        if (bits & BIT_ENDS && token < end_token && tokens[token].end == at) {
            const struct slot *slot = look_up(d, hash, text + start, at - start);
            if (slot) {
                *found = slot;
                behind = token + 1;
            }
        }
        if (!(bits & BIT_GOES_ON))
            break;
    }
    return behind;
}

static int32_t walk(struct finder *f, uint32_t first, uint32_t end)
{
    const struct textd_span *tokens = f->input->tokens;

    for (uint32_t i = first, behind; i<end; i = behind> i ? behind : i + 1) {
        const struct slot *slot = NULL;
        struct line line;
        struct entity *e;

        behind = i;
        if (++f->polled == ENTITY_STOP_INTERVAL) {
            f->polled = 0;
            if (f->found.means->should_stop(f->found.means->context))
                return TEXTD_STOPPED;
        }
        if (tokens[i].start == tokens[i].end)
            continue;
        behind = longest(f, i, end, &slot);
        if (!slot)
            continue;
        line = line_at(f->dictionary, slot);
        if (!(e = found_add(&f->found)))
            return TEXTD_NO_MEMORY;
        *e = (struct entity) { .span = { tokens[i].start, tokens[behind - 1].end },
                               .score = 1,
                               .name_score = 1,
                               .type = slot->type,
                               .yields = f->dictionary->lists[slot->list].policy.yields,
                               .id = line.id,
                               .id_length = line.id_length };
    }
    return TEXTD_OK;
}

int32_t dictionary_find(const struct dictionary *dictionary, const struct entity_input *input,
                        const struct entity_means *means, struct entity **found, uint32_t *n_found)
{
    struct finder f = { .dictionary = dictionary, .input = input, .found = { .means = means } };
    uint32_t token = 0, first;
    int32_t rc = TEXTD_OK;

    for (uint32_t n = 0; n < input->n_sentences && rc == TEXTD_OK; n++) {
        found_sentence(input, n, &first, &token);
        rc = token > first ? walk(&f, first, token) : TEXTD_OK;
    }
    return rc == TEXTD_OK ? found_finish(&f.found, found, n_found) : rc;
}
