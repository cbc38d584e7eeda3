/* lists.h: what words mean in names: titles, legal forms and their kin; pet names; places that go by several names. */
#ifndef ENTITIES_WHO_LISTS_H
#define ENTITIES_WHO_LISTS_H

#include <stdint.h>

/* What a word may be, in small letters and without periods. */
enum who_role {
    WHO_TITLE = 1,         /* before a person's name: "Dr" */
    WHO_MALE = 1 << 1,     /* a title of men: "Mr" */
    WHO_FEMALE = 1 << 2,   /* a title of women: "Ms" */
    WHO_PARTICLE = 1 << 3, /* of a surname: "van der" */
    WHO_SUFFIX = 1 << 4,   /* behind a person's name: "Jr" */
    WHO_LEGAL = 1 << 5,    /* behind an organization's: "Inc", "Group" */
    WHO_STOP = 1 << 6,     /* has no letter in an acronym: "of" */
    WHO_GENERIC = 1 << 7,  /* begins the names of many organizations: "National" */
    WHO_BRANCH = 1 << 8,   /* what stands before it may be another firm: "Siemens", "Siemens Energy" */
    WHO_HEAD = 1 << 9,     /* what stands before it is the same: "Harvard", "Harvard University" */
    WHO_TAIL = 1 << 10,    /* may stand for the whole: "Commission" */
    WHO_FAMILY = 1 << 11,  /* a surname that stands first: "Xi" */
    WHO_CONCERN = 1 << 12, /* a firm with many others of its name: "Samsung" */
};

/* All that a word may be; 0 when it is in no list. */
uint32_t who_roles(const char *word);

/* The name that a pet name stands for, "robert" for "bob"; else the name itself. */
const char *who_given_name(const char *word);

/* A code that all names of one place share: "GB" for "britain". NULL: the place isn't listed. */
const char *who_place(const char *name);

#endif
