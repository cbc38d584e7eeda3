/* firms.c: see firms.h. Acronyms are told by a definition in brackets (Schwartz and Hearst 2003, A simple algorithm for identifying
 * abbreviation definitions in biomedical text), else by the initials of one organization alone. What is shortened is told by what
 * was left out, and by which came first: "Siemens Energy" is not "Siemens". */
#include "plugins/entities/who/firms.h"

#include <string.h>

#include "plugins/entities/who/lists.h"
#include "plugins/lib/character.h"
#include "plugins/lib/fold.h"

#define PLACES 0x200u /* a seed of keys */
#define MOST_NAME_BYTES 80u
#define MOST_ACRONYM 10u /* letters; Schwartz and Hearst's limit */
#define MOST_LONG_BYTES 160u
#define MOST_PREFIX 3u
#define MOST_GAP 16u

enum claim_by { BY_LETTERS, BY_PART };

static bool is(const struct who_word *word, const char *text)
{
    return strcmp(word->text, text) == 0;
}

static bool has_role(const struct who_word *word, uint32_t role)
{
    return (word->roles & role) != 0;
}

void firm_read(const struct entity_input *input, const struct entity *entity, struct firm *firm)
{
    struct who_words *w = &firm->words;

    who_words_read(input, entity->span, false, w);
    firm->first = w->n > 1 && is(&w->words[0], "the");
    firm->end = w->n;
    if (entity->type == ENTITY_WORK || entity->type == ENTITY_PRODUCT)
        firm->first |= w->n > 1 && (is(&w->words[0], "a") || is(&w->words[0], "an"));
    if (entity->type != ENTITY_ORG || !w->is_whole)
        return;
    while (firm->end - firm->first > 1 && has_role(&w->words[firm->end - 1], WHO_LEGAL))
        firm->end--;
    while (firm->end < w->n && firm->end - firm->first > 1 && is(&w->words[firm->end - 1], "and"))
        firm->end--; /* "Tiffany & Co." */
}

static const char *place_of(const struct firm *firm)
{
    char name[MOST_NAME_BYTES];
    size_t used = 0;

    for (uint32_t i = firm->first; i < firm->end; i++) {
        size_t length = strlen(firm->words.words[i].text);

        if (length == 0 || used + length + 2 > sizeof name)
            return NULL;
        if (used)
            name[used++] = ' ';
        memcpy(name + used, firm->words.words[i].text, length);
        used += length;
    }
    name[used] = 0;
    return used && firm->words.is_whole ? who_place(name) : NULL;
}

/* "Russians" are "Russian". */
static uint64_t people_key(const struct firm *firm)
{
    const struct who_word *last = &firm->words.words[firm->end - 1];
    size_t n = strlen(last->text);
    uint64_t key = forms_key(ENTITY_NORP, &firm->words, firm->first, firm->end - 1);

    if (n < 5 || last->text[n - 1] != 's' || strchr("sui", last->text[n - 2]))
        return who_hash(key, last->hash);
    return who_hash(key, who_word_hash(last->text, (uint32_t)n - 1));
}

uint64_t firm_key(uint8_t type, const struct firm *firm)
{
    const char *place = type == ENTITY_LOC ? place_of(firm) : NULL;

    if (place)
        return who_hash(PLACES, who_word_hash(place, (uint32_t)strlen(place)));
    if (type == ENTITY_NORP && firm->end > firm->first)
        return people_key(firm);
    return forms_key(type, &firm->words, firm->first, firm->end);
}

/* ---- Definitions ------------------------------------------------------------------------------------------------- */

/* Letters and digits in small letters, with a blank between words. 0: too long. */
static uint32_t flatten(const struct who_words *w, char *out, uint32_t room, bool keeps_blanks)
{
    uint32_t n = 0;

    for (uint32_t i = 0; i < w->n; i++) {
        if (w->words[i].text[0] == 0)
            return 0;
        if (keeps_blanks && n && n < room)
            out[n++] = ' ';
        for (const char *c = w->words[i].text; *c; c++) {
            char letter = (*c >= 'a' && *c <= 'z') || char_is_digit(*c) ? *c : ' ';

            if (letter == ' ' && !keeps_blanks)
                continue;
            if (n == room)
                return 0;
            out[n++] = letter;
        }
    }
    return n;
}

/* Schwartz and Hearst's rule: from the end, each letter of the acronym is found in the name, the first one at the start of a word. */
static bool has_letters(const char *name, uint32_t n, const char *acronym, uint32_t m)
{
    while (m > 0) {
        m--;
        while (n > 0 && (name[n - 1] != acronym[m] || (m == 0 && n > 1 && name[n - 2] != ' ')))
            n--;
        if (n == 0)
            return false;
        n--;
    }
    return true;
}

