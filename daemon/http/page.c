/* page.c: see page.h. */
#include "daemon/http/page.h"

#include <assert.h>
#include <string.h>

#define TD_HTTP_PAGE_BYTES
#include "page_files.h"

static const struct {
    const char *path, *type, *tag;
    const unsigned char *bytes;
    size_t length;
} files[] = {
#define X(path, name, type, tag) { path, type, tag, page_##name, sizeof page_##name },
    TD_HTTP_PAGE_FILES(X)
#undef X
};

/* Nothing from elsewhere, nothing inline, no markup made from text (trusted types), no frame around it. */
static const char policy[] =
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; connect-src 'self'; "
    "base-uri 'none'; form-action 'none'; frame-ancestors 'none'; "
    "require-trusted-types-for 'script'; trusted-types 'none'";

void td_http_page(struct td_http_call *call)
{
    const char *path = td_http_call_route(call)->path, *known = td_http_call_header(call, "If-None-Match");
    size_t i = 0;

    while (strcmp(files[i].path, path) != 0) {
        i++;
        assert(i < sizeof files / sizeof files[0]); /* the routes are made of the same list */
    }
    /* It may be kept, and is asked for each time: another textd may be here tomorrow. */
    td_http_call_set_header(call, "Cache-Control", "no-cache");
    td_http_call_set_header(call, "ETag", files[i].tag);
    td_http_call_set_header(call, "Content-Security-Policy", policy);
    td_http_call_set_header(call, "Referrer-Policy", "no-referrer");
    td_http_call_set_header(call, "Cross-Origin-Resource-Policy", "same-origin");
    if (known && strstr(known, files[i].tag))
        td_http_call_answer(call, 304, NULL, "", 0);
    else
        td_http_call_answer(call, 200, files[i].type, files[i].bytes, files[i].length);
}
