/* result.c: see result.h. */
#include "daemon/worker/result.h"

#include <math.h>
#include <string.h>

#include "common/utf8.h"
#include "common/utf8_units.h"

#define HEAD_BYTES 5u
#define CLOSE_UP_BYTES 1024u /* above this the saved bytes are not worth moving the content */

size_t td_head_open(struct td_buf *out)
{
    static const char room[HEAD_BYTES];
    size_t head = out->length;

    td_buf_append(out, room, sizeof room);
    return head;
}

void td_head_close(struct td_buf *out, size_t head, uint32_t count, int is_map)
{
    if (out->full)
        return;
    unsigned char *p = (unsigned char *)out->bytes + head;
    size_t content = out->length - head - HEAD_BYTES;

    if (count < 16 && content <= CLOSE_UP_BYTES) {
        p[0] = (unsigned char)((is_map ? 0x80 : 0x90) | count);
        memmove(p + 1, p + HEAD_BYTES, content);
        out->length -= HEAD_BYTES - 1;
        return;
    }
    p[0] = is_map ? 0xdf : 0xdd;
    p[1] = (unsigned char)(count >> 24);
    p[2] = (unsigned char)(count >> 16);
    p[3] = (unsigned char)(count >> 8);
    p[4] = (unsigned char)count;
}

void td_result_begin(struct td_document *doc, struct td_buf *out, size_t limit)
{
    doc->mistake.code = TD_OK;
    doc->is_too_large = 0;
    doc->was_refused = 0;
    doc->result.out = out;
    doc->result.limit = out->length + limit;
    doc->result.depth = 0;
    doc->result.n_values = 0;
}

static int is_full(const struct td_result *r)
{
    return r->out->full || r->out->length > r->limit;
}

/* No breach of the ABI's rules: a limit of the operator's, which a document may run into through nobody's fault. */
static void note_too_large(struct td_document *doc)
{
    doc->is_too_large |= doc->mistake.code == TD_OK;
    td_document_mistake(doc, "its result is larger than limits.reply_bytes");
}

int32_t td_result_end(struct td_document *doc)
{
    struct td_result *r = &doc->result;

    if (doc->mistake.code == TD_OK && r->depth > 0)
        td_document_mistake(doc, "its result has %u arrays or maps without an end", r->depth);
    if (doc->mistake.code == TD_OK && r->n_values == 0)
        td_result_write_nil(&doc->shown);
    if (doc->mistake.code == TD_OK && is_full(r))
        note_too_large(doc);
    return doc->mistake.code == TD_OK ? TEXTD_OK : TEXTD_INVALID;
}

/* Why a value may not stand here; NULL when it may. */
static const char *value_is_wrong(const struct td_result *r)
{
    if (r->depth == 0)
        return r->n_values > 0 ? "its result has two values at the top; write one map or array" : NULL;
    if (r->open[r->depth - 1].is_map && !r->open[r->depth - 1].has_key)
        return "its result has a value without a key in a map";
    return NULL;
}

/* Counts a value that may stand here where it belongs. */
static inline int count_value(struct td_result *r)
{
    if (r->depth == 0) {
        r->n_values++;
        return 1;
    }
    r->open[r->depth - 1].has_key = 0;
    r->open[r->depth - 1].count++;
    return 1;
}

/* Called before every value. Zero when it may not stand here. */
static inline int begin_value(struct td_document *doc)
{
    struct td_result *r = &doc->result;

    if (doc->mistake.code != TD_OK)
        return 0;
    const char *wrong = value_is_wrong(r);
    if (!is_full(r) && !wrong)
        return count_value(r);
    if (is_full(r))
        note_too_large(doc);
    else
        td_document_mistake(doc, "%s", wrong);
    return 0;
}

static void container_begin(struct textd_doc *shown, int is_map)
{
    struct td_document *doc = td_document_of(shown);
    struct td_result *r = &doc->result;

    if (!begin_value(doc))
        return;
    if (r->depth == TD_MAX_RESULT_DEPTH) {
        td_document_mistake(doc, "its result is nested deeper than %d", TD_MAX_RESULT_DEPTH);
        return;
    }
    r->open[r->depth++] = (struct td_open_container) { .head = td_head_open(r->out), .is_map = (uint8_t)is_map };
}

