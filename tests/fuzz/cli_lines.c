/* cli_lines.c: any bytes as what `textctl annotate --jsonl` reads: torn into lines as they come, each taken as a document, and
 * each one's line of output written. That must be JSON. The first byte says where reading stops for a moment. */
#include <assert.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <jansson.h>

#include "clients/cli/lib/lines.h"
#include "clients/cli/annotate/slot.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

#define LINE_BYTES 4096u
#define MOST 60000u /* fits a pipe */

/* Every line that is printed is one value. */
static void check_output(struct slot *slot)
{
    size_t length = 0;
    char *text = NULL;
    FILE *out = open_memstream(&text, &length);

    assert(out);
    if (slot->state != SLOT_DONE) /* it would be sent; no server answers */
        slot_fail(slot, "NO_SERVER", "nobody answers line %llu", (unsigned long long)slot->line);
    slot_print(slot, 0, out);
    fclose(out);
    json_t *json = json_loadb(text, length, JSON_ALLOW_NUL, NULL);
    assert(json && length > 0 && text[length - 1] == '\n' && !memchr(text, '\n', length - 1));
    json_decref(json);
    free(text);
}

/* All lines that are there now. */
static enum lines_state take_lines(struct lines *lines)
{
    const char *line = NULL;
    enum lines_state state;
    size_t length = 0;

    while ((state = lines_next(lines, 0, &line, &length)) == LINES_LINE || state == LINES_TOO_LONG) {
        struct slot slot = { 0 };
        if (state == LINES_TOO_LONG)
            continue;
        slot_read(&slot, line, length, lines->number, 1024);
        check_output(&slot);
        slot_clear(&slot);
    }
    return state;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    size_t length = size > 1 ? size - 1 : 0;
    struct lines lines;
    int ends[2];

    length = length < MOST ? length : MOST;
    size_t first = size > 0 ? length * data[0] / 255 : 0;
    assert(pipe2(ends, O_CLOEXEC | O_NONBLOCK) == 0);
    lines_start(&lines, ends[0], LINE_BYTES);
    assert(write(ends[1], data + 1, first) == (ssize_t)first);
    take_lines(&lines);
    assert(write(ends[1], data + 1 + first, length - first) == (ssize_t)(length - first));
    close(ends[1]);
    assert(take_lines(&lines) == LINES_END);
    lines_finish(&lines);
    close(ends[0]);
    return 0;
}
