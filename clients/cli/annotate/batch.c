/* batch.c: see batch.h. Documents pass through a ring of slots: read at its tail, sent, answered in any order, printed
 * in the input's order from its head (or at once with --unordered). The ring is a few times what may be in flight, so
 * that one slow document does not hold up the sending at once; it, and the bytes in it, bound the memory. */
#include "clients/cli/annotate/batch.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "clients/cli/lib/lines.h"
#include "clients/cli/lib/progress.h"
#include "clients/cli/annotate/slot.h"
#include "common/clock.h"

#define DEFAULT_IN_FLIGHT 64
#define RING_FACTOR 4
#define HELD_BYTES (64u << 20) /* of texts in the ring; a single larger one passes alone */
#define DEFAULT_TIMEOUT_MS 35000
#define UNREACHABLE_RETRY_MS 100
#define LOOK_MS 20 /* how often the input is looked at while replies are waited for */
#define MS UINT64_C(1000000)

struct batch {
    struct session *session;
    struct output *output;
    struct outcome *outcome;
    struct lines lines;
    struct progress progress;
    struct slot *ring;
    uint64_t head, tail; /* lines so far, printed and read; the slot is that modulo n_slots */
    uint32_t n_slots, in_flight_limit;
    size_t held_bytes;
    uint64_t done_bytes; /* of the input: all before is printed */
    uint64_t timeout_ns;
    uint64_t answered_ns; /* when the last reply came */
    uint64_t resume_ns;   /* nothing is sent before this: the server was not there */
    int has_stopped;      /* it said so, and the library has waited for another one in vain */
    int input_ended;
};

static struct slot *slot_at(struct batch *b, uint64_t position)
{
    return &b->ring[position % b->n_slots];
}

static uint32_t n_in_flight(const struct batch *b)
{
    return (uint32_t)textd_client_in_flight(b->session->client);
}

/* ---- In ---------------------------------------------------------------------------------------------------------- */

static void take_line(struct batch *b, enum lines_state state, const char *line, size_t length)
{
    struct slot *slot = slot_at(b, b->tail);

    while (length > 0 && strchr(" \t\r", line[length - 1]) && line[length - 1])
        length--;
    if (state == LINES_LINE && length == 0)
        return; /* nothing stands there */
    b->tail++;
    if (state == LINES_LINE) {
        slot_read(slot, line, length, b->lines.number, b->session->document_bytes);
    } else {
        *slot = (struct slot) { .line = b->lines.number };
        slot_fail(slot, "TOO_LARGE", "line %llu is longer than %zu bytes", (unsigned long long)slot->line,
                  b->lines.limit);
    }
    slot->end_byte = b->lines.bytes_read - (b->lines.end - b->lines.start);
    b->held_bytes += slot_bytes(slot);
}

/* Reads while there is room in the ring. Waits for input only when nothing else is left to wait for. */
static int read_input(struct batch *b)
{
    const char *line = NULL;
    size_t length = 0;

    while (!b->input_ended && b->tail - b->head < b->n_slots && (b->held_bytes < HELD_BYTES || b->tail == b->head)) {
        enum lines_state state = lines_next(&b->lines, b->head == b->tail, &line, &length);
        if (state == LINES_LATER)
            return CLI_OK;
        if (state == LINES_FAILED) {
            cli_complain("can't read %s: %s", b->session->cli->jsonl, strerror(errno));
            return CLI_SOME_FAILED;
        }
        b->input_ended = state == LINES_END;
        if (state != LINES_END)
            take_line(b, state, line, state == LINES_LINE ? length : 0);
    }
    return CLI_OK;
}

/* ---- Out --------------------------------------------------------------------------------------------------------- */

static void count(struct outcome *outcome, const struct slot *slot)
{
    const struct textd_reply_error *error = slot->reply ? textd_reply_error(slot->reply) : NULL;

    outcome->done++;
    if (slot->reply && !error)
        return;
    outcome->failed++;
    outcome->retryable += error && error->retryable;
}

static void print_slot(struct batch *b, struct slot *slot)
{
    b->held_bytes -= slot_bytes(slot);
    count(b->outcome, slot);
    if (b->output->form)
        b->outcome->failed += slot_put(slot, b->output) != 0;
    else
        slot_print(slot, 0, b->output->out);
    uint64_t end_byte = slot->end_byte; /* survives until all before it are printed, too */
    slot_clear(slot);
    slot->state = SLOT_PRINTED;
    slot->end_byte = end_byte;
}

