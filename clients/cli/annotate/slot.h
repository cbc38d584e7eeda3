/* slot.h: a line of a batch on its way from the input to the output. */
#ifndef CLI_SLOT_H
#define CLI_SLOT_H

#include <stddef.h>
#include <stdint.h>
#include <stdio.h>

#include <jansson.h>
#include <textd/client.h>

#include "clients/cli/annotate/output.h"

enum slot_state {
    SLOT_FREE,
    SLOT_TO_SEND,
    SLOT_SENT,
    SLOT_DONE, /* has a reply, or an error of our own */
    SLOT_PRINTED,
};

struct slot {
    enum slot_state state;
    uint64_t line;     /* in the input, from 1 */
    uint64_t end_byte; /* of the input, behind the line */
    json_t *object;
    json_t *text; /* borrowed from `object`; NULL when the line is wrong */
    struct textd_reply *reply;
    const char *code; /* of our own error; NULL: there is a reply */
    char message[200];
    uint64_t give_up_ns; /* when a server that went away is no longer waited for; 0: was never sent */
};

/* Reads a line. The slot becomes SLOT_TO_SEND, or SLOT_DONE with an error that says what is wrong with the line. */
void slot_read(struct slot *slot, const char *line, size_t length, uint64_t number, uint64_t document_bytes);

/* Makes it SLOT_DONE with this error. */
void slot_fail(struct slot *slot, const char *code, const char *format, ...) __attribute__((format(printf, 3, 4)));

/* Bytes of text that it holds. */
size_t slot_bytes(const struct slot *slot);

/* Writes the line of the output. `is_numbered`: what leads to the input's line stands elsewhere in it. */
void slot_print(const struct slot *slot, int is_numbered, FILE *out);

/* Gives it to the output's form, and says on standard error what has failed. -1: it could not be written, which is
 * said, too. */
int slot_put(const struct slot *slot, struct output *output);

/* Frees what it holds, and makes it SLOT_FREE. */
void slot_clear(struct slot *slot);

#endif
