/* companies.c: see companies.h. A legal form ends the name; what stands before it in its line, capital by capital, is the rest. Forms that are words
 * or other abbreviations as often (AG, SA, SE, LP) are left to the names' model. */
#include "plugins/entities/companies.h"

#include <stdbool.h>
#include <string.h>

#include "plugins/entities/found.h"
#include "plugins/entities/names/lines.h"
#include "plugins/lib/character.h"

#define MOST_WORDS 8u /* before the form */
#define SCORE 0.95f

struct token {
    const char *bytes;
    uint32_t length;
};

static struct token token_at(const struct entity_input *input, uint32_t i)
{
    struct textd_span span = input->tokens[i];

    return (struct token) { input->text + span.start, span.end - span.start };
}

static bool is_one_of(struct token token, const char *const *words, size_t n)
{
    for (size_t i = 0; i < n; i++)
        if (strlen(words[i]) == token.length && memcmp(token.bytes, words[i], token.length) == 0)
            return true;
    return false;
}

#define IS_ONE_OF(token, words) is_one_of(token, words, sizeof(words) / sizeof *(words))

/* Most tokens are none by their first two bytes. */
static bool begins_form(struct token token)
{
    if (token.length < 2)
        return false;
    switch ((unsigned char)token.bytes[0] << 8 | (unsigned char)token.bytes[1]) {
    case 'B' << 8 | '.':
    case 'C' << 8 | 'O':
    case 'C' << 8 | 'o':
    case 'G' << 8 | 'm':
    case 'I' << 8 | 'N':
    case 'I' << 8 | 'n':
    case 'L' << 8 | '.':
    case 'L' << 8 | 'L':
    case 'L' << 8 | 'T':
    case 'L' << 8 | 'i':
    case 'L' << 8 | 't':
    case 'N' << 8 | '.':
    case 'P' << 8 | 'L':
    case 'P' << 8 | 't':
    case 'S' << 8 | '.':
    case 'p' << 8 | 'l':
        return true;
    default:
        return false;
    }
}

static bool is_form(const struct entity_input *input, uint32_t i)
{
    static const struct {
        char bytes[15];
        uint8_t length;
    } forms[] = {
#define FORM(text) { text, sizeof text - 1 }
        FORM("Inc."), FORM("Inc"),    FORM("Incorporated"), FORM("Ltd."),  FORM("Ltd"),    FORM("Limited"),
        FORM("LLC"),  FORM("L.L.C."), FORM("LLP"),          FORM("Corp."), FORM("Corp"),   FORM("Corporation"),
        FORM("Co."),  FORM("PLC"),    FORM("plc"),          FORM("GmbH"),  FORM("N.V."),   FORM("B.V."),
        FORM("S.A."), FORM("INC."),   FORM("LTD."),         FORM("CORP."), FORM("S.p.A."), FORM("Pty"),
#undef FORM
    };
    struct token token = token_at(input, i);

    if (!begins_form(token))
        return false;
    for (size_t k = 0; k < sizeof forms / sizeof forms[0]; k++)
        if (forms[k].length == token.length && memcmp(token.bytes, forms[k].bytes, token.length) == 0)
            return true;
    return false;
}

/* Words that start sentences and are no part of a name, though they have a capital. */
static bool is_opener(struct token token)
{
    static const char *const openers[] = { "The",   "A",     "An",     "In",     "At",   "On",   "By",    "For",
                                           "From",  "With",  "As",     "And",    "But",  "Or",   "If",    "When",
                                           "While", "Since", "After",  "Before", "Like", "Both", "Under", "Over",
                                           "Today", "Now",   "Unlike", "Then",   "Mr.",  "Mrs.", "Ms." };

    return IS_ONE_OF(token, openers);
}

static bool is_capital(const struct entity_input *input, uint32_t i)
{
    struct token token = token_at(input, i);
    uint32_t size;

    return (char_class_at(token.bytes, 0, &size) & CHAR_UPPER) != 0 ||
           (input->kinds[i] == TEXTD_TOKEN_NUMBER && char_is_upper(token.bytes[token.length - 1])); /* "3M" */
}

