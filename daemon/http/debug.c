/* debug.c: see debug.h. */
#include "daemon/http/debug.h"

#include "common/mp_buf.h"
#include "daemon/http/http.h"
#include "daemon/http/json_out.h"

/* What 256 workers and 64 plugins say of themselves is far below it. */
#define MOST_BYTES (16 << 20)
#define PIECE 16384

/* The reply that the control socket gives to `status`, byte for byte as textctl prints it. */
void td_http_debug_state(struct td_http_call *call)
{
    struct td_buf text = { .limit = MOST_BYTES };
    struct td_json_out out;
    struct td_err err;
    zmq_msg_t message;
    size_t n;

    if (td_control_status(td_http_call_http(call)->control, &message) != 0) {
        td_fail(&err, TD_E_INTERNAL, "no memory for the state");
        td_http_call_fail(call, 0, &err);
        return;
    }
    td_json_out_start(&out, zmq_msg_data(&message), zmq_msg_size(&message));
    do {
        n = td_buf_reserve(&text, PIECE) == 0 ? td_json_out_read(&out, text.bytes + text.length, PIECE) : 0;
        text.length += n;
    } while (n > 0);
    td_buf_append(&text, "\n", 1);
    zmq_msg_close(&message);
    if (text.full) {
        td_fail(&err, TD_E_INTERNAL, "no memory for the state");
        td_http_call_fail(call, 0, &err);
    } else {
        td_http_call_answer(call, 200, "application/json", text.bytes, text.length);
    }
    td_buf_free(&text);
}