static void print_done(struct batch *b)
{
    for (uint64_t i = b->head; i < b->tail; i++) {
        struct slot *slot = slot_at(b, i);
        if (slot->state == SLOT_DONE)
            print_slot(b, slot);
        else if (!b->session->cli->unordered && slot->state != SLOT_PRINTED)
            break;
    }
    for (; b->head < b->tail && slot_at(b, b->head)->state == SLOT_PRINTED; b->head++) {
        slot_at(b, b->head)->state = SLOT_FREE;
        b->done_bytes = slot_at(b, b->head)->end_byte;
    }
    progress_show(&b->progress, b->outcome->done, b->outcome->failed, b->done_bytes);
}

/* There is no point in going on: prints what there is, and says what there is not. Returns the exit code. */
static int give_up(struct batch *b, int client_code, const char *why)
{
    uint64_t n = 0;

    print_done(b);
    for (uint64_t i = b->head; i < b->tail; i++)
        n += slot_at(b, i)->give_up_ns > 0 && slot_at(b, i)->state < SLOT_DONE;
    cli_complain("%s; documents unanswered: %llu (the results before line %llu are complete)", why,
                 (unsigned long long)n, (unsigned long long)slot_at(b, b->head)->line);
    return session_exit_code(client_code);
}

/* ---- To the server ----------------------------------------------------------------------------------------------- */

/* Whether a server that wasn't reached is not worth waiting for. It was there before, so perhaps it is being restarted;
 * and what is in flight comes to an end of its own, which is heard first. */
static int is_gone(const struct batch *b, const struct slot *slot, uint64_t now_ns)
{
    return n_in_flight(b) == 0 && (b->has_stopped || now_ns >= slot->give_up_ns);
}

static int send_slot(struct batch *b, uint64_t position, uint64_t now_ns)
{
    struct slot *slot = slot_at(b, position);
    struct textd_request request =
        session_request(b->session, json_string_value(slot->text), json_string_length(slot->text));
    struct textd_error error;

    int is_first = n_in_flight(b) == 0;
    if (slot->give_up_ns == 0)
        slot->give_up_ns = now_ns + b->timeout_ns;
    request.id = position + 1; /* never one that a reply may still come to */
    int rc = textd_client_send(b->session->client, &request, NULL, &error);
    if (rc == TEXTD_CLIENT_OK) {
        slot->state = SLOT_SENT;
        if (is_first)
            b->answered_ns = td_now_ns(); /* the server's time runs from here; the document's own began before */
        b->has_stopped = 0;
        return CLI_OK;
    }
    now_ns = td_now_ns();
    if (rc != TEXTD_CLIENT_UNREACHABLE || is_gone(b, slot, now_ns))
        return give_up(b, rc, error.text);
    b->resume_ns = now_ns + UNREACHABLE_RETRY_MS * MS;
    return CLI_OK;
}

/* Sends what is due, oldest first. *next_ns: when the next one is that has to wait; UINT64_MAX: none has. */
static int send_due(struct batch *b, uint64_t *next_ns)
{
    uint64_t now = td_now_ns();
    int rc = CLI_OK;

    *next_ns = UINT64_MAX;
    for (uint64_t i = b->head; i < b->tail && n_in_flight(b) < b->in_flight_limit && rc == CLI_OK; i++) {
        struct slot *slot = slot_at(b, i);
        if (slot->state != SLOT_TO_SEND)
            continue;
        if (b->resume_ns <= now)
            rc = send_slot(b, i, now);
        else
            *next_ns = b->resume_ns;
    }
    return rc;
}

/* ---- From the server --------------------------------------------------------------------------------------------- */

static int take_reply(struct batch *b, struct textd_reply *reply)
{
    const struct textd_reply_error *error = textd_reply_error(reply);
    uint64_t id = textd_reply_id(reply);
    struct slot *slot = id > b->head && id <= b->tail ? slot_at(b, id - 1) : NULL;

    b->answered_ns = td_now_ns();
    if (!slot || slot->state != SLOT_SENT) { /* id 0: the server could not read one of the requests, whichever */
        cli_complain("the server refused a request: %s", error ? error->message : "it named none that was sent");
        textd_reply_free(reply);
        return CLI_SOME_FAILED;
    }
    if (error && strcmp(error->code, "SHUTTING_DOWN") == 0)
        b->has_stopped = 1;
    session_warn(b->session, reply);
    slot->reply = reply;
    slot->state = SLOT_DONE;
    return CLI_OK;
}

