/* forms.h: the different forms in which a text's names are written, and which of them are one. Each form is a name's words under one
 * type; a table finds it by its key. Names that are one are a set, whose first form stands for all. */
#ifndef ENTITIES_WHO_FORMS_H
#define ENTITIES_WHO_FORMS_H

#include "plugins/entities/entity.h"
#include "plugins/entities/who/words.h"

#define WHO_NONE UINT32_MAX

enum form_kind {
    FORM_OTHER,
    FORM_FULL,     /* a person's given name and surname */
    FORM_INITIALS, /* "J. Smith" */
    FORM_SHORT,    /* a person's one name */
};

/* Whose short form this may be: those that the text names in full before it, and behind it. */
struct claim {
    uint32_t before, after;
    uint8_t n_before, n_after; /* 0, 1, or 2: several */
};

struct form {
    uint64_t key;
    uint64_t id;      /* of a dictionary, as a hash; 0: none */
    uint32_t mention; /* the first entity that is written so */
    uint32_t best;    /* the entity of this form that shows it best */
    uint32_t rank;    /* how well: more is better */
    uint32_t parent;  /* another of its set that comes before it; itself in the first */
    uint32_t next;    /* with the same surname; WHO_NONE: the last */
    struct claim claims[2];
    uint8_t type, kind;
    uint8_t title; /* enum who_role: WHO_TITLE, WHO_MALE, WHO_FEMALE or 0; of a set's first form, what all are called */
    bool is_person; /* it belongs to a person whose full name is known */
};

struct forms {
    const struct entity_input *input;
    const struct entity_means *means;
    const struct entity_list *list;
    struct form *all;
    uint32_t n, room;
    struct slot *slots;
    uint32_t n_used, n_slots; /* a power of two */
    uint64_t steps;           /* looks at the table, at chains and at words: what the work is, whatever the machine */
};

/* The number that the table has for a key; WHO_NONE: none. */
uint32_t forms_find(struct forms *f, uint64_t key);

/* Puts it there, in place of what was there. -1: no memory. */
int forms_set(struct forms *f, uint64_t key, uint32_t number);

/* A new form with these; WHO_NONE: no memory. The table isn't told. */
uint32_t forms_add(struct forms *f, const struct form *form);

/* The first form of its set. */
uint32_t forms_root(struct forms *f, uint32_t form);

/* Makes two sets one, unless a dictionary says that they are two. */
void forms_join(struct forms *f, uint32_t a, uint32_t b);

/* `full` may be meant by the form `brief`, which falls first at entity `at`. */
void forms_claim(struct forms *f, uint32_t brief, uint32_t at, uint32_t full, int which);

/* The one that may be meant; WHO_NONE when there is none, or several. Who was named in full before the short form came up is meant
 * by it ever after, whoever else comes. */
uint32_t forms_claimed(struct forms *f, uint32_t brief, int which);

/* The key of a name of this type. */
uint64_t forms_key(uint8_t type, const struct who_words *words, uint32_t from, uint32_t to);

static inline struct textd_span forms_span(const struct forms *f, uint32_t form)
{
    return f->list->entities[f->all[form].mention].span;
}

#endif
