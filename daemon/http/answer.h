/* answer.h: a reply of the wire becomes an answer of HTTP: its status, its headers, its body. */
#ifndef TD_HTTP_ANSWER_H
#define TD_HTTP_ANSWER_H

#include <zmq.h>

#include "daemon/http/call.h"
#include "daemon/http/json_out.h"

/* Answers the call with the reply, as JSON or as the MessagePack that it is, and takes it over. A large one is
 * written as its client reads it. An empty message stands for a reply that there was no memory for. */
void td_http_answer(struct td_http_call *call, zmq_msg_t *reply, int as_msgpack);

/* A reply as a line of JSON, in pieces. */
struct td_http_line {
    struct td_json_out json;
    int is_ended;
};

/* The reply is borrowed until the last piece. */
void td_http_line_start(struct td_http_line *line, zmq_msg_t *reply);

/* As td_json_out_read; the line's end is the last byte. */
size_t td_http_line_read(struct td_http_line *line, char *to, size_t max);

#endif
