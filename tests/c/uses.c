/* uses.c: every header of ours in one file, in C or C++, used as a program would; and the numbers that programs have
 * compiled in, which no comparison of ABIs sees: they are not to change. */
#include <textd/check_options.h>
#include <textd/client.h>
#include <textd/declare.h>
#include <textd/log.h>
#include <textd/pipe.h>
#include <textd/plugin.h>
#include <textd/version.h>
#include <textd/warn.h>

#ifdef __cplusplus
#define IS(name, value) static_assert(name == value, #name)
#else
#define IS(name, value) _Static_assert(name == value, #name)
#endif

IS(TEXTD_CLIENT_OK, 0);
IS(TEXTD_CLIENT_FAILED, -1);
IS(TEXTD_CLIENT_NO_MEMORY, -2);
IS(TEXTD_CLIENT_INVALID, -3);
IS(TEXTD_CLIENT_UNREACHABLE, -4);
IS(TEXTD_CLIENT_TIMEOUT, -5);
IS(TEXTD_CLIENT_LOST, -6);
IS(TEXTD_CLIENT_NO_PROTOCOL, -7);
IS(TEXTD_CLIENT_TOO_LARGE, -8);
IS(TEXTD_CLIENT_REFUSED, -9);
IS(TEXTD_SOURCE_SYNC, 1);
IS(TEXTD_SOURCE_LINE, 1);
IS(TEXTD_SOURCE_WAIT, 2);
IS(TEXTD_SOURCE_END, 3);
IS(TEXTD_SOURCE_DONE, 4);
IS(TEXTD_SINK_SYNC, 1);
IS(TEXTD_OPTION_BOOL, 1);
IS(TEXTD_OPTION_INTEGER, 2);
IS(TEXTD_OPTION_NUMBER, 3);
IS(TEXTD_OPTION_TEXT, 4);
IS(TEXTD_ARGUMENT_BOOL, 1);
IS(TEXTD_ARGUMENT_INTEGER, 2);
IS(TEXTD_ARGUMENT_NUMBER, 3);
IS(TEXTD_ARGUMENT_TEXT, 4);
IS(TEXTD_ARGUMENT_LIST, 5);
IS(TEXTD_ARGUMENT_MAP, 6);
IS(TEXTD_NODE_NONE, 0);
IS(TEXTD_NODE_NIL, 1);
IS(TEXTD_NODE_BOOL, 2);
IS(TEXTD_NODE_INTEGER, 3);
IS(TEXTD_NODE_NUMBER, 4);
IS(TEXTD_NODE_TEXT, 5);
IS(TEXTD_NODE_BINARY, 6);
IS(TEXTD_NODE_ARRAY, 7);
IS(TEXTD_NODE_MAP, 8);
IS(TEXTD_AMOUNT_NONE, 0);
IS(TEXTD_AMOUNT_TEXT, 1);
IS(TEXTD_AMOUNT_MONEY, 2);
IS(TEXTD_AMOUNT_NUMBER, 3);
IS(TEXTD_CLIENT_NO_RESEND, 1);
IS(TEXTD_CLIENT_ASYNC, 2);

int main(void)
{
    struct textd_error error;
    struct textd_reply *reply;
    struct textd_entity entity;
    struct textd_name name;
    struct textd_sentiment sentiment;
    struct textd_summary summary;
    struct textd_summary_sentence sentence;
    struct textd_keyphrase phrase;
    struct textd_range range;
    struct textd_client *client = textd_client_open(NULL, &error);
    static struct textd_request request; /* all 0 */
    size_t n = 0;

    request.size = sizeof request;
    if (!client || textd_client_annotate(client, &request, &reply, &error) != TEXTD_CLIENT_OK)
        return 1;
    struct textd_walk walk = textd_reply_entities(reply);
    while (textd_entity_next(&walk, &entity) || textd_name_next(&walk, &name) || textd_range_next(&walk, &range) ||
           textd_sentiment_next(&walk, &sentiment) || textd_summary_sentence_next(&walk, &sentence) ||
           textd_keyphrase_next(&walk, &phrase))
        n++;
    n += (size_t)textd_reply_sentiment(reply, &sentiment) + (size_t)textd_reply_summary(reply, &summary);
    textd_reply_free(reply);
    textd_client_close(client);
    return n > 0;
}
