/* request.c: any bytes as a request: read as the supervisor reads them, and echoed as it would echo them. What is echoed
 * must be MessagePack that a strict reader takes. */
#include <assert.h>
#include <string.h>

#include "common/lang.h"
#include "common/utf8.h"
#include "daemon/net/request.h"

/* What goes back of a trace is what others can follow, and stays as it is when they cut it. */
static void check_trace(const struct td_request *request)
{
    char state[TD_TRACESTATE_BYTES];
    size_t length = request->state.length;

    assert(!request->trace.bytes || (request->context.span != 0 && request->context.parent != 0));
    assert(length == 0 || (request->trace.bytes && length <= sizeof state));
    if (request->trace.bytes)
        assert(!td_trace_read(&(struct td_trace) { 0 }, request->trace.bytes, request->trace.length));
    if (length > 0)
        memcpy(state, request->state.bytes, length);
    assert(!td_tracestate_tidy(state, &length) && length == request->state.length);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

/* What is given back byte for byte must be one whole value, with strings in UTF-8. */
static void check_echo(const struct td_slice *slice)
{
    const struct td_mp_limits limits = { .depth = TD_MP_MAX_DEPTH, .nodes = UINT32_MAX, .any_keys = 1 };
    size_t where;

    if (slice->length > 0)
        assert(td_mp_check(slice->bytes, slice->length, &limits, &where) == NULL);
}

/* What a plugin sees is in its one form already. */
static void check_lang(const struct td_slice *lang)
{
    char tag[TD_MAX_LANG_BYTES];
    size_t length;

    if (lang->length == 0)
        return;
    assert(td_lang_canonical(lang->bytes, lang->length, tag, &length) == TD_LANG_TAG);
    assert(length == lang->length && memcmp(tag, lang->bytes, length) == 0);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    const struct td_request_limits limits = { .depth = 16, .document_bytes = 1 << 20 };
    struct td_request request = { .has_text_frame = size > 0 && (data[0] & 1) };
    struct td_err err = { 0 };
    char id[TD_ID_TEXT_BYTES];

    zmq_msg_init_size(&request.body, size);
    memcpy(zmq_msg_data(&request.body), data, size);
    zmq_msg_init_size(&request.text_frame, 3);
    memcpy(zmq_msg_data(&request.text_frame), "abc", 3);
    int rc = td_request_parse(&request, &limits, &err);
    assert(rc == TD_OK || (rc == (int)err.code && err.text[0]));
    check_echo(&request.id);
    check_echo(&request.meta);
    check_trace(&request);
    check_lang(&request.lang);
    td_request_id_text(&request, id);
    if (request.warnings) {
        struct td_buf packed = { .limit = 1 << 16 };
        td_warnings_pack(request.warnings, &packed);
        check_echo(&(struct td_slice) { packed.bytes, (uint32_t)packed.length });
        td_buf_free(&packed);
        td_warnings_free(&request.warnings);
    }
    zmq_msg_close(&request.body);
    zmq_msg_close(&request.text_frame);
    return 0;
}
