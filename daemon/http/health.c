/* health.c: see health.h. */
#include "daemon/http/health.h"

void td_http_livez(struct td_http_call *call)
{
    td_http_call_answer(call, 200, "text/plain; charset=utf-8", "ok\n", 3);
}
