/* mp.c: see mp.h. The format is that of the MessagePack specification
 * (https://github.com/msgpack/msgpack/blob/master/spec.md): one lead byte, then big-endian lengths and numbers. */
#include "common/mp.h"

#include <assert.h>
#include <endian.h>
#include <stdbool.h>
#include <string.h>

#include "common/utf8.h"

static uint64_t big_endian(const uint8_t *p, unsigned bytes)
{
    uint64_t v = 0;
    uint32_t half;
    uint16_t quarter;

    switch (bytes) {
    case 1:
        return *p;
    case 2:
        memcpy(&quarter, p, sizeof quarter);
        return be16toh(quarter);
    case 4:
        memcpy(&half, p, sizeof half);
        return be32toh(half);
    case 8:
        memcpy(&v, p, sizeof v);
        return be64toh(v);
    default:
        return 0; /* none follow */
    }
}

/* What a lead byte announces: the type, how many bytes of length or number follow it, and whether they are a length. */
struct lead {
    uint8_t type;
    uint8_t follow;
    enum { INLINE, LENGTH, UNSIGNED, SIGNED, FLOATING, INVALID } how;
    uint8_t fixed; /* FIXEXT: the payload's length, when not given by bytes */
};

/* 0xc0 … 0xdf of the specification, in order; the others are the "fix" forms and computed. */
static const struct lead leads[32] = {
    { TD_MP_NIL, 0, INLINE, 0 },     { 0, 0, INVALID, 0 },
    { TD_MP_BOOL, 0, INLINE, 0 },    { TD_MP_BOOL, 0, INLINE, 0 },
    { TD_MP_BIN, 1, LENGTH, 0 },     { TD_MP_BIN, 2, LENGTH, 0 },
    { TD_MP_BIN, 4, LENGTH, 0 },     { TD_MP_EXT, 1, LENGTH, 0 },
    { TD_MP_EXT, 2, LENGTH, 0 },     { TD_MP_EXT, 4, LENGTH, 0 },
    { TD_MP_FLOAT, 4, FLOATING, 0 }, { TD_MP_FLOAT, 8, FLOATING, 0 },
    { TD_MP_INT, 1, UNSIGNED, 0 },   { TD_MP_INT, 2, UNSIGNED, 0 },
    { TD_MP_INT, 4, UNSIGNED, 0 },   { TD_MP_INT, 8, UNSIGNED, 0 },
    { TD_MP_INT, 1, SIGNED, 0 },     { TD_MP_INT, 2, SIGNED, 0 },
    { TD_MP_INT, 4, SIGNED, 0 },     { TD_MP_INT, 8, SIGNED, 0 },
    { TD_MP_EXT, 0, INLINE, 1 },     { TD_MP_EXT, 0, INLINE, 2 },
    { TD_MP_EXT, 0, INLINE, 4 },     { TD_MP_EXT, 0, INLINE, 8 },
    { TD_MP_EXT, 0, INLINE, 16 },    { TD_MP_STR, 1, LENGTH, 0 },
    { TD_MP_STR, 2, LENGTH, 0 },     { TD_MP_STR, 4, LENGTH, 0 },
    { TD_MP_ARRAY, 2, LENGTH, 0 },   { TD_MP_ARRAY, 4, LENGTH, 0 },
    { TD_MP_MAP, 2, LENGTH, 0 },     { TD_MP_MAP, 4, LENGTH, 0 },
};

/* The forms that carry their length or number in the lead byte. Non-zero when `byte` is one of them. */
static inline int read_fix_form(uint8_t byte, struct td_mp_value *v)
{
    if (byte < 0x80 || byte >= 0xe0) {
        v->type = TD_MP_INT;
        v->integer = (int8_t)byte;
    } else if (byte < 0x90) {
        v->type = TD_MP_MAP;
        v->length = byte & 0x0f;
    } else if (byte < 0xa0) {
        v->type = TD_MP_ARRAY;
        v->length = byte & 0x0f;
    } else if (byte < 0xc0) {
        v->type = TD_MP_STR;
        v->length = byte & 0x1f;
    } else {
        return 0;
    }
    return 1;
}

