/* mhd.h: libmicrohttpd, opened when HTTP is wanted. It brings GnuTLS along, which costs each process that is linked to
 * it a millisecond of its start and more than a megabyte of its memory: parent and workers never need it, nor does a
 * supervisor without HTTP. */
#ifndef TD_HTTP_MHD_H
#define TD_HTTP_MHD_H

#include <microhttpd.h>

#include "common/err.h"

/* X(function) */
#define TD_MHD_FUNCTIONS(X) \
    X(MHD_add_connection) \
    X(MHD_add_response_header) \
    X(MHD_create_response_from_buffer) \
    X(MHD_create_response_from_callback) \
    X(MHD_destroy_response) \
    X(MHD_get_connection_info) \
    X(MHD_get_connection_values_n) \
    X(MHD_get_daemon_info) \
    X(MHD_get_reason_phrase_for) \
    X(MHD_get_timeout) \
    X(MHD_lookup_connection_value) \
    X(MHD_lookup_connection_value_n) \
    X(MHD_queue_response) \
    X(MHD_resume_connection) \
    X(MHD_run) \
    X(MHD_set_connection_option) \
    X(MHD_start_daemon) \
    X(MHD_stop_daemon) \
    X(MHD_suspend_connection)

struct td_mhd {
#define X(name) __typeof__(&(name)) name;
    TD_MHD_FUNCTIONS(X)
#undef X
};

/* Its functions, under their own names: td_mhd.MHD_run(…). NULL until td_mhd_load. */
extern struct td_mhd td_mhd;

/* TD_E_CONFIG: it isn't installed. */
int td_mhd_load(struct td_err *err);

#endif
