/* page.h: the page for people: a text is pasted, what was found is shown in it, and beside it what goes on. Its files lie in
 * page/ and are compiled in (cmake/Page.cmake), so that nothing has to be installed, found or kept from changing. They are the
 * same in every textd and need no token: all that they show comes from /v1/. */
#ifndef TD_HTTP_PAGE_H
#define TD_HTTP_PAGE_H

#include "daemon/http/call.h"

/* Of each of the page's paths. */
void td_http_page(struct td_http_call *call);

#endif