/* Whether the acronym has just the initials, in another order: "National Renewal Party (PRN)", from another language. */
static bool has_initials_of(const char *name, uint32_t n, const char *acronym, uint32_t m)
{
    uint8_t counts[256] = { 0 };
    uint32_t words = 0;

    for (uint32_t i = 0; i < n; i++)
        if (i == 0 || name[i - 1] == ' ') {
            counts[(unsigned char)name[i]]++;
            words++;
        }
    for (uint32_t i = 0; i < m; i++)
        if (counts[(unsigned char)acronym[i]]-- == 0)
            return false;
    return words == m && m > 2;
}

/* Whether the text says that the names before and behind this gap are one: "Acme Motor Works (AMW)". */
static bool is_definition(const struct entity_input *input, uint32_t from, uint32_t to)
{
    const char *text = input->text;
    uint32_t n = 0, brackets = 0;
    char gap[MOST_GAP + 1];

    if (to <= from || to - from > MOST_GAP)
        return false;
    for (uint32_t i = from; i < to; i++)
        if ((unsigned char)text[i] < 0x80 && text[i] != '"' && text[i] != '\n') {
            brackets += text[i] == '(';
            gap[n++] = text[i];
        }
    gap[n] = 0;
    return strcmp(gap, " (") == 0 || strcmp(gap, " (the ") == 0 || strcmp(gap, " (or ") == 0 ||
           (brackets == 0 && (strcmp(gap, ", or ") == 0 || strcmp(gap, ", or the ") == 0));
}

static bool is_closed(const struct entity_input *input, uint32_t from, uint32_t at)
{
    if (memchr(input->text + from, '(', at - from) == NULL)
        return true;
    for (uint32_t i = 0; i < 4 && at < input->text_length; i++, at++) { /* a quote of three bytes may come first */
        if (input->text[at] == ')')
            return true;
        if ((unsigned char)input->text[at] < 0x80 && input->text[at] != '"')
            return false;
    }
    return false;
}

/* Whether b is the beginning of a, word by word. */
static bool begins_with(const struct firm *a, const struct firm *b)
{
    uint32_t n = b->end - b->first;

    if (n == 0 || n >= a->end - a->first)
        return false;
    for (uint32_t i = 0; i < n; i++)
        if (a->words.words[a->first + i].hash != b->words.words[b->first + i].hash)
            return false;
    return true;
}

static bool is_acronym(const struct entity_input *input, struct textd_span span)
{
    uint32_t upper = 0, others = 0;

    for (uint32_t i = span.start; i < span.end; i++)
        if (char_is_upper(input->text[i]))
            upper++;
        else if (input->text[i] != '.' && !char_is_digit(input->text[i]))
            others++;
    return upper >= 2 && others * 2 <= upper;
}

static bool defines(struct forms *f, const struct entity *name, const struct entity *brief)
{
    struct firm a, b;
    char letters[MOST_LONG_BYTES], acronym[MOST_ACRONYM];

    firm_read(f->input, name, &a);
    firm_read(f->input, brief, &b);
    if (begins_with(&a, &b))
        return true;
    if (!is_acronym(f->input, brief->span) || a.end - a.first < 2 || b.words.n > 2)
        return false;
    uint32_t n = flatten(&a.words, letters, sizeof letters, true);
    uint32_t m = flatten(&b.words, acronym, sizeof acronym, false);
    return n && m > 1 && m < n && (has_letters(letters, n, acronym, m) || has_initials_of(letters, n, acronym, m));
}

static void join_definitions(struct forms *f, const uint32_t *forms_of)
{
    const struct entity *e = f->list->entities;

    for (uint32_t i = 0; i + 1 < f->list->n; i++) {
        uint32_t a = forms_of[i], b = forms_of[i + 1];

        f->steps++;
        if (a == WHO_NONE || b == WHO_NONE || e[i].type != e[i + 1].type || e[i].type == ENTITY_PERSON ||
            !is_definition(f->input, e[i].span.end, e[i + 1].span.start) ||
            !is_closed(f->input, e[i].span.end, e[i + 1].span.end))
            continue;
        if (defines(f, &e[i], &e[i + 1]) || defines(f, &e[i + 1], &e[i]))
            forms_join(f, a, b);
    }
}

/* ---- What is left out -------------------------------------------------------------------------------------------- */