/* What may stand between two words of a company's name. */
static bool is_joint(struct token token)
{
    static const char *const joints[] = { "&", "-", "of", "and", "de", "'s" };

    return IS_ONE_OF(token, joints);
}

/* A sentence, with the ends of its lines. */
struct sentence {
    const struct entity_input *input;
    struct lines *lines;
    uint32_t first, end; /* tokens */
    uint32_t end_byte;
};

/* Whether a line or a cell ends before the token. */
static bool is_parted(const struct sentence *s, uint32_t i)
{
    const struct entity_input *in = s->input;

    return lines_part(s->lines, in->text, in->text_length, in->tokens[i - 1].end, in->tokens[i].start, s->end_byte);
}

/* The first token of the name whose legal form is token `form`; `form` when there is none. */
static uint32_t name_start(const struct sentence *s, uint32_t form)
{
    const struct entity_input *input = s->input;
    uint32_t start = form, at = form;

    if (at > s->first && token_at(input, at - 1).bytes[0] == ',' && !is_parted(s, at))
        at--; /* "Apple, Inc." */
    for (uint32_t n = 0; at > s->first && n < MOST_WORDS && !is_parted(s, at); n++, at--) {
        if (is_capital(input, at - 1))
            start = at - 1;
        else if (start != at || !is_joint(token_at(input, at - 1)))
            break;
    }
    while (start < form && (is_opener(token_at(input, start)) || input->kinds[start] == TEXTD_TOKEN_PUNCT))
        start++;
    return start;
}

/* Behind the form: "Co., Ltd." */
static uint32_t name_end(const struct sentence *s, uint32_t form)
{
    uint32_t at = form + 1;

    for (;;) {
        uint32_t next = at < s->end && token_at(s->input, at).bytes[0] == ',' ? at + 1 : at;
        if (next >= s->end || !is_form(s->input, next) || is_parted(s, next))
            return at;
        at = next + 1;
    }
}

static int32_t find(const struct entity_input *input, struct found *found)
{
    struct lines lines = { 0 };

    for (uint32_t k = 0, token = 0, first; k < input->n_sentences; k++) {
        found_sentence(input, k, &first, &token);
        struct sentence s = { input, &lines, first, token, input->sentences[k].end };
        for (uint32_t i = first; i < token; i++) {
            if (!is_form(input, i))
                continue;
            uint32_t start = name_start(&s, i), end = name_end(&s, i);
            if (start == i)
                continue;
            struct entity *e = found_add(found);
            if (!e)
                return TEXTD_NO_MEMORY;
            e->span = (struct textd_span) { input->tokens[start].start, input->tokens[end - 1].end };
            e->score = e->name_score = SCORE;
            e->type = ENTITY_ORG;
            s.first = end;
            i = end - 1;
        }
    }
    return TEXTD_OK;
}

int32_t companies_join(const struct entity_input *input, const struct entity_means *means, double min_score,
                       struct entity_list *names)
{
    struct found found = { .means = means };
    struct entity_list own = { 0 }, all = { 0 };

    if (!entity_is_wanted(SCORE, min_score))
        return TEXTD_OK; /* or they would hide names that are */
    int32_t rc = find(input, &found);
    if (rc != TEXTD_OK || found.n == 0)
        return rc;
    if ((rc = found_finish(&found, &own.entities, &own.n)) != TEXTD_OK)
        return rc;
    all.entities = means->alloc(means->context, (own.n + (size_t)names->n) * sizeof *all.entities);
    if (!all.entities)
        return TEXTD_NO_MEMORY;
    for (uint32_t i = 0, k = 0; i < own.n || k < names->n;) {
        const struct entity *company = i < own.n ? &own.entities[i] : NULL,
                            *name = k < names->n ? &names->entities[k] : NULL;
        if (company && name && name->span.start < company->span.end && company->span.start < name->span.end)
            k++; /* the company has its place */
        else if (company && (!name || company->span.start < name->span.start))
            all.entities[all.n++] = *company, i++;
        else if (name)
            all.entities[all.n++] = *name, k++;
    }
    *names = all;
    return TEXTD_OK;
}