static void container_end(struct textd_doc *shown, int is_map)
{
    struct td_document *doc = td_document_of(shown);
    struct td_result *r = &doc->result;

    if (doc->mistake.code != TD_OK)
        return;
    if (r->depth == 0 || r->open[r->depth - 1].is_map != is_map || r->open[r->depth - 1].has_key) {
        td_document_mistake(doc, "its result ends %s that was not begun or waits for a value",
                            is_map ? "a map" : "an array");
        return;
    }
    struct td_open_container *in = &r->open[--r->depth];
    td_head_close(r->out, in->head, in->count, is_map);
}

void td_result_map_begin(struct textd_doc *doc)
{
    container_begin(doc, 1);
}

void td_result_map_end(struct textd_doc *doc)
{
    container_end(doc, 1);
}

void td_result_array_begin(struct textd_doc *doc)
{
    container_begin(doc, 0);
}

void td_result_array_end(struct textd_doc *doc)
{
    container_end(doc, 0);
}

/* The head of a str, as MessagePack has it, into `p` of 5 bytes; its length. */
static inline size_t write_str_head(unsigned char *p, uint64_t length)
{
    if (length < 32) {
        p[0] = (unsigned char)(0xa0 | length);
        return 1;
    }
    if (length < 256) {
        p[0] = 0xd9;
        p[1] = (unsigned char)length;
        return 2;
    }
    if (length < 65536) {
        p[0] = 0xda;
        p[1] = (unsigned char)(length >> 8);
        p[2] = (unsigned char)length;
        return 3;
    }
    p[0] = 0xdb;
    for (int i = 0; i < 4; i++)
        p[1 + i] = (unsigned char)(length >> (24 - 8 * i));
    return 5;
}

/* Most strings: fewer than 16 bytes of ASCII, for which there is room. They are looked at and copied at once, by two
 * words that may overlap. Zero, and nothing is written, when it is another one. */
static inline int put_short(struct td_result *r, const char *bytes, uint64_t n)
{
    struct td_buf *out = r->out;

    if (n > 15 || out->capacity - out->length < n + 1 || out->length + n > r->limit)
        return 0;
    char *to = out->bytes + out->length + 1;
    if (n >= 8) {
        uint64_t first, last;
        memcpy(&first, bytes, 8);
        memcpy(&last, bytes + n - 8, 8);
        if ((first | last) & TD_EACH_BYTE * 0x80)
            return 0;
        memcpy(to, &first, 8);
        memcpy(to + n - 8, &last, 8);
    } else if (n >= 4) {
        uint32_t first, last;
        memcpy(&first, bytes, 4);
        memcpy(&last, bytes + n - 4, 4);
        if ((first | last) & 0x80808080u)
            return 0;
        memcpy(to, &first, 4);
        memcpy(to + n - 4, &last, 4);
    } else {
        for (uint64_t i = 0; i < n; i++) {
            if (bytes[i] & 0x80)
                return 0;
            to[i] = bytes[i];
        }
    }
    to[-1] = (char)(0xa0 | n);
    out->length += n + 1;
    return 1;
}

/* A string, checked: what one plugin writes wrong would make the whole reply unreadable for strict clients. Written
 * here and not by msgpack-c, since results are strings for the most part, short ones, and this takes half of the time. */
static void put_text(struct td_document *doc, const char *bytes, uint64_t length)
{
    struct td_result *r = &doc->result;

    if (put_short(r, bytes, length))
        return;
    if (length > r->limit || r->out->length > r->limit - length) {
        note_too_large(doc);
        return;
    }
    if (td_utf8_check(bytes, length, NULL) != length) {
        td_document_mistake(doc, "its result has a text that is not valid UTF-8");
        return;
    }
    if (r->out->capacity - r->out->length < length + HEAD_BYTES && td_buf_reserve(r->out, length + HEAD_BYTES) != 0)
        return;
    r->out->length += write_str_head((unsigned char *)r->out->bytes + r->out->length, length);
    td_buf_append(r->out, bytes, length);
}

