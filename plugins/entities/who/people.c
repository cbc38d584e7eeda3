/* people.c: see people.h. First full names are joined with each other, surname by surname; then each short form goes to the person
 * who has it, if there is but one. Where it isn't sure who is meant, nobody is: a wrong person is worse than one too many. */
#include "plugins/entities/who/people.h"

#include <string.h>

#include "plugins/entities/who/lists.h"

#define MOST_NAMESAKES 8u /* forms under one surname that a name is compared with */
#define SURNAMES 0x100u   /* seeds of keys, beside the types */
#define N_TITLES 4u

enum claim_by { BY_SURNAME, BY_GIVEN_NAME };

static const uint8_t title_classes[N_TITLES] = { 0, WHO_TITLE, WHO_MALE, WHO_FEMALE };

static bool has_role(const struct who_word *word, uint32_t role)
{
    return (word->roles & role) != 0;
}

static uint8_t title_of(const struct who_word *word)
{
    return has_role(word, WHO_MALE) ? WHO_MALE : has_role(word, WHO_FEMALE) ? WHO_FEMALE : WHO_TITLE;
}

/* "al-Assad" is as often "Assad". */
static uint64_t core_hash(const struct who_word *word)
{
    const char *text = word->text;
    uint32_t length = (uint32_t)strlen(text);

    if (length > 3 && (memcmp(text, "al-", 3) == 0 || memcmp(text, "el-", 3) == 0))
        return who_word_hash(text + 3, length - 3);
    return word->hash;
}

void person_read(const struct entity_input *input, struct textd_span span, struct person *p)
{
    struct who_words *w = &p->words;
    uint32_t n_initials = 0;

    who_words_read(input, span, true, w);
    p->first = 0;
    p->end = w->n;
    p->generation = 0;
    p->title = 0;
    while (p->end - p->first > 1 && has_role(&w->words[p->first], WHO_TITLE)) {
        uint8_t title = title_of(&w->words[p->first++]);
        p->title = p->title && title == WHO_TITLE ? p->title : title;
    }
    while (p->end - p->first > 1 && has_role(&w->words[p->end - 1], WHO_SUFFIX))
        p->generation = (uint32_t)(w->words[--p->end].hash >> 32);
    p->surname = p->end ? p->end - 1 : 0;
    while (p->surname > p->first && has_role(&w->words[p->surname - 1], WHO_PARTICLE) &&
           !w->words[p->surname - 1].is_initial)
        p->surname--;
    for (uint32_t i = p->first; i < p->surname; i++)
        n_initials += w->words[i].is_initial;
    p->kind = p->surname == p->first ? FORM_SHORT : n_initials == p->surname - p->first ? FORM_INITIALS : FORM_FULL;
    for (uint32_t i = p->first; i < p->end; i++)
        if (strcmp(w->words[i].text, "and") == 0)
            p->kind = FORM_OTHER; /* two people */
    if (!w->is_whole || w->n == 0 || w->words[p->end - 1].is_initial)
        p->kind = FORM_OTHER;
    if (p->kind == FORM_SHORT)
        w->words[p->end - 1].hash = core_hash(&w->words[p->end - 1]);
}

static uint64_t short_key(const struct who_words *words, uint32_t from, uint32_t to, uint8_t title)
{
    return who_hash(forms_key(ENTITY_PERSON, words, from, to), title);
}

uint64_t person_key(const struct person *p)
{
    if (p->kind == FORM_SHORT)
        return short_key(&p->words, p->first, p->end, p->title);
    if (p->kind == FORM_OTHER)
        return forms_key(ENTITY_PERSON, &p->words, 0, p->words.n);
    return who_hash(forms_key(ENTITY_PERSON, &p->words, p->first, p->end), p->generation);
}

/* ---- Full names -------------------------------------------------------------------------------------------------- */

/* Whether two given names may be one: "J." and "John", "Bob" and "Robert". */
static bool may_be_one(const struct who_word *a, const struct who_word *b)
{
    if (a->hash == b->hash)
        return true;
    if (a->is_initial || b->is_initial)
        return a->first == b->first;
    return a->text[0] && b->text[0] && strcmp(who_given_name(a->text), who_given_name(b->text)) == 0;
}

static bool has_all_in_order(const struct person *longer, const struct person *shorter)
{
    uint32_t at = longer->first + 1;

    for (uint32_t i = shorter->first + 1; i < shorter->surname; i++, at++) {
        while (at < longer->surname && !may_be_one(&longer->words.words[at], &shorter->words.words[i]))
            at++;
        if (at == longer->surname)
            return false;
    }
    return true;
}

