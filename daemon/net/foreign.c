/* foreign.c: see foreign.h. */
#include "daemon/net/foreign.h"

#include <string.h>

static int begins_like_http(const char *text, size_t length)
{
    static const char *const words[] = { "GET ",     "POST ",  "PUT ",     "HEAD ",        "DELETE ", "PATCH ",
                                         "OPTIONS ", "TRACE ", "CONNECT ", "PRI * HTTP/2", "HTTP/" };

    for (size_t i = 0; i < sizeof words / sizeof words[0]; i++)
        if (strlen(words[i]) <= length && memcmp(text, words[i], strlen(words[i])) == 0)
            return 1;
    return 0;
}

/* A brace or a bracket behind blanks, and perhaps a byte order mark. */
static int begins_like_json(const char *text, size_t length)
{
    size_t at = length >= 3 && memcmp(text, "\xEF\xBB\xBF", 3) == 0 ? 3 : 0;

    while (at < length && (text[at] == ' ' || text[at] == '\t' || text[at] == '\r' || text[at] == '\n'))
        at++;
    return at < length && (text[at] == '{' || text[at] == '[');
}

const char *td_foreign_words(const void *bytes, size_t length)
{
    if (begins_like_json(bytes, length))
        return "the message begins like JSON; textd takes one MessagePack map: pack the same keys and values with a "
               "MessagePack library, or give JSON lines to 'textctl annotate --jsonl FILE'";
    if (begins_like_http(bytes, length))
        return "the message begins like HTTP, which textd doesn't speak; send one MessagePack map over ZeroMQ, by a "
               "client library or textctl";
    return NULL;
}
