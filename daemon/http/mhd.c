/* mhd.c: see mhd.h. */
#include "daemon/http/mhd.h"

#include <dlfcn.h>
#include <string.h>

/* The name of its ABI, the same from 0.9.38 to 1.0. */
#define LIBRARY "libmicrohttpd.so.12"

struct td_mhd td_mhd;

/* POSIX has it that a function's address is as good as an object's; C doesn't. */
#define X(name) \
    _Static_assert(sizeof td_mhd.name == sizeof(void *), "as dlsym(3) wants it"); \
    if (!(symbol = dlsym(library, #name))) \
        return td_fail(err, TD_E_CONFIG, "HTTP needs libmicrohttpd 0.9.71 or later; %s has no " #name, LIBRARY); \
    memcpy(&td_mhd.name, &symbol, sizeof symbol);

int td_mhd_load(struct td_err *err)
{
    void *library, *symbol;

    if (td_mhd.MHD_run)
        return TD_OK;
    if (!(library = dlopen(LIBRARY, RTLD_NOW | RTLD_LOCAL)))
        return td_fail(err, TD_E_CONFIG, "http.listen and http.probes need libmicrohttpd, which isn't installed: %s",
                       dlerror());
    TD_MHD_FUNCTIONS(X)
    return TD_OK;
}
#undef X
