/* mp.h: reading MessagePack in place. msgpack-c builds a tree and believes the counts that a message claims (5 bytes can
 * ask for 100 GB), accepts duplicate keys, bytes after the value and invalid UTF-8; so we read with a cursor that builds
 * nothing and checks all of it. Writing is msgpack-c's packer over a td_buf (mp_buf.h). */
#ifndef TD_MP_H
#define TD_MP_H

#include <stddef.h>
#include <stdint.h>
#include <string.h>

/* A position in a message. Everything that is read points into the message and lives as long. */
struct td_mp {
    const uint8_t *at, *end;
};

enum td_mp_type {
    TD_MP_NIL,
    TD_MP_BOOL,
    TD_MP_INT,  /* fits int64_t: .integer */
    TD_MP_UINT, /* above INT64_MAX: .integer holds its bits */
    TD_MP_FLOAT,
    TD_MP_STR,
    TD_MP_BIN,
    TD_MP_EXT,
    TD_MP_ARRAY,
    TD_MP_MAP,
};

struct td_mp_value {
    enum td_mp_type type;
    uint32_t length; /* STR, BIN, EXT: bytes; ARRAY: elements; MAP: pairs */
    int64_t integer; /* INT, UINT, BOOL (0, 1), EXT (its type) */
    double number;   /* FLOAT */
    const char *bytes;
};

/* Reads one value: a scalar whole, of an array or map only its header (the elements follow: read them too). 0, or -1
 * when the bytes end early or are no MessagePack. Checks no UTF-8 and no depth: that is td_mp_check's. */
int td_mp_read(struct td_mp *mp, struct td_mp_value *value);

/* Steps over one whole value, with all that it contains. 0 or -1. Takes time linear in its bytes and no stack. */
int td_mp_skip(struct td_mp *mp);

/* The same of at most *values values, which are counted down; -1 when there are more. */
int td_mp_skip_some(struct td_mp *mp, uint32_t *values);

/* What languages write that don't have the type that is meant. Each makes of *value, in place, what it stands for; non-zero
 * when it is that now. A str: also of a bin that is UTF-8 (Perl's packer, Ruby's binary strings). An integer: also of a
 * float whose value is one (JavaScript's Date.now()). A map: also of an empty array (PHP has no other empty map). */
int td_mp_as_text(struct td_mp_value *value);
int td_mp_as_integer(struct td_mp_value *value);
int td_mp_as_map(struct td_mp_value *value);

#define TD_MP_MAX_DEPTH 64
#define TD_MP_MAX_PAIRS 64u

struct td_mp_limits {
    uint32_t depth;            /* containers within containers; at most TD_MP_MAX_DEPTH */
    uint32_t nodes;            /* values in all */
    const char *unchecked_key; /* the str under this key of the outermost map may be any bytes; NULL: none may */
    const char *echoed_key; /* maps in the value of this key of the outermost map may have any keys; NULL: none may */
    int any_keys;           /* all maps may */
};

/* Checks that the message is one value and nothing behind it, that no count claims more elements than there are bytes
 * left, that every str is UTF-8, that all keys are strings (or bin that is UTF-8, which is the same key), that no map has
 * one twice or more than TD_MP_MAX_PAIRS, and the limits. Where any keys are allowed they may also stand twice: what is
 * only echoed needs no more than to be MessagePack. Returns NULL when it is fine, else what is wrong, in words, and the
 * byte's position in *where. The one string that may be long, the document's text, is left to the worker that will read it
 * anyway. */
const char *td_mp_check(const void *bytes, size_t length, const struct td_mp_limits *limits, size_t *where);

/* Steps over one whole value and checks that it is what a plugin's result may be: nil, booleans, numbers, UTF-8 str, arrays,
 * maps with str keys, at most `depth` (TD_MP_MAX_DEPTH) containers within each other, and no count that claims more than
 * there are bytes. Returns NULL, or what is wrong, in words. Takes a nanosecond or two a value, and compares no keys:
 * plugins write what they like, so long as every reader can read it. */
const char *td_mp_walk(struct td_mp *mp, uint32_t depth);

/* Non-zero when `value` is the str `text`. Here, so that the length of a literal is known. */
static inline int td_mp_is(const struct td_mp_value *value, const char *text)
{
    return value->type == TD_MP_STR && strlen(text) == value->length && memcmp(value->bytes, text, value->length) == 0;
}

/* What a value is, for an error message: "a map", "a string". */
const char *td_mp_type_name(enum td_mp_type type);

/* Non-zero when `key` is a map's key of that name: the str, or the bin. */
static inline int td_mp_key_is(const struct td_mp_value *key, const char *text)
{
    return (key->type == TD_MP_STR || key->type == TD_MP_BIN) && strlen(text) == key->length &&
           memcmp(key->bytes, text, key->length) == 0;
}

/* Finds `key` in a map whose header is at mp->at; leaves *mp untouched and puts the value's position into *found.
 * 0, or -1 when mp is no map or has no such key. */
int td_mp_find(struct td_mp mp, const char *key, struct td_mp *found);

#endif
