/* trace.h: the W3C's Trace Context (https://www.w3.org/TR/trace-context/): which request of a larger whole this is. A
 * caller sends a `traceparent`, 00-TRACE-PARENT-FLAGS; what we do for it is a span of our own, and each plugin's part of
 * that is a span, too.
 *
 * Ids are made without a system call. A plugin's follows from our span's, so that supervisor and worker come to the same
 * one without telling each other. */
#ifndef TD_TRACE_H
#define TD_TRACE_H

#include <stddef.h>
#include <stdint.h>

struct td_trace {
    uint64_t id[2];  /* the trace's, its first 16 digits in [0] */
    uint64_t parent; /* the caller's span; 0: the trace was begun here */
    uint64_t span;   /* ours; 0: there is no trace */
    uint8_t flags;   /* as they came; of a version that we don't know only the one that says "sampled" */
};

#define TD_TRACEPARENT_BYTES 55

/* Reads a traceparent and gives it a span of ours. NULL, or what is wrong with it, in words, and *trace is as it was. */
const char *td_trace_read(struct td_trace *trace, const char *text, size_t length);

/* Begins a trace: new ids, not sampled. */
void td_trace_begin(struct td_trace *trace);

/* The span of what plugin `index` does within `span`; 0 when that is 0. */
uint64_t td_trace_child(uint64_t span, uint32_t index);

/* 16 hexadecimal digits, not ended. */
void td_trace_write_span(uint64_t span, char digits[16]);

/* A trace that was begun here, for others: our span is its parent. */
void td_trace_write(const struct td_trace *trace, char text[TD_TRACEPARENT_BYTES]);

/* For the log's fields trace_id, span_id, trace_flags: as strings, or NULL when there is no trace. */
struct td_trace_words {
    char id[33], span[17], flags[3];
};
const char *td_trace_id_word(const struct td_trace *trace, struct td_trace_words *words);
const char *td_trace_span_word(uint64_t span, struct td_trace_words *words);
const char *td_trace_flags_word(const struct td_trace *trace, struct td_trace_words *words);

/* The three of them, for td_log; `span` is the trace's own or one of its children. */
#define TD_TRACE_FIELDS(trace, the_span, words) \
    TD_STR("trace_id", td_trace_id_word((trace), (words))), \
        TD_STR("span_id", td_trace_span_word((the_span), (words))), \
        TD_STR("trace_flags", td_trace_flags_word((trace), (words)))

/* ---- tracestate: what others have put beside it, key=value,key=value ---- */

#define TD_TRACESTATE_BYTES 512   /* that are kept */
#define TD_TRACESTATE_MEMBERS 32  /* likewise */
#define TD_TRACESTATE_LONG 128    /* bytes: a member with more goes first */
#define TD_TRACESTATE_READ (8192) /* longer ones are not read */

/* Cuts a tracestate down, in place, to what may be passed on: empty members, blanks around members, and later members with
 * the key of an earlier one go; then whole members, until there are no more than 32 in 512 bytes. *length is the new
 * one. NULL; or what was wrong or left out, in words: *length is 0 when it is nothing that one could pass on. */
const char *td_tracestate_tidy(char *text, size_t *length);

#endif
