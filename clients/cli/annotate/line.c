/* line.c: see line.h. */
#include "clients/cli/annotate/line.h"

#include <string.h>

#include "clients/cli/lib/json.h"

void line_reply_rest(FILE *out, const struct textd_reply *reply)
{
    static const char *const skipped[] = { "v", "id", NULL };

    json_pairs(out, textd_reply_root(reply), skipped);
    fputs("}\n", out);
}

void line_error_rest(FILE *out, const char *code, const char *message)
{
    fprintf(out, ",\"ok\":false,\"error\":{\"code\":\"%s\",\"message\":", code);
    json_text(out, message, strlen(message));
    fputs(",\"retryable\":false}}\n", out);
}
