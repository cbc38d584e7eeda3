/* client.c: the same as bare.c by libtextd. client ENDPOINT COUNT WINDOW PLUGIN < TEXT; prints seconds and processor seconds. */
#include <stdio.h>
#include <stdlib.h>

#include <textd/client.h>

#include "measure.h"

static void run(struct textd_client *client, const struct measure *m, uint64_t count)
{
    struct textd_request request = {
        .size = sizeof request, .text = m->text, .length = m->length, .plugins = &m->plugin, .n_plugins = 1
    };
    struct textd_reply *reply;
    struct textd_error error;
    uint64_t sent = 0;

    for (uint64_t received = 0; received < count; received++) {
        for (; sent < count && sent - received < m->window; sent++)
            if (textd_client_send(client, &request, NULL, &error) != TEXTD_CLIENT_OK)
                measure_die("send", error.text);
        if (textd_client_receive(client, 10000, &reply, &error) != TEXTD_CLIENT_OK)
            measure_die("receive", error.text);
        textd_reply_free(reply);
    }
}

int main(int argc, char **argv)
{
    struct measure m = measure_arguments(argc, argv);
    struct textd_client_options options = { .size = sizeof options, .endpoint = m.endpoint };
    struct textd_client *client = textd_client_open(&options, NULL);

    run(client, &m, m.count / 10);
    measure_begin(&m);
    run(client, &m, m.count);
    measure_end(&m);
    textd_client_close(client);
    free(m.text);
    return 0;
}