/* 2: they have the same first name; 1: the shorter is the other's end ("García Márquez", "Gabriel García Márquez"); 0: they are two. */
static int compare_people(const struct person *a, const struct person *b)
{
    const struct person *longer = a->surname - a->first >= b->surname - b->first ? a : b,
                        *shorter = longer == a ? b : a;
    uint32_t na = a->end - 1 - a->surname, nb = b->end - 1 - b->surname; /* particles */

    if ((a->generation && b->generation && a->generation != b->generation) ||
        (na && nb && a->words.words[a->surname].hash != b->words.words[b->surname].hash))
        return 0;
    if (may_be_one(&a->words.words[a->first], &b->words.words[b->first]))
        return has_all_in_order(longer, shorter) ? 2 : 0;
    uint32_t skipped = (longer->surname - longer->first) - (shorter->surname - shorter->first);
    for (uint32_t i = shorter->first; i < shorter->surname; i++) {
        const struct who_word *of = &longer->words.words[longer->first + skipped + i - shorter->first];
        if (skipped == 0 || shorter->words.words[i].is_initial || of->hash != shorter->words.words[i].hash)
            return 0;
    }
    return 1;
}

static bool may_be_called(uint8_t a, uint8_t b)
{
    uint8_t either = a | b;

    return (either & (WHO_MALE | WHO_FEMALE)) != (WHO_MALE | WHO_FEMALE);
}

/* The person under the same surname whom the form means, if there is but one. All forms of a person must fit: with "John A. Smith" known,
 * "John B. Smith" is another, though "John Smith" fits both. */
static uint32_t find_namesake(struct forms *f, uint32_t form, const struct person *p, uint32_t head, uint32_t *length)
{
    uint32_t roots[MOST_NAMESAKES], n = 0, found = WHO_NONE;
    int levels[MOST_NAMESAKES], best = 0;

    *length = 0;
    for (uint32_t other = head; other != WHO_NONE; other = f->all[other].next, ++*length) {
        struct person q;
        uint32_t root = forms_root(f, other), i = 0;

        f->steps++;
        person_read(f->input, forms_span(f, other), &q);
        int level = may_be_called(f->all[form].title, f->all[root].title) ? compare_people(p, &q) : 0;
        while (i < n && roots[i] != root)
            i++;
        if (i == n) {
            roots[n] = root;
            levels[n++] = level;
        } else if (level < levels[i]) {
            levels[i] = level;
        }
    }
    for (uint32_t i = 0; i < n; i++)
        best = levels[i] > best ? levels[i] : best;
    for (uint32_t i = 0; best > 0 && i < n; i++)
        if (levels[i] == best) {
            if (found != WHO_NONE)
                return WHO_NONE;
            found = roots[i];
        }
    return found;
}

static int join_full_names(struct forms *f, uint8_t kind)
{
    for (uint32_t i = 0; i < f->n; i++) {
        struct person p;
        uint32_t length, head, namesake;

        if (f->all[i].kind != kind || f->all[i].type != ENTITY_PERSON)
            continue;
        person_read(f->input, forms_span(f, i), &p);
        uint64_t key = who_hash(SURNAMES, core_hash(&p.words.words[p.end - 1]));
        head = forms_find(f, key);
        namesake = find_namesake(f, i, &p, head, &length);
        f->all[i].is_person = true;
        if (length == MOST_NAMESAKES)
            continue;
        if (namesake != WHO_NONE)
            forms_join(f, i, namesake);
        f->all[i].next = head;
        if (forms_set(f, key, i) != 0)
            return -1;
    }
    return 0;
}

/* ---- Short names ------------------------------------------------------------------------------------------------- */

/* The short forms of one name: called nothing, "Dr.", "Mr.", "Ms." */
struct shorts {
    uint32_t forms[N_TITLES]; /* WHO_NONE: there is none */
    uint32_t at;              /* the entity where the name comes up first */
    bool are_two;             /* a man and a woman */
};

static bool find_shorts(struct forms *f, const struct who_words *words, uint32_t from, uint32_t to, struct shorts *out)
{
    bool is_any = false;

    out->at = WHO_NONE;
    for (uint32_t t = 0; t < N_TITLES; t++) {
        uint32_t form = forms_find(f, short_key(words, from, to, title_classes[t]));

        out->forms[t] = form;
        if (form == WHO_NONE)
            continue;
        is_any = true;
        out->at = f->all[form].mention < out->at ? f->all[form].mention : out->at;
    }
    out->are_two = out->forms[2] != WHO_NONE && out->forms[3] != WHO_NONE;
    return is_any;
}

