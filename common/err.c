/* err.c: see err.h. */
#include "common/err.h"

#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include "common/utf8.h"

static const struct {
    const char *name, *meaning;
    int retryable;
} codes[] = {
    [TD_OK] = { "OK", "no error", 0 },
#define X(name, retryable, meaning) [TD_E_##name] = { #name, meaning, retryable },
    TD_WIRE_ERRORS(X)
#undef X
        [TD_E_SYSTEM] = { "SYSTEM", "a system call failed", 0 },
    [TD_E_CONFIG] = { "CONFIG", "the configuration is wrong", 0 },
    [TD_E_DENIED] = { "DENIED", "permission is missing", 0 },
    [TD_E_IN_USE] = { "IN_USE", "somebody else holds an endpoint or a lock", 0 },
};

int td_fail(struct td_err *err, enum td_code code, const char *format, ...)
{
    va_list args;

    if (!err)
        return (int)code;
    err->code = code;
    va_start(args, format);
    int length = vsnprintf(err->text, sizeof err->text, format, args);
    va_end(args);
    if (length < 0)
        err->text[0] = 0;
    else if ((size_t)length >= sizeof err->text)
        err->text[td_utf8_cut(err->text, sizeof err->text - 1)] = 0;
    err->text[td_utf8_make_plain(err->text, strlen(err->text))] =
        0; /* it may quote anything: a key, a loader's words */
    return (int)code;
}

const char *td_code_name(enum td_code code)
{
    return (size_t)code < sizeof codes / sizeof codes[0] ? codes[code].name : "UNKNOWN";
}

int td_code_is_retryable(enum td_code code)
{
    return (size_t)code < sizeof codes / sizeof codes[0] && codes[code].retryable;
}

const char *td_code_meaning(enum td_code code)
{
    return (size_t)code < sizeof codes / sizeof codes[0] ? codes[code].meaning : "an unknown code";
}