/* Takes what has come, waiting up to `wait_ms` for the first. */
static int receive_replies(struct batch *b, uint32_t wait_ms)
{
    struct textd_reply *reply;
    struct textd_error error;
    int rc;

    while ((rc = textd_client_receive(b->session->client, wait_ms, &reply, &error)) == TEXTD_CLIENT_OK) {
        rc = take_reply(b, reply);
        if (rc != CLI_OK || n_in_flight(b) == 0)
            return rc;
        wait_ms = 0;
    }
    if (rc == TEXTD_CLIENT_TIMEOUT && td_now_ns() - b->answered_ns < b->timeout_ns)
        return CLI_OK;
    return give_up(b, rc, error.text);
}

/* ---- The loop ---------------------------------------------------------------------------------------------------- */

/* How long replies may be waited for: not beyond the next thing to do. */
static uint32_t wait_ms(const struct batch *b, uint64_t next_ns)
{
    uint64_t now = td_now_ns(), wait = b->input_ended ? 1000 : LOOK_MS;

    if (next_ns <= now)
        return 0;
    return (uint32_t)((next_ns - now) / MS < wait ? (next_ns - now) / MS + 1 : wait);
}

static void sleep_until(uint64_t next_ns)
{
    struct timespec t = { (time_t)(next_ns / 1000000000u), (long)(next_ns % 1000000000u) };

    clock_nanosleep(CLOCK_MONOTONIC, TIMER_ABSTIME, &t, NULL);
}

static int run(struct batch *b)
{
    uint64_t next_ns;
    int rc;

    for (;;) {
        if ((rc = read_input(b)) != CLI_OK || (rc = send_due(b, &next_ns)) != CLI_OK)
            return rc;
        print_done(b);
        /* Whoever reads the results gets them before we wait for anything. */
        if (fflush(b->output->out) != 0 || ferror(b->output->out))
            return cli_complain_of_output(output_file(b->session->cli));
        if (b->head == b->tail && b->input_ended)
            return CLI_OK;
        if (n_in_flight(b) > 0) {
            rc = receive_replies(b, wait_ms(b, next_ns));
        } else if (next_ns != UINT64_MAX) {
            sleep_until(next_ns);
        }
        if (rc != CLI_OK)
            return rc;
    }
}

static int open_input(const char *path)
{
    return strcmp(path, "-") == 0 ? STDIN_FILENO : open(path, O_RDONLY | O_CLOEXEC);
}

int batch_run(struct session *session, struct output *output, struct outcome *outcome)
{
    const struct cli *cli = session->cli;
    struct batch b = { .session = session, .output = output, .outcome = outcome };
    int fd = open_input(cli->jsonl), rc;

    b.in_flight_limit = cli->in_flight ? cli->in_flight : DEFAULT_IN_FLIGHT;
    b.n_slots = RING_FACTOR * b.in_flight_limit;
    b.timeout_ns = (cli->timeout_ms ? cli->timeout_ms : DEFAULT_TIMEOUT_MS) * MS;
    b.ring = calloc(b.n_slots, sizeof *b.ring);
    if (fd < 0 || !b.ring) {
        cli_complain("can't read %s: %s", cli->jsonl, strerror(errno));
        free(b.ring);
        return CLI_SOME_FAILED;
    }
    /* A character of the text takes six bytes at most, written as \uXXXX; the rest is for the other keys. */
    lines_start(&b.lines, fd, 6 * session->document_bytes + 65536);
    progress_start(&b.progress, fd, fileno(output->out));
    rc = run(&b);
    progress_finish(&b.progress, outcome->done, outcome->failed,
                    b.head == b.tail ? b.lines.bytes_read : b.done_bytes); /* empty lines at the end have no slot */
    lines_finish(&b.lines);
    for (uint64_t i = b.head; i < b.tail; i++)
        slot_clear(slot_at(&b, i));
    free(b.ring);
    if (fd != STDIN_FILENO)
        close(fd);
    return rc;
}