void td_result_write_key(struct textd_doc *shown, const char *key)
{
    struct td_document *doc = td_document_of(shown);
    struct td_result *r = &doc->result;

    if (doc->mistake.code != TD_OK)
        return;
    if (r->depth == 0 || !r->open[r->depth - 1].is_map || r->open[r->depth - 1].has_key) {
        td_document_mistake(doc, "its result has the key '%.40s' where none belongs", key);
        return;
    }
    r->open[r->depth - 1].has_key = 1;
    put_text(doc, key, strlen(key));
}

void td_result_write_text(struct textd_doc *shown, const char *bytes, uint64_t length)
{
    struct td_document *doc = td_document_of(shown);

    if (begin_value(doc))
        put_text(doc, bytes, length);
}

void td_result_write_integer(struct textd_doc *shown, int64_t value)
{
    struct td_document *doc = td_document_of(shown);

    if (!begin_value(doc))
        return;
    msgpack_packer packer = td_buf_packer(doc->result.out);
    msgpack_pack_int64(&packer, value);
}

void td_result_write_number(struct textd_doc *shown, double value)
{
    struct td_document *doc = td_document_of(shown);

    if (!begin_value(doc))
        return;
    if (!isfinite(value)) {
        td_document_mistake(doc, "its result has a number that is not finite");
        return;
    }
    msgpack_packer packer = td_buf_packer(doc->result.out);
    msgpack_pack_double(&packer, value);
}

void td_result_write_bool(struct textd_doc *shown, int32_t value)
{
    struct td_document *doc = td_document_of(shown);

    if (!begin_value(doc))
        return;
    msgpack_packer packer = td_buf_packer(doc->result.out);
    if (value)
        msgpack_pack_true(&packer);
    else
        msgpack_pack_false(&packer);
}

void td_result_write_nil(struct textd_doc *shown)
{
    struct td_document *doc = td_document_of(shown);

    if (!begin_value(doc))
        return;
    msgpack_packer packer = td_buf_packer(doc->result.out);
    msgpack_pack_nil(&packer);
}

static int offset_is_wrong(struct td_document *doc, uint32_t at)
{
    if (td_document_is_border(doc, at))
        return 0;
    td_document_mistake(doc, "its result has the offset %u, which is %s", at,
                        at > doc->shown.text_length ? "behind the text" : "inside a character");
    return 1;
}

void td_result_write_offset(struct textd_doc *shown, uint32_t offset)
{
    struct td_document *doc = td_document_of(shown);

    if (!begin_value(doc) || offset_is_wrong(doc, offset))
        return;
    msgpack_packer packer = td_buf_packer(doc->result.out);
    msgpack_pack_uint32(&packer, td_offsets_convert(&doc->offsets, offset));
}

void td_result_write_span(struct textd_doc *shown, struct textd_span span)
{
    struct td_document *doc = td_document_of(shown);

    if (!begin_value(doc) || offset_is_wrong(doc, span.start) || offset_is_wrong(doc, span.end))
        return;
    msgpack_packer packer = td_buf_packer(doc->result.out);
    msgpack_pack_array(&packer, 2);
    msgpack_pack_uint32(&packer, td_offsets_convert(&doc->offsets, span.start));
    msgpack_pack_uint32(&packer, td_offsets_convert(&doc->offsets, span.end));
}

void td_result_write_slice(struct textd_doc *shown, struct textd_span span)
{
    struct td_document *doc = td_document_of(shown);

    if (!begin_value(doc) || offset_is_wrong(doc, span.start) || offset_is_wrong(doc, span.end))
        return;
    if (span.start > span.end)
        td_document_mistake(doc, "its result has a slice [%u, %u)", span.start, span.end);
    else
        put_text(doc, doc->shown.text + span.start, span.end - span.start);
}
