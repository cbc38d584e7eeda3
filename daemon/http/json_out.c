/* json_out.c: see json_out.h. Two things may wait for room: a word (a number, a bracket, an escape) that is ready
 * and small, and a text that is as long as it likes. Only when neither does is the next value looked at. */
#include "daemon/http/json_out.h"

#include <assert.h>
#include <stdio.h>
#include <string.h>

#include "common/utf8.h"

/* A long text is checked, and written, so much at a time. */
#define STRETCH_BYTES 4096u

void td_json_out_start(struct td_json_out *o, const void *bytes, size_t length)
{
    const uint8_t *start = bytes;

    o->at = (struct td_mp) { start, start + length };
    o->depth = 0;
    o->is_begun = 0;
    o->text = NULL;
    o->word_at = o->word_length = 0;
}

static void say(struct td_json_out *o, const char *word, size_t length)
{
    assert(o->word_at == o->word_length && length <= sizeof o->word);
    memcpy(o->word, word, length);
    o->word_at = 0;
    o->word_length = (uint8_t)length;
}

static void also_say(struct td_json_out *o, const char *word, size_t length)
{
    assert(o->word_length + length <= sizeof o->word);
    memcpy(o->word + o->word_length, word, length);
    o->word_length = (uint8_t)(o->word_length + length);
}

/* ---- Texts ------------------------------------------------------------------------------------------------------- */

static void begin_text(struct td_json_out *o, const char *bytes, uint32_t length, int is_binary)
{
    also_say(o, "\"", 1);
    o->text = length > 0 ? bytes : ""; /* an empty one may point nowhere */
    o->text_left = length;
    o->text_checked = 0;
    o->is_binary = is_binary;
}

static void step(struct td_json_out *o, uint32_t n)
{
    o->text += n;
    o->text_left -= n;
    o->text_checked -= n;
}

/* How much of a text is UTF-8 from here on, as far as the next stretch goes; 0: its first byte fits nowhere. */
static uint32_t check_stretch(const struct td_json_out *o)
{
    uint32_t n =
        o->text_left < STRETCH_BYTES + 3 ? o->text_left : STRETCH_BYTES; /* what is cut off has 3 bytes at most */

    return (uint32_t)td_utf8_check(o->text, n, NULL);
}

/* A character that stands across the end of a stretch would look as if it were cut off. */
static void check_text(struct td_json_out *o)
{
    o->text_checked = check_stretch(o);
    if (o->text_checked > 0)
        return;
    say(o, "\xEF\xBF\xBD", 3); /* U+FFFD for the byte that fits nowhere */
    o->text++;
    o->text_left--;
}

/* The plain bytes at the front, and the escape behind them if it is that which ends them. */
static size_t write_plain(struct td_json_out *o, char *to, size_t max)
{
    uint32_t n = 0, most = o->text_checked < max ? o->text_checked : (uint32_t)max;

    while (n < most && !td_json_needs_escape((unsigned char)o->text[n]))
        n++;
    memcpy(to, o->text, n);
    step(o, n);
    if (n < most) {
        o->word_at = 0;
        o->word_length = (uint8_t)td_json_escape(o->word, (unsigned char)*o->text);
        step(o, 1);
    }
    return n;
}

/* Writes of the text that is open; or makes a word. */
static size_t write_text(struct td_json_out *o, char *to, size_t max)
{
    char hex[3];

    if (o->text_left == 0) {
        o->text = NULL;
        say(o, "\"", 1);
        return 0;
    }
    if (o->is_binary) {
        snprintf(hex, sizeof hex, "%02x", (unsigned char)*o->text);
        o->text++;
        o->text_left--;
        say(o, hex, 2);
        return 0;
    }
    if (o->text_checked > 0)
        return write_plain(o, to, max);
    check_text(o);
    return 0;
}

/* ---- Values ------------------------------------------------------------------------------------------------------ */

static int is_key(const struct td_json_out *o)
{
    return o->depth > 0 && o->open[o->depth - 1].is_map && o->open[o->depth - 1].left % 2 == 0;
}

/* What stands between values. */
static void separate(struct td_json_out *o)
{
    say(o, "", 0);
    if (o->depth == 0)
        return;
    if (o->open[o->depth - 1].is_map && !is_key(o))
        also_say(o, ":", 1);
    else if (o->open[o->depth - 1].has_one)
        also_say(o, ",", 1);
    o->open[o->depth - 1].has_one = 1;
}