/* A person whose name has words [from, to) may be meant by them. */
static void claim(struct forms *f, uint32_t full, const struct who_words *words, uint32_t from, uint32_t to,
                  enum claim_by by)
{
    uint32_t root = forms_root(f, full);
    struct shorts shorts;

    if (!find_shorts(f, words, from, to, &shorts))
        return;
    for (uint32_t t = 0; t < N_TITLES; t++) {
        uint8_t title = title_classes[t], its = f->all[root].title;

        if (shorts.forms[t] == WHO_NONE || (by == BY_GIVEN_NAME && title) || !may_be_called(title, its) ||
            (shorts.are_two && !(title & its & (WHO_MALE | WHO_FEMALE))))
            continue;
        forms_claim(f, shorts.forms[t], shorts.at, root, by);
    }
}

static void claim_shorts(struct forms *f)
{
    for (uint32_t i = 0; i < f->n; i++) {
        struct person p;

        if (f->all[i].type != ENTITY_PERSON || (f->all[i].kind != FORM_FULL && f->all[i].kind != FORM_INITIALS))
            continue;
        person_read(f->input, forms_span(f, i), &p);
        struct who_word *w = p.words.words;
        if (p.surname < p.end - 1)
            claim(f, i, &p.words, p.surname, p.end, BY_SURNAME);
        w[p.end - 1].hash = core_hash(&w[p.end - 1]);
        claim(f, i, &p.words, p.end - 1, p.end, BY_SURNAME);
        if (has_role(&w[p.first], WHO_FAMILY) && !has_role(&w[p.end - 1], WHO_FAMILY))
            claim(f, i, &p.words, p.first, p.first + 1, BY_SURNAME);
        else if (!w[p.first].is_initial)
            claim(f, i, &p.words, p.first, p.first + 1, BY_GIVEN_NAME);
        if (p.surname - p.first > 1 && !w[p.surname - 1].is_initial)
            claim(f, i, &p.words, p.surname - 1, p.surname, BY_GIVEN_NAME); /* "Claudia Sheinbaum Pardo" */
    }
}

static bool is_claimed(const struct claim *claim)
{
    return claim->n_before || claim->n_after;
}

static void join_shorts(struct forms *f)
{
    for (uint32_t i = 0; i < f->n; i++) {
        const struct form *form = &f->all[i];

        if (form->type != ENTITY_PERSON || form->kind != FORM_SHORT)
            continue;
        uint32_t by_surname = forms_claimed(f, i, BY_SURNAME), by_given = forms_claimed(f, i, BY_GIVEN_NAME);
        bool has_surname = is_claimed(&form->claims[BY_SURNAME]), has_given = is_claimed(&form->claims[BY_GIVEN_NAME]);

        struct person p;
        struct shorts shorts;
        person_read(f->input, forms_span(f, i), &p);
        find_shorts(f, &p.words, p.first, p.end, &shorts);
        bool has_title = false; /* "Queen Elizabeth": then "Elizabeth" is no Elizabeth Warren */
        for (uint32_t t = 1; t < N_TITLES; t++)
            has_title |= shorts.forms[t] != WHO_NONE;
        if (by_surname != WHO_NONE && !(form->claims[BY_GIVEN_NAME].n_before &&
                                        (by_given == WHO_NONE || forms_root(f, by_given) != forms_root(f, by_surname))))
            forms_join(f, i, by_surname);
        else if (!has_surname && !has_title && by_given != WHO_NONE)
            forms_join(f, i, by_given);
        if (has_surname || (has_given && !has_title))
            continue;
        for (uint32_t t = 0; t < N_TITLES && !shorts.are_two; t++) /* "Mrs. Dalloway" and "Dalloway" */
            if (shorts.forms[t] != WHO_NONE && !is_claimed(&f->all[shorts.forms[t]].claims[BY_SURNAME]) &&
                !is_claimed(&f->all[shorts.forms[t]].claims[BY_GIVEN_NAME]))
                forms_join(f, i, shorts.forms[t]);
    }
}

int people_join(struct forms *f)
{
    if (join_full_names(f, FORM_FULL) != 0 || join_full_names(f, FORM_INITIALS) != 0)
        return -1;
    claim_shorts(f);
    join_shorts(f);
    return 0;
}
