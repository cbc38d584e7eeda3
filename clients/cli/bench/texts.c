/* texts.c: what `textctl bench` sends: files, the lines of a batch, or texts of our own; all in memory before
 * the first one is sent, so that reading doesn't disturb the measuring. */
#include "clients/cli/bench/bench.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "clients/cli/lib/document.h"
#include "clients/cli/lib/lines.h"
#include "clients/cli/annotate/slot.h"

#define MOST_BYTES (256u << 20) /* of a batch's texts: beyond, they are more of the same */

/* A review, a piece of news, a post, a letter, a note: of the lengths that people send, on average 600 bytes. */
static const char *const our_texts[] = {
    "We stayed at the Harbour View for three nights in May. The room was spotless and the bed was the best I have "
    "slept in "
    "for years, but the lift was broken and nobody told us until we had carried our bags up four floors! Breakfast was "
    "lovely: fresh bread, good coffee, and a waiter called Tomas who remembered what we liked. Would we come back? "
    "Yes, "
    "though not at $240 a night.",
    "Northfield Systems Inc. said on Tuesday that it will buy the Danish chip designer Aarhus Micro for $1.2 billion "
    "in "
    "cash and shares. The deal, which still needs the approval of the European Commission, is expected to close by 31 "
    "March 2026. \"This is the most important step in our history,\" said Dr. Helen Byrne, who has led the company "
    "since "
    "2019. Shares of Northfield fell 4.5% in early trading in New York, while the Nasdaq was little changed. Analysts "
    "had "
    "warned that the price was high: Aarhus Micro lost 38 million euros last year on sales of 210 million. The two "
    "companies together employ some 12,000 people in Boston, Copenhagen and Taipei, and Ms. Byrne would not rule out "
    "cuts. \"We will look at everything,\" she said. The offer values each share at $61.40, a fifth more than Monday's "
    "close.",
    "ok so the new update is... actually good?? battery lasts all day now \xF0\x9F\x98\x8D but WHY did they move the "
    "search button again :( took me 10 min to find it. 7/10, would update again @support thx",
    "Dear Mr. Okafor,\n\nThank you for your letter of 3 June. I am sorry that the table arrived with a scratch, and I "
    "understand how annoying that must have been after a wait of six weeks. A replacement left our warehouse in Leeds "
    "this "
    "morning and should reach you by Friday at the latest; the driver will take the old one away, so please don't send "
    "it "
    "back yourself. We have also refunded the delivery charge of \xC2\xA3"
    "35.00 to your card.\n\nIf anything else is "
    "wrong, call me directly at 0113 496 0142 or write to j.lindqvist@example.com.\n\nYours sincerely,\nJana "
    "Lindqvist\n"
    "Customer Care, Lindqvist & Sons Ltd.\n",
    "The river rose by two metres in one night. By morning the lower town was under water, and the bridge that had "
    "stood "
    "since 1874 was gone. Nobody was hurt, which the mayor called a miracle. Volunteers from all over the county came "
    "with "
    "boats, blankets and soup. \"I have never seen anything like it,\" said one of them. \"And I hope I never will "
    "again.\"",
};

static int add(struct bench_texts *texts, const char *bytes, size_t length)
{
    if (texts->n == texts->room) {
        size_t room = texts->room ? 2 * texts->room : 64;
        struct bench_text *grown = realloc(texts->items, room * sizeof *grown);
        if (!grown)
            return -1;
        texts->items = grown;
        texts->room = room;
    }
    texts->items[texts->n++] = (struct bench_text) { bytes, length };
    texts->bytes += length;
    return 0;
}

static int add_copy(struct bench_texts *texts, const char *bytes, size_t length)
{
    char *copy = malloc(length + 1);

    if (copy)
        memcpy(copy, bytes, length);
    if (copy && add(texts, copy, length) == 0)
        return CLI_OK;
    free(copy);
    cli_complain("out of memory for the texts");
    return CLI_SOME_FAILED;
}