static void read_number(struct td_mp_value *v, const struct lead *lead, uint64_t bits)
{
    if (lead->how == UNSIGNED) {
        v->integer = (int64_t)bits;
        if (bits > INT64_MAX)
            v->type = TD_MP_UINT;
    } else if (lead->how == SIGNED) {
        assert(lead->follow > 0);
        unsigned shift = 64 - 8u * lead->follow;
        v->integer = (int64_t)(bits << shift) >> shift;
    } else if (lead->follow == 4) {
        uint32_t narrow = (uint32_t)bits;
        float f;
        memcpy(&f, &narrow, sizeof f);
        v->number = (double)f;
    } else {
        memcpy(&v->number, &bits, sizeof v->number);
    }
}

/* Reads what follows a lead byte of the table. 0, or -1. */
static int read_led_form(struct td_mp *mp, uint8_t byte, struct td_mp_value *v)
{
    const struct lead *lead = &leads[byte - 0xc0];

    if (lead->how == INVALID || (size_t)(mp->end - mp->at) < lead->follow)
        return -1;
    uint64_t bits = big_endian(mp->at, lead->follow);
    mp->at += lead->follow;
    v->type = (enum td_mp_type)lead->type;
    if (lead->how == LENGTH)
        v->length = (uint32_t)bits;
    else if (lead->how == INLINE)
        v->length = lead->fixed;
    else
        read_number(v, lead, bits);
    if (v->type == TD_MP_BOOL)
        v->integer = byte == 0xc3;
    return 0;
}

/* td_mp_read; most of what a check costs is calls of it. */
static inline int read_value(struct td_mp *mp, struct td_mp_value *v)
{
    *v = (struct td_mp_value) { .type = TD_MP_NIL };
    if (mp->at >= mp->end)
        return -1;
    uint8_t byte = *mp->at++;
    if (!read_fix_form(byte, v) && read_led_form(mp, byte, v) != 0)
        return -1;
    if (v->type != TD_MP_STR && v->type != TD_MP_BIN && v->type != TD_MP_EXT)
        return 0;
    if (v->type == TD_MP_EXT) {
        if (mp->at >= mp->end)
            return -1;
        v->integer = (int8_t)*mp->at++;
    }
    if ((size_t)(mp->end - mp->at) < v->length)
        return -1;
    v->bytes = (const char *)mp->at;
    mp->at += v->length;
    return 0;
}

int td_mp_read(struct td_mp *mp, struct td_mp_value *v)
{
    return read_value(mp, v);
}

/* Values that an array's or map's header announces behind it. */
static uint64_t elements_of(const struct td_mp_value *v)
{
    return v->type == TD_MP_ARRAY ? v->length : v->type == TD_MP_MAP ? 2 * (uint64_t)v->length : 0;
}

/* Steps over a form of the table, whose lead byte was read. The values that it announces, or -1. */
static int64_t step_over_led(struct td_mp *mp, uint8_t byte)
{
    const struct lead *lead = &leads[byte - 0xc0];

    if (lead->how == INVALID || (size_t)(mp->end - mp->at) < lead->follow)
        return -1;
    uint64_t length = lead->how == LENGTH ? big_endian(mp->at, lead->follow) : lead->fixed;
    mp->at += lead->follow;
    if (lead->type == TD_MP_ARRAY || lead->type == TD_MP_MAP)
        return (int64_t)(lead->type == TD_MP_MAP ? 2 * length : length);
    length += lead->type == TD_MP_EXT; /* its type */
    if ((uint64_t)(mp->end - mp->at) < length)
        return -1;
    mp->at += length;
    return 0;
}

/* Steps over one value, without those that an array or map announces: their number, or -1. What td_mp_read would read it to be is
 * nobody's question here, which is most of what that costs. */
static inline int64_t step_over(struct td_mp *mp)
{
    if (mp->at >= mp->end)
        return -1;
    uint8_t byte = *mp->at++;
    if (byte < 0x80 || byte >= 0xe0)
        return 0; /* a small number */
    if (byte >= 0xc0)
        return step_over_led(mp, byte);
    if (byte < 0xa0)
        return byte < 0x90 ? 2 * (byte & 0x0f) : byte & 0x0f;
    if (mp->end - mp->at < (byte & 0x1f))
        return -1;
    mp->at += byte & 0x1f;
    return 0;
}

