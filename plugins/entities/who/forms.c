/* forms.c: see forms.h. The table is open, with linear probing; who finds no place within some looks gives up, and a name stays alone:
 * no text, however it was made, costs more than that. */
#include "plugins/entities/who/forms.h"

#include <assert.h>
#include <string.h>

#define FIRST_SLOTS 256u
#define MOST_LOOKS 128u

struct slot {
    uint64_t key;
    uint32_t number; /* WHO_NONE: empty */
};

static void *take(struct forms *f, size_t bytes)
{
    return f->means->alloc(f->means->context, bytes);
}

/* Where a key is, or would go; NULL: too many others are in its way. */
static struct slot *look(struct forms *f, uint64_t key)
{
    uint32_t mask = f->n_slots - 1, at = (uint32_t)(key ^ key >> 32) & mask;

    for (uint32_t i = 0; i < MOST_LOOKS && i < f->n_slots; i++, at = (at + 1) & mask) {
        f->steps++;
        if (f->slots[at].number == WHO_NONE || f->slots[at].key == key)
            return &f->slots[at];
    }
    return NULL;
}

static int grow(struct forms *f)
{
    struct slot *old = f->slots;
    uint32_t n = f->n_slots;

    f->n_slots = n ? n * 2 : FIRST_SLOTS;
    f->slots = take(f, f->n_slots * sizeof *f->slots);
    if (!f->slots)
        return -1;
    memset(f->slots, 0xFF, f->n_slots * sizeof *f->slots);
    for (uint32_t i = 0; i < n; i++) {
        struct slot *to = old[i].number != WHO_NONE ? look(f, old[i].key) : NULL;

        if (to)
            *to = old[i];
    }
    return 0;
}

uint32_t forms_find(struct forms *f, uint64_t key)
{
    const struct slot *slot = f->n_slots ? look(f, key) : NULL;

    return slot ? slot->number : WHO_NONE;
}

int forms_set(struct forms *f, uint64_t key, uint32_t number)
{
    if (f->n_used * 2 >= f->n_slots && grow(f) != 0)
        return -1;
    struct slot *slot = look(f, key);
    if (!slot)
        return 0;
    f->n_used += slot->number == WHO_NONE;
    *slot = (struct slot) { key, number };
    return 0;
}

uint32_t forms_add(struct forms *f, const struct form *form)
{
    if (f->n == f->room) {
        uint32_t room = f->room ? f->room * 2 : 128;
        struct form *all = take(f, room * sizeof *all);

        if (!all)
            return WHO_NONE;
        if (f->n)
            memcpy(all, f->all, f->n * sizeof *all);
        f->all = all;
        f->room = room;
    }
    f->all[f->n] = *form;
    f->all[f->n].parent = f->n;
    f->all[f->n].next = WHO_NONE;
    return f->n++;
}

uint32_t forms_root(struct forms *f, uint32_t form)
{
    while (f->all[form].parent != form) {
        uint32_t up = f->all[f->all[form].parent].parent;

        f->steps++;
        f->all[form].parent = up;
        form = up;
    }
    return form;
}

void forms_join(struct forms *f, uint32_t a, uint32_t b)
{
    a = forms_root(f, a);
    b = forms_root(f, b);
    if (a == b)
        return;
    struct form *first = &f->all[a < b ? a : b], *other = &f->all[a < b ? b : a];
    if (first->id && other->id && first->id != other->id)
        return;
    assert(first->mention <= other->mention); /* forms are numbered as they come up */
    other->parent = a < b ? a : b;
    first->id |= other->id;
    first->title |= other->title;
    first->is_person |= other->is_person;
}

void forms_claim(struct forms *f, uint32_t brief, uint32_t at, uint32_t full, int which)
{
    struct claim *claim = &f->all[brief].claims[which];
    uint32_t root = forms_root(f, full);
    bool is_before = f->all[root].mention < at;
    uint32_t *one = is_before ? &claim->before : &claim->after;
    uint8_t *n = is_before ? &claim->n_before : &claim->n_after;

    if (*n == 0) {
        *one = root;
        *n = 1;
    } else if (forms_root(f, *one) != root) {
        *n = 2;
    }
}

uint32_t forms_claimed(struct forms *f, uint32_t brief, int which)
{
    const struct claim *claim = &f->all[brief].claims[which];

    if (claim->n_before)
        return claim->n_before == 1 ? claim->before : WHO_NONE;
    return claim->n_after == 1 ? claim->after : WHO_NONE;
}

uint64_t forms_key(uint8_t type, const struct who_words *words, uint32_t from, uint32_t to)
{
    return who_words_key(words, from, to, type);
}
