/* who.c: see who.h. First each entity gets its form (forms.h), then forms are joined: those that a dictionary says are one, people
 * (people.c), the others (firms.c). */
#include "plugins/entities/who/who.h"

#include <string.h>

#include "plugins/entities/who/firms.h"
#include "plugins/entities/who/forms.h"
#include "plugins/entities/who/people.h"
#include "plugins/lib/character.h"

#define IDS 0x300u /* a seed of keys */

bool who_is_name(uint8_t type)
{
    return (type != ENTITY_NONE && type < ENTITY_DATE) || type >= ENTITY_TYPE_COUNT;
}

/* How well a mention shows a name: more words, then small letters, then more bytes, then no "'s". */
static uint32_t rank_of(const struct who_words *w, uint32_t first, uint32_t end)
{
    uint32_t length = 0;

    for (uint32_t i = first; i < end; i++)
        length += w->words[i].length;
    return (end - first) << 20 | (uint32_t)!w->is_capitals << 19 | (length < 0xFFFF ? length : 0xFFFF) << 1 |
           !w->is_possessive;
}

/* The form of an entity, without its place. */
static void read_form(const struct entity_input *input, const struct entity *e, struct form *form)
{
    *form = (struct form) { .type = e->type, .kind = FORM_OTHER };
    if (e->type == ENTITY_PERSON) {
        struct person p;

        person_read(input, e->span, &p);
        form->key = person_key(&p);
        form->kind = p.kind;
        form->title = p.kind == FORM_OTHER ? 0 : p.title;
        form->rank = rank_of(&p.words, p.kind == FORM_OTHER ? 0 : p.first, p.words.n);
    } else {
        struct firm firm;

        firm_read(input, e, &firm);
        form->key = firm_key(e->type, &firm);
        form->rank = rank_of(&firm.words, firm.first, firm.words.n);
    }
    if (form->rank >> 20 == 0) /* signs alone */
        form->key = who_hash(form->key, who_word_hash(input->text + e->span.start, e->span.end - e->span.start));
    if (e->id_length)
        form->id = who_hash(IDS, who_word_hash(e->id, e->id_length)) | 1;
}

/* The same words under two ids are two forms; the table has the first, and each id its own place. */
static uint32_t find_form(struct forms *f, const struct form *form)
{
    uint32_t found = forms_find(f, form->key);

    if (found == WHO_NONE || f->all[found].id == form->id)
        return found;
    return forms_find(f, who_hash(form->key, form->id));
}

static uint32_t add_form(struct forms *f, const struct form *form)
{
    uint32_t number = forms_add(f, form), same = forms_find(f, form->key);
    uint64_t key = same == WHO_NONE ? form->key : who_hash(form->key, form->id);

    if (number == WHO_NONE || forms_set(f, key, number) != 0)
        return WHO_NONE;
    if (form->id) {
        uint32_t of_id = forms_find(f, form->id);

        if (of_id != WHO_NONE)
            forms_join(f, of_id, number);
        else if (forms_set(f, form->id, number) != 0)
            return WHO_NONE;
    }
    if (same != WHO_NONE)
        forms_join(f, same, number); /* one of them has no id, else they stay two */
    return number;
}

static int32_t read_forms(struct forms *f, uint32_t *forms_of)
{
    for (uint32_t i = 0; i < f->list->n; i++) {
        const struct entity *e = &f->list->entities[i];
        struct form form;

        if (i % ENTITY_STOP_INTERVAL == 0 && f->means->should_stop(f->means->context))
            return TEXTD_STOPPED;
        forms_of[i] = WHO_NONE;
        if (!who_is_name(e->type))
            continue;
        read_form(f->input, e, &form);
        form.mention = form.best = i;
        forms_of[i] = find_form(f, &form);
        if (forms_of[i] == WHO_NONE && (forms_of[i] = add_form(f, &form)) == WHO_NONE)
            return TEXTD_NO_MEMORY;
        struct form *its = &f->all[forms_of[i]];
        if (form.rank > its->rank) {
            its->rank = form.rank;
            its->best = i;
        }
    }
    return TEXTD_OK;
}