int td_mp_skip(struct td_mp *mp)
{
    /* Each value takes a byte at least, so `pending` can't run ahead of the bytes for long. */
    for (uint64_t pending = 1; pending > 0; pending--) {
        int64_t elements = step_over(mp);
        if (elements < 0)
            return -1;
        pending += (uint64_t)elements;
    }
    return 0;
}

int td_mp_skip_some(struct td_mp *mp, uint32_t *values)
{
    for (uint64_t pending = 1; pending > 0; pending--) {
        int64_t elements = *values == 0 ? -1 : step_over(mp);
        if (elements < 0)
            return -1;
        --*values;
        pending += (uint64_t)elements;
    }
    return 0;
}

int td_mp_as_text(struct td_mp_value *value)
{
    if (value->type == TD_MP_BIN && td_utf8_check(value->bytes, value->length, NULL) == value->length)
        value->type = TD_MP_STR;
    return value->type == TD_MP_STR;
}

int td_mp_as_integer(struct td_mp_value *value)
{
    const double beyond = 0x1p63; /* the least that no int64_t is; less than that converts, and no NaN is */

    if (value->type == TD_MP_FLOAT && value->number >= -beyond && value->number < beyond &&
        (double)(int64_t)value->number == value->number) {
        value->integer = (int64_t)value->number;
        value->type = TD_MP_INT;
    }
    return value->type == TD_MP_INT;
}

int td_mp_as_map(struct td_mp_value *value)
{
    if (value->type == TD_MP_ARRAY && value->length == 0)
        value->type = TD_MP_MAP;
    return value->type == TD_MP_MAP;
}

/* Whether all bytes are ASCII, by loads that may overlap: most strings are keys of a few bytes, and td_utf8_check is made for
 * long texts. */
static inline bool is_ascii(const uint8_t *p, uint32_t n)
{
    uint64_t bits, high = 0;
    uint32_t half;

    if (n < 4) {
        for (uint32_t i = 0; i < n; i++)
            high |= p[i];
        return high < 0x80;
    }
    if (n < 8) {
        memcpy(&half, p, sizeof half);
        high = half;
        memcpy(&half, p + n - sizeof half, sizeof half);
        return ((high | half) & UINT32_C(0x80808080)) == 0;
    }
    for (uint32_t i = 0; i + sizeof bits <= n; i += (uint32_t)sizeof bits) {
        memcpy(&bits, p + i, sizeof bits);
        high |= bits;
    }
    memcpy(&bits, p + n - sizeof bits, sizeof bits);
    return ((high | bits) & UINT64_C(0x8080808080808080)) == 0;
}

/* Whether it is UTF-8. */
static bool is_text(const char *bytes, uint32_t length)
{
    return is_ascii((const uint8_t *)bytes, length) || td_utf8_check(bytes, length, NULL) == length;
}

/* The state of a check: how many values each open container still waits for, and whether it is a map. */
struct check {
    struct td_mp mp;
    const struct td_mp_limits *limits;
    size_t unchecked_length, echoed_length; /* of the keys in limits */
    uint32_t depth, nodes;
    bool text_is_next;   /* the value to come is that of limits->unchecked_key */
    bool echoed_is_next; /* the value to come is that of limits->echoed_key */
    bool is_echoed;      /* it is that, and we are in it: keys may be anything until we are back in the outermost map */
    struct level {
        uint64_t left;
        bool is_map;
        uint32_t pairs;
        struct key {
            const char *bytes;
            uint32_t length;
        } keys[TD_MP_MAX_PAIRS]; /* a map's, so far: each is compared with all */
    } open[1 + TD_MP_MAX_DEPTH]; /* the first is around all */
};

/* Whether the key stands among those of the map already. A key is its bytes, whether they were sent as str or as bin. */
static int key_is_duplicate(const struct level *in, const struct td_mp_value *key)
{
    for (uint32_t i = 0; i < in->pairs; i++)
        if (in->keys[i].length == key->length && memcmp(in->keys[i].bytes, key->bytes, key->length) == 0)
            return 1;
    return 0;
}

