/* request.h: a client's message, read in place. Everything that is parsed points into the frames, which the request holds
 * until its reply is out, so that it can be run again if a worker is lost. */
#ifndef TD_REQUEST_H
#define TD_REQUEST_H

#include <stdint.h>

#include <zmq.h>

#include "common/err.h"
#include "common/mp.h"
#include "common/offsets.h"
#include "common/trace.h"
#include "daemon/net/warnings.h"

#define TD_MAX_ID_BYTES 64
#define TD_MAX_LANG_BYTES 64
#define TD_MAX_TRACE_BYTES 256
#define TD_MAX_META_BYTES 4096
#define TD_MAX_META_DEPTH 8
#define TD_MAX_REQUEST_NODES 8192

/* X(number, name on the wire) */
#define TD_OPS(X) X(ANNOTATE, "annotate") X(CANCEL, "cancel") X(DESCRIBE, "describe") X(PING, "ping")

enum td_op {
#define X(name, text) TD_OP_##name,
    TD_OPS(X)
#undef X
};

struct td_slice {
    const char *bytes;
    uint32_t length;
};

/* The frames between a routing id and the message, such as the empty one that REQ sends; a reply mirrors them. */
struct td_envelope {
    uint32_t n_frames;
    char *hops; /* NULL when the only frame is an empty one; else for each frame a length byte and its bytes */
};

struct td_request {
    zmq_msg_t body;
    zmq_msg_t text_frame;
    int has_text_frame;
    int needs_no_id; /* an annotate without one is answered with nil */
    struct td_envelope envelope;
    uint32_t wrong_frames; /* non-zero: the message has that many, too many; `body` is the first behind the envelope */

    enum td_op op;
    struct td_slice id;       /* as encoded: echoed byte for byte, also one that is refused; empty: none */
    struct td_slice meta;     /* as encoded; empty: none */
    struct td_slice trace;    /* a good traceparent's bytes; empty: none was sent, or `context` was begun here */
    struct td_slice state;    /* what of `tracestate` goes on; empty: nothing */
    struct td_slice pipeline; /* the string's bytes; empty: not given */
    struct td_slice lang;     /* in its canonical form (common/lang.h); empty: not given, or not understood */
    struct td_slice text;
    struct td_mp plugins; /* at an array of strings; .at NULL: not given */
    struct td_mp options; /* at a map of maps; .at NULL: not given */
    uint64_t deadline_ns; /* from now; 0: not given */
    enum td_unit unit;
    struct td_trace context;      /* .span 0: no `trace` was sent */
    struct td_warnings *warnings; /* for the reply; NULL: none */
};

struct td_request_limits {
    uint32_t depth;
    uint64_t document_bytes;
};

/* Reads the frames that `request` holds (a language's name and a tracestate are written back as they go on). On an error the
 * words name the key, what it was and what would be right, and request->id, ->meta and what traces it are set if they
 * could be found, be it before or behind what is wrong. The warnings are the caller's to free. */
int td_request_parse(struct td_request *request, const struct td_request_limits *limits, struct td_err *err);

/* Only what every message has, whatever its op: the structure, id, meta and v. For the control socket. */
int td_request_parse_head(struct td_request *request, const struct td_request_limits *limits, struct td_err *err);

/* The names of a request's keys, NULL at the end; for describe. */
extern const char *const td_request_keys[];

/* The id as a person reads it, for the log: 42, text as it is, binary as hexadecimal, cut after TD_MAX_ID_BYTES; "" when there
 * is none, or one of a wrong type. */
#define TD_ID_TEXT_BYTES (2 * TD_MAX_ID_BYTES + 1)
const char *td_request_id_text(const struct td_request *request, char text[TD_ID_TEXT_BYTES]);

const char *td_op_name(enum td_op op);

#endif