static int read_files(struct bench_texts *texts, const struct cli *cli, uint64_t document_bytes)
{
    struct document document;
    char why[256];
    int rc = CLI_OK;

    for (int i = 0; i < cli->n_files && rc == CLI_OK; i++) {
        if (document_read(&document, cli->files[i], document_bytes, why, sizeof why) == DOCUMENT_READ) {
            rc = add_copy(texts, document.text, document.length);
        } else {
            cli_complain("%s: %s", cli->files[i], why);
            rc = CLI_SOME_FAILED;
        }
        document_free(&document);
    }
    return rc;
}

/* A line that is wrong ends it: a figure of some of a file would be taken for that of the file. */
static int add_line(struct bench_texts *texts, const char *line, size_t length, uint64_t number,
                    uint64_t document_bytes)
{
    struct slot slot;
    int rc = CLI_SOME_FAILED;

    slot_read(&slot, line, length, number, document_bytes);
    if (slot.text)
        rc = add_copy(texts, json_string_value(slot.text), json_string_length(slot.text));
    else
        cli_complain("%s", slot.message);
    slot_clear(&slot);
    return rc;
}

static int is_blank(const char *line, size_t length)
{
    while (length > 0 && strchr(" \t\r", line[length - 1]) && line[length - 1])
        length--;
    return length == 0;
}

static int read_lines(struct bench_texts *texts, const char *path, uint64_t document_bytes)
{
    int fd = strcmp(path, "-") == 0 ? STDIN_FILENO : open(path, O_RDONLY | O_CLOEXEC), rc = CLI_OK;
    enum lines_state state = LINES_LINE;
    const char *line = NULL;
    size_t length = 0;
    struct lines lines;

    if (fd < 0) {
        cli_complain("can't read %s: %s", path, strerror(errno));
        return CLI_SOME_FAILED;
    }
    lines_start(&lines, fd, 6 * document_bytes + 65536);
    while (rc == CLI_OK && !texts->is_incomplete && (state = lines_next(&lines, 1, &line, &length)) == LINES_LINE) {
        if (!is_blank(line, length))
            rc = add_line(texts, line, length, lines.number, document_bytes);
        texts->is_incomplete = texts->bytes > MOST_BYTES;
    }
    if (rc == CLI_OK && (state == LINES_TOO_LONG || state == LINES_FAILED)) {
        cli_complain(state == LINES_FAILED ? "can't read %s: %s" : "%s: a line is too long", path, strerror(errno));
        rc = CLI_SOME_FAILED;
    }
    lines_finish(&lines);
    if (fd != STDIN_FILENO)
        close(fd);
    return rc;
}

static int take_ours(struct bench_texts *texts)
{
    texts->is_ours = 1;
    for (size_t i = 0; i < sizeof our_texts / sizeof our_texts[0]; i++)
        if (add(texts, our_texts[i], strlen(our_texts[i])) != 0)
            return CLI_SOME_FAILED;
    return CLI_OK;
}

int bench_texts_read(struct bench_texts *texts, const struct cli *cli, uint64_t document_bytes)
{
    *texts = (struct bench_texts) { 0 };
    if (!cli->jsonl && cli->n_files == 0)
        return take_ours(texts);
    int rc = cli->jsonl ? read_lines(texts, cli->jsonl, document_bytes) : read_files(texts, cli, document_bytes);
    if (rc == CLI_OK && texts->n == 0) {
        cli_complain("%s has no text", cli->jsonl ? cli->jsonl : cli->files[0]);
        rc = CLI_SOME_FAILED;
    }
    return rc;
}

void bench_texts_free(struct bench_texts *texts)
{
    for (size_t i = 0; i < texts->n && !texts->is_ours; i++)
        free((char *)(uintptr_t)texts->items[i].bytes);
    free(texts->items);
}