static const char *check_key(struct level *in, struct td_mp_value *key)
{
    if (key->type != TD_MP_STR && key->type != TD_MP_BIN)
        return "a map's key is not a string";
    if (!td_mp_as_text(key))
        return "a map's key is binary that is not valid UTF-8";
    if (in->pairs >= TD_MP_MAX_PAIRS)
        return "a map has more than 64 keys";
    if (key_is_duplicate(in, key))
        return "a key stands twice in one map";
    in->keys[in->pairs++] = (struct key) { key->bytes, key->length };
    return NULL;
}

static const char *open_container(struct check *c, const struct td_mp_value *v)
{
    uint64_t elements = elements_of(v);

    if (elements > (uint64_t)(c->mp.end - c->mp.at))
        return "an array or map claims more elements than there are bytes";
    if (c->depth >= c->limits->depth || c->depth >= TD_MP_MAX_DEPTH)
        return "containers are nested too deep";
    struct level *in = &c->open[++c->depth];
    in->left = elements;
    in->is_map = v->type == TD_MP_MAP;
    in->pairs = 0;
    return NULL;
}

static bool is_named(const struct td_mp_value *key, const char *name, size_t length)
{
    return name && (key->type == TD_MP_STR || key->type == TD_MP_BIN) && key->length == length &&
           memcmp(key->bytes, name, length) == 0;
}

/* What holds of values and keys of the outermost map alone. */
static void look_for_names(struct check *c, const struct td_mp_value *v, bool is_key)
{
    c->text_is_next = is_key && is_named(v, c->limits->unchecked_key, c->unchecked_length);
    c->echoed_is_next = is_key && is_named(v, c->limits->echoed_key, c->echoed_length);
}

/* One value: reads it, judges it, and enters it if it is a container. */
static const char *check_value(struct check *c)
{
    struct td_mp_value v;
    struct level *in = &c->open[c->depth];
    bool is_key = in->is_map && in->left % 2 == 0;

    if (read_value(&c->mp, &v) != 0)
        return "the bytes end inside a value, or are no MessagePack";
    if (++c->nodes > c->limits->nodes)
        return "there are too many values";
    if (v.type == TD_MP_STR && !c->text_is_next && !is_text(v.bytes, v.length))
        return "a string is not valid UTF-8";
    if (c->depth == 1)
        c->is_echoed = c->limits->any_keys || (!is_key && c->echoed_is_next);
    if (is_key && !c->is_echoed) {
        const char *wrong = check_key(in, &v);
        if (wrong)
            return wrong;
    }
    if (c->depth == 1)
        look_for_names(c, &v, is_key);
    in->left--;
    return v.type == TD_MP_ARRAY || v.type == TD_MP_MAP ? open_container(c, &v) : NULL;
}

const char *td_mp_check(const void *bytes, size_t length, const struct td_mp_limits *limits, size_t *where)
{
    const uint8_t *start = bytes;
    struct check
        c; /* `open` is 66 KB, and a level is written when it is entered: clearing it all cost more than the check */
    const char *wrong = NULL;

    c.mp = (struct td_mp) { start, start + length };
    c.limits = limits;
    c.unchecked_length = limits->unchecked_key ? strlen(limits->unchecked_key) : 0;
    c.echoed_length = limits->echoed_key ? strlen(limits->echoed_key) : 0;
    c.depth = c.nodes = 0;
    c.text_is_next = c.echoed_is_next = false;
    c.is_echoed = limits->any_keys;
    c.open[0].left = 1;
    c.open[0].is_map = false;

    do {
        *where = (size_t)(c.mp.at - start);
        wrong = check_value(&c);
        while (c.depth > 0 && c.open[c.depth].left == 0)
            c.depth--;
    } while (!wrong && c.depth > 0);
    if (wrong)
        return wrong;
    *where = (size_t)(c.mp.at - start);
    return c.mp.at == c.mp.end ? NULL : "there are bytes behind the message";
}

/* What td_mp_walk waits for: how many values each container around it still wants, and which of them are maps, a bit each. */
struct walk {
    struct td_mp mp;
    uint64_t left[TD_MP_MAX_DEPTH];
    uint64_t maps;
    uint32_t depth, most;
};

