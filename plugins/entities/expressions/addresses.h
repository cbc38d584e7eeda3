/* addresses.h: addresses of the internet, "@names" and "#topics", found by the signs that they can't do without,
 * whatever tokens a segmenter makes of them. An address may hold what it likes, digits most of all, so no other
 * expression may begin or end in one. */
#ifndef ENTITIES_ADDRESSES_H
#define ENTITIES_ADDRESSES_H

#include <stdbool.h>
#include <stdint.h>

#include "plugins/entities/expressions/hosts.h"

struct address {
    uint32_t start, end; /* what it takes up: "mailto:joe@example.org?subject=5" */
    uint32_t from, to;   /* the entity in it: "joe@example.org" */
    uint8_t type;        /* ENTITY_NONE: there is none, as what stands here is none of the types, or is a broken one */
    char ip[IP_VALUE_BYTES];
};

/* A walk over a text. Time is linear in the text. */
struct address_scan {
    const char *text;
    uint32_t length;
    uint32_t at;             /* what is before has been looked at */
    uint32_t floor;          /* behind the last address */
    uint32_t no_name_before; /* within a row of labels that is no host */
};

/* The next address; false: there are no more. They are in order and don't overlap. */
bool addresses_next(struct address_scan *scan, struct address *address);

/* ---- The parts: each looks at what stands around an anchor. False: there is none of its kind. ---------------------- */

bool match_url(const struct address_scan *scan, uint32_t colon, struct address *address); /* "://" and schemes */
bool match_host(const struct address_scan *scan, const struct host *host, struct address *address); /* no scheme */
bool match_mail(const struct address_scan *scan, uint32_t sign, struct address *address);           /* '@' */

/* Where the path, query and fragment of a URL end that starts at `start`; '/', '?' or '#' is at `at`. */
uint32_t url_tail_end(const struct address_scan *scan, uint32_t start, uint32_t at);

/* Whether a letter, a digit or '_' ends right before `at`. */
bool is_behind_word(const char *text, uint32_t at);

#endif