/* The organization may be meant by its initials, with and without the small words. */
static void claim_initials(struct forms *f, uint32_t form, const struct firm *firm)
{
    char letters[2][WHO_MOST_WORDS];
    uint32_t n[2] = { 0 };

    for (uint32_t i = firm->first; i < firm->end; i++) {
        const struct who_word *word = &firm->words.words[i];

        if (word->first < 'a' || word->first > 'z')
            return;
        letters[0][n[0]++] = (char)word->first;
        if (!has_role(word, WHO_STOP))
            letters[1][n[1]++] = (char)word->first;
    }
    for (uint32_t k = 0; k < 2; k++) {
        if (n[k] < 2 || (k == 1 && n[1] == n[0]))
            continue;
        struct who_words acronym = { .n = 1, .words = { { .hash = who_word_hash(letters[k], n[k]) } } };
        uint32_t brief = forms_find(f, forms_key(ENTITY_ORG, &acronym, 0, 1));
        if (brief != WHO_NONE && brief != form && is_acronym(f->input, forms_span(f, brief)))
            forms_claim(f, brief, f->all[brief].mention, form, BY_LETTERS);
    }
}

/* Whether what stands behind the first `n` words may be left out. */
static bool may_lack(const struct firm *firm, uint32_t n, bool came_first)
{
    const struct who_word *words = firm->words.words + firm->first, *next = &words[n];
    uint32_t left = firm->end - firm->first - n;
    bool are_heads = true;

    for (uint32_t i = n; i < n + left; i++)
        are_heads &= has_role(&words[i], WHO_HEAD);
    if (are_heads && (n > 1 || !has_role(&words[0], WHO_GENERIC)))
        return true;
    for (uint32_t i = 0; i < left; i++)
        if (has_role(&next[i], WHO_STOP | WHO_BRANCH))
            return false;
    return came_first && left <= 2 && !has_role(&words[0], WHO_CONCERN | WHO_GENERIC);
}

static void claim_parts(struct forms *f, uint32_t form, const struct firm *firm)
{
    const struct who_word *words = firm->words.words;
    uint32_t n = firm->end - firm->first, root = forms_root(f, form);
    uint8_t type = f->all[form].type;

    for (uint32_t k = 1; k < n && k <= MOST_PREFIX; k++) {
        uint32_t brief = forms_find(f, forms_key(type, &firm->words, firm->first, firm->first + k));

        if (brief != WHO_NONE && may_lack(firm, k, f->all[root].mention < f->all[brief].mention))
            forms_claim(f, brief, f->all[brief].mention, form, BY_PART);
    }
    if (type != ENTITY_ORG || n < 2 || !has_role(&words[firm->end - 1], WHO_TAIL))
        return;
    uint32_t brief = forms_find(f, forms_key(type, &firm->words, firm->end - 1, firm->end));
    if (brief != WHO_NONE && f->all[root].mention < f->all[brief].mention)
        forms_claim(f, brief, f->all[brief].mention, form, BY_PART);
}

/* "Mount Kazbek" is "Kazbek". */
static void claim_mountain(struct forms *f, uint32_t form, const struct firm *firm)
{
    const struct who_word *words = firm->words.words + firm->first;

    if (firm->end - firm->first != 2 || (!is(&words[0], "mount") && !is(&words[0], "mt")))
        return;
    uint32_t brief = forms_find(f, forms_key(ENTITY_LOC, &firm->words, firm->first + 1, firm->end));
    if (brief != WHO_NONE && f->all[form].mention < f->all[brief].mention)
        forms_claim(f, brief, f->all[brief].mention, form, BY_PART);
}

void firms_join(struct forms *f, const uint32_t *forms_of)
{
    join_definitions(f, forms_of);
    for (uint32_t i = 0; i < f->n; i++) {
        uint8_t type = f->all[i].type;
        struct firm firm;

        if (type != ENTITY_ORG && type != ENTITY_FAC && type != ENTITY_LOC)
            continue;
        firm_read(f->input, &f->list->entities[f->all[i].mention], &firm);
        if (!firm.words.is_whole || firm.end - firm.first < 2)
            continue;
        if (type == ENTITY_LOC) {
            claim_mountain(f, i, &firm);
            continue;
        }
        if (type == ENTITY_ORG)
            claim_initials(f, i, &firm);
        claim_parts(f, i, &firm);
    }
    for (uint32_t i = 0; i < f->n; i++) {
        if (f->all[i].type == ENTITY_PERSON)
            continue;
        for (int by = BY_LETTERS; by <= BY_PART; by++) {
            const struct claim *claim = &f->all[i].claims[by];
            uint32_t of = forms_claimed(f, i, by);

            /* Unlike people's, these names are seldom said to be of two, so any other that fits counts. */
            if (of != WHO_NONE && (claim->n_before == 0 || claim->n_after == 0 ||
                                   forms_root(f, claim->before) == forms_root(f, claim->after)))
                forms_join(f, of, i);
        }
    }
}