static void write_key(struct td_json_out *o)
{
    struct td_mp_value key;
    struct td_mp after = o->at;

    int is_text = td_mp_read(&o->at, &key) == 0 && key.type == TD_MP_STR;
    if (td_mp_skip(&after) != 0) /* the message ends here: this key is the last, and null its value */
        after.at = after.end;
    o->at = after;
    begin_text(o, is_text ? key.bytes : NULL, is_text ? key.length : 0, 0);
}

static void open_container(struct td_json_out *o, const struct td_mp_value *v)
{
    int is_map = v->type == TD_MP_MAP;

    /* A header may claim what it likes: no more than there are bytes for is waited for. */
    uint64_t claimed = (uint64_t)v->length * (is_map ? 2 : 1), most = (uint64_t)(o->at.end - o->at.at);
    uint32_t left = (uint32_t)(claimed < most ? claimed : is_map ? (most + 1) / 2 * 2 : most);
    also_say(o, is_map ? "{" : "[", 1);
    o->open[o->depth].left = left;
    o->open[o->depth].is_map = (uint8_t)is_map;
    o->open[o->depth].has_one = 0;
    o->depth++;
}

static void write_container(struct td_json_out *o, const struct td_mp_value *v, struct td_mp after)
{
    if (o->depth < TD_JSON_OUT_DEPTH) {
        open_container(o, v);
        return;
    }
    if (td_mp_skip(&after) != 0)
        after.at = after.end;
    o->at = after;
    also_say(o, "null", 4);
}

/* Integers above 2^63 stand whole. */
static size_t large_integer(char out[TD_JSON_WORD_BYTES], uint64_t value)
{
    size_t n = td_json_integer(out, (int64_t)(value / 10));

    out[n] = (char)('0' + value % 10);
    return n + 1;
}

static void write_value(struct td_json_out *o)
{
    char word[TD_JSON_WORD_BYTES];
    struct td_mp start = o->at;
    struct td_mp_value v;

    if (td_mp_read(&o->at, &v) != 0) {
        o->at.at = o->at.end;
        v.type = TD_MP_NIL;
    }
    switch (v.type) {
    case TD_MP_NIL:
        also_say(o, "null", 4);
        break;
    case TD_MP_BOOL:
        also_say(o, v.integer ? "true" : "false", v.integer ? 4 : 5);
        break;
    case TD_MP_INT:
        also_say(o, word, td_json_integer(word, v.integer));
        break;
    case TD_MP_UINT:
        also_say(o, word, large_integer(word, (uint64_t)v.integer));
        break;
    case TD_MP_FLOAT:
        also_say(o, word, td_json_number(word, v.number));
        break;
    case TD_MP_STR:
    case TD_MP_BIN:
    case TD_MP_EXT:
        begin_text(o, v.bytes, v.length, v.type != TD_MP_STR);
        break;
    case TD_MP_ARRAY:
    case TD_MP_MAP:
        write_container(o, &v, start);
    }
}

/* Makes the next word, and perhaps begins a text. Zero when the value is complete. */
static int next(struct td_json_out *o)
{
    if (o->depth == 0 && o->is_begun)
        return 0;
    o->is_begun = 1;
    if (o->depth > 0 && o->open[o->depth - 1].left == 0) {
        o->depth--;
        say(o, o->open[o->depth].is_map ? "}" : "]", 1);
        return 1;
    }
    separate(o);
    int was_key = is_key(o);
    if (o->depth > 0)
        o->open[o->depth - 1].left--;
    if (was_key)
        write_key(o);
    else
        write_value(o);
    return 1;
}

size_t td_json_out_read(struct td_json_out *o, char *to, size_t max)
{
    size_t n = 0;

    while (n < max) {
        size_t ready = o->word_length - o->word_at;
        if (ready > 0) {
            ready = ready < max - n ? ready : max - n;
            memcpy(to + n, o->word + o->word_at, ready);
            o->word_at = (uint8_t)(o->word_at + ready);
            n += ready;
        } else if (o->text) {
            n += write_text(o, to + n, max - n);
        } else if (!next(o)) {
            break;
        }
    }
    return n;
}
