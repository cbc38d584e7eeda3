/* cli_reply.c: any bytes as a reply, as textctl shows it: as JSON, which must be JSON, as the report for people, and as each of
 * the control socket's lists. */
#include <assert.h>
#include <stdlib.h>
#include <string.h>

#include <jansson.h>

#include "clients/c/reply.h"
#include "clients/cli/lib/json.h"
#include "clients/cli/annotate/line.h"
#include "clients/cli/annotate/report.h"
#include "clients/cli/operate/status.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

/* Jansson takes no NUL in a key, which JSON does. */
static void check_is_json(const char *text, size_t length)
{
    json_error_t error;
    json_t *json = json_loadb(text, length, JSON_ALLOW_NUL, &error);

    assert(json || json_error_code(&error) == json_error_null_byte_in_key);
    json_decref(json);
}

static void check_json(const struct textd_reply *reply)
{
    size_t length = 0;
    char *text = NULL;
    FILE *out = open_memstream(&text, &length);

    assert(out);
    json_node(out, textd_reply_root(reply));
    fclose(out);
    check_is_json(text, length);
    free(text);
    out = open_memstream(&text, &length);
    assert(out);
    fputs("{\"id\":1", out);
    line_reply_rest(out, reply);
    fclose(out);
    check_is_json(text, length);
    free(text);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    static char words[] = "Anna paid \xC3\xA9 5 in Berlin. She left.";
    struct document document = { words, sizeof words - 1 };
    struct textd_error error = { 0 };
    zmq_msg_t body;

    zmq_msg_init_size(&body, size);
    if (size > 0)
        memcpy(zmq_msg_data(&body), data, size);
    struct textd_reply *reply = reply_from(&body, "ipc:///a/b", &error);
    if (!reply) {
        assert(error.text[0]);
        return 0;
    }
    FILE *out = fopen("/dev/null", "w");
    assert(out);
    struct textd_node root = textd_reply_root(reply);
    struct term term = { .out = out, .width = 60, .has_color = 1 };
    check_json(reply);
    report_print(&term, "a name", &document, reply, 1000000);
    status_head(out, root);
    status_workers(out, textd_node_find(root, "workers"));
    status_plugins(out, textd_node_find(root, "plugins"), textd_node_find(root, "before"), 1);
    fclose(out);
    textd_reply_free(reply);
    return 0;
}