static bool is_blank(char c)
{
    return c == ' ' || c == '\n' || c == '\r' || c == '\t';
}

/* The text of an entity in one line. */
static int put_text(const struct forms *f, uint32_t entity, struct who_name *name)
{
    struct textd_span span = f->list->entities[entity].span;
    const char *text = f->input->text;
    bool is_plain = true;
    char *copy;

    for (uint32_t i = span.start; i < span.end; i++)
        is_plain &= !is_blank(text[i]) || (text[i] == ' ' && i > span.start && !is_blank(text[i - 1]));
    name->text = text + span.start;
    name->length = span.end - span.start;
    if (is_plain)
        return 0;
    copy = f->means->alloc(f->means->context, name->length);
    if (!copy)
        return -1;
    name->text = copy;
    name->length = 0;
    for (uint32_t i = span.start; i < span.end; i++)
        if (!is_blank(text[i]) || name->length == 0 || copy[name->length - 1] != ' ')
            copy[name->length++] = is_blank(text[i]) ? ' ' : text[i];
    return 0;
}

/* Numbers the sets of forms that are left, in the order in which they come up, and gives each its best mention. */
static int32_t number_names(struct forms *f, const uint32_t *forms_of, struct entity_list *list, struct who_names *out)
{
    uint32_t *numbers = f->means->alloc(f->means->context, (f->n + (size_t)1) * sizeof *numbers);
    uint32_t n = 0;

    for (uint32_t i = 0; i < f->n; i++)
        n += forms_root(f, i) == i;
    out->names = f->means->alloc(f->means->context, (n + (size_t)1) * sizeof *out->names);
    if (!numbers || !out->names)
        return TEXTD_NO_MEMORY;
    for (uint32_t i = 0; i < f->n; i++) { /* a set's first form comes before its others */
        uint32_t root = forms_root(f, i);

        if (root == i) {
            numbers[i] = out->n;
            out->names[out->n++] = (struct who_name) { .first = f->all[i].mention };
        } else if (f->all[i].rank > f->all[root].rank) {
            f->all[root].rank = f->all[i].rank;
            f->all[root].best = f->all[i].best;
        }
    }
    for (uint32_t i = 0; i < f->n; i++) {
        struct who_name *name = &out->names[numbers[forms_root(f, i)]];

        if (f->all[i].parent != i)
            continue;
        name->type = list->entities[f->all[i].best].type;
        if (put_text(f, f->all[i].best, name) != 0)
            return TEXTD_NO_MEMORY;
    }
    for (uint32_t i = 0; i < list->n; i++) {
        list->entities[i].ref = WHO_NO_NAME;
        if (forms_of[i] == WHO_NONE)
            continue;
        list->entities[i].ref = numbers[forms_root(f, forms_of[i])];
        out->names[list->entities[i].ref].mentions++;
    }
    return TEXTD_OK;
}

int32_t who_find(const struct entity_input *input, const struct entity_means *means, struct entity_list *list,
                 struct who_names *out)
{
    struct forms forms = { .input = input, .means = means, .list = list };
    uint32_t *forms_of = means->alloc(means->context, (list->n + (size_t)1) * sizeof *forms_of);
    int32_t rc;

    *out = (struct who_names) { .n = 0 };
    if (!forms_of)
        return TEXTD_NO_MEMORY;
    if ((rc = read_forms(&forms, forms_of)) != TEXTD_OK)
        return rc;
    if (people_join(&forms) != 0)
        return TEXTD_NO_MEMORY;
    firms_join(&forms, forms_of);
    rc = number_names(&forms, forms_of, list, out);
    out->steps = forms.steps;
    return rc;
}
