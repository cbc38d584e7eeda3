/* err.h: how functions fail. They return TD_OK or one of the codes below; whoever knows the story writes it, once, into
 * the caller's td_err. The words name the thing, what it was, and what would be right: they are what an operator or a
 * client reads. */
#ifndef TD_ERR_H
#define TD_ERR_H

#include <stdint.h>

#include "common/wire_errors.h"

enum td_code {
    TD_OK = 0,
#define X(name, retryable, meaning) TD_E_##name,
    TD_WIRE_ERRORS(X)
#undef X
    /* Codes that never travel to a client. */
    TD_E_SYSTEM, /* a system call failed; the text carries strerror */
    TD_E_CONFIG, /* the configuration, a command line or a model is wrong */
    TD_E_DENIED, /* the system says that we may not */
    TD_E_IN_USE, /* an endpoint or a lock is held by somebody else */
};

struct td_err {
    enum td_code code;
    char text[512]; /* one plain line (td_utf8_make_plain), NUL at the end, cut on a character border when too long */
};

/* Writes the story into *err (unless err is NULL) and returns `code`, so that a caller can `return td_fail(…)`. */
int td_fail(struct td_err *err, enum td_code code, const char *format, ...) __attribute__((format(printf, 3, 4)));

/* The name of a code as it stands on the wire ("BAD_REQUEST"); "SYSTEM" and the like for the others. Never NULL. */
const char *td_code_name(enum td_code code);

/* Whether a client may hope that the same request succeeds later. Fixed for each code, part of the protocol. */
int td_code_is_retryable(enum td_code code);

/* The one documented meaning of a code. Never NULL. */
const char *td_code_meaning(enum td_code code);

#endif