static const char *walk_into(struct walk *w, enum td_mp_type type, uint32_t length)
{
    uint64_t bit = UINT64_C(1) << w->depth, elements = type == TD_MP_MAP ? 2 * (uint64_t)length : length;

    if (elements > (uint64_t)(w->mp.end - w->mp.at))
        return "an array or map claims more elements than there are bytes";
    if (w->depth == w->most)
        return "containers are nested too deep";
    w->maps = type == TD_MP_MAP ? w->maps | bit : w->maps & ~bit;
    w->left[w->depth++] = elements;
    return NULL;
}

static inline const char *walk_text(struct walk *w, uint32_t length)
{
    const uint8_t *text = w->mp.at;

    if ((size_t)(w->mp.end - text) < length)
        return "the bytes end inside a value, or are no MessagePack";
    w->mp.at += length;
    if (!is_text((const char *)text, length))
        return "a string is not valid UTF-8";
    return NULL;
}

/* A value of the table of leads. Numbers are stepped over. */
static const char *walk_led(struct walk *w, uint8_t byte)
{
    const struct lead *lead = &leads[byte - 0xc0];
    struct td_mp_value v = { .type = TD_MP_NIL };

    if (lead->type == TD_MP_FLOAT || lead->type == TD_MP_INT) {
        if ((size_t)(w->mp.end - w->mp.at) < lead->follow)
            return "the bytes end inside a value, or are no MessagePack";
        w->mp.at += lead->follow;
        return NULL;
    }
    if (read_led_form(&w->mp, byte, &v) != 0)
        return "the bytes end inside a value, or are no MessagePack";
    if (v.type == TD_MP_BIN || v.type == TD_MP_EXT)
        return "binary and extensions are in no result";
    if (v.type == TD_MP_STR)
        return walk_text(w, v.length);
    return v.type == TD_MP_ARRAY || v.type == TD_MP_MAP ? walk_into(w, v.type, v.length) : NULL;
}

/* One value, no key, whose lead byte has been read. */
static inline const char *walk_value(struct walk *w, uint8_t byte)
{
    if (byte < 0x80 || byte >= 0xe0)
        return NULL; /* a small number */
    if (byte >= 0xc0)
        return walk_led(w, byte);
    if (byte >= 0xa0)
        return walk_text(w, byte & 0x1f);
    return walk_into(w, byte < 0x90 ? TD_MP_MAP : TD_MP_ARRAY, byte & 0x0f);
}

const char *td_mp_walk(struct td_mp *mp, uint32_t depth)
{
    const char *wrong = NULL;
    struct walk w;

    assert(depth <= TD_MP_MAX_DEPTH);
    w.mp = *mp; /* the stack needs no zeroes */
    w.maps = 0;
    w.depth = 0;
    w.most = depth;
    do {
        if (w.depth > 0 && w.left[w.depth - 1] == 0) {
            w.depth--;
            continue;
        }
        if (w.mp.at >= w.mp.end)
            return "the bytes end inside a value, or are no MessagePack";
        uint8_t byte = *w.mp.at++;
        if (w.depth > 0) {
            uint32_t in = w.depth - 1;
            bool is_key = (w.maps >> in & 1) && w.left[in] % 2 == 0;
            w.left[in]--;
            if (is_key && (byte < 0xa0 || byte >= 0xc0) && byte != 0xd9 && byte != 0xda && byte != 0xdb)
                return "a map's key is not a string";
        }
        wrong = walk_value(&w, byte);
    } while (!wrong && w.depth > 0);
    *mp = w.mp;
    return wrong;
}

const char *td_mp_type_name(enum td_mp_type type)
{
    static const char *const names[] = { "nil",      "a boolean", "an integer", "a number above 2^63-1",
                                         "a float",  "a string",  "binary",     "an extension",
                                         "an array", "a map" };
    return names[type];
}

int td_mp_find(struct td_mp mp, const char *key, struct td_mp *found)
{
    struct td_mp_value map, k;

    if (td_mp_read(&mp, &map) != 0 || map.type != TD_MP_MAP)
        return -1;
    for (uint32_t i = 0; i < map.length; i++) {
        if (td_mp_read(&mp, &k) != 0)
            return -1;
        if (td_mp_key_is(&k, key)) {
            *found = mp;
            return 0;
        }
        if (td_mp_skip(&mp) != 0)
            return -1;
    }
    return -1;
}
