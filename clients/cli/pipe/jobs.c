/* jobs.c: see jobs.h. */
#include "clients/cli/pipe/jobs.h"

#include <stdlib.h>
#include <string.h>

#include "common/clock.h"

/* How often a document is sent again that textd had when it went away, or failed on by its own fault: then it may be why.
 * To say so is its answer, and the next line's turn comes. */
#define LOST_MAX 20u
#define REFUSED_MAX 5u

/* A request's id: the line's, and which try it is, so that no answer to an earlier one is taken for it. */
#define TRIES UINT64_C(1024)

int jobs_open(struct jobs *j, const struct cli *cli, struct lanes *lanes, struct textd_source *source, int is_numbered,
              uint32_t window)
{
    *j = (struct jobs) { .cli = cli,
                         .lanes = lanes,
                         .source = source,
                         .is_numbered = is_numbered,
                         .window = window,
                         .oldest = 1,
                         .next = 1,
                         .send_from = 1,
                         .moved_ns = td_now_ns() };
    j->ring = calloc(window, sizeof *j->ring);
    j->scratch = open_memstream(&j->bytes, &j->length);
    return j->ring && j->scratch ? 0 : -1;
}

static struct job *job_at(const struct jobs *j, uint64_t id)
{
    return &j->ring[id % j->window];
}

void jobs_close(struct jobs *j)
{
    for (uint64_t id = j->oldest; id < j->next; id++)
        slot_clear(&job_at(j, id)->slot);
    free(j->ring);
    if (j->scratch)
        fclose(j->scratch);
    free(j->bytes);
}

int jobs_have_room(const struct jobs *j)
{
    return j->next - j->oldest < j->window;
}

/* ---- Answers ----------------------------------------------------------------------------------------------------- */

static void count(struct jobs *j, const struct slot *slot)
{
    const struct textd_reply_error *error = slot->reply ? textd_reply_error(slot->reply) : NULL;

    j->outcome.done++;
    if (slot->reply && !error)
        return;
    j->outcome.failed++;
    j->outcome.retryable += error && error->retryable;
}

/* The slot is DONE: puts its line back with what it has. */
static int put(struct jobs *j, struct job *job, struct textd_error *error)
{
    count(j, &job->slot);
    rewind(j->scratch);
    slot_print(&job->slot, j->is_numbered, j->scratch);
    fflush(j->scratch);
    slot_clear(&job->slot);
    j->moved_ns = td_now_ns();
    while (j->oldest < j->next && job_at(j, j->oldest)->slot.state == SLOT_FREE)
        j->oldest++;
    /* What was printed ends with a line's end; the source adds its own. */
    return textd_source_put(j->source, job->number, j->bytes, j->length - 1, error) == TEXTD_CLIENT_OK ? 0 : -1;
}

static void send_again(struct jobs *j, struct job *job)
{
    job->slot.state = SLOT_TO_SEND;
    if (job->number < j->send_from)
        j->send_from = job->number;
}

static int is(const struct textd_reply_error *error, const char *code)
{
    return strcmp(error->code, code) == 0;
}

/* Whether the error is no answer to the document, but says that there was nobody to answer it. */
static int must_try_again(struct jobs *j, struct job *job, struct lane *lane, const struct textd_reply_error *error)
{
    if (is(error, "UNAVAILABLE") || is(error, "NO_PROTOCOL") || is(error, "REFUSED")) {
        lane_failed(j->lanes, lane, TEXTD_CLIENT_UNREACHABLE, error->message);
        return 1;
    }
    if (is(error, "LOST") || is(error, "TIMEOUT")) {
        lane_failed(j->lanes, lane, is(error, "LOST") ? TEXTD_CLIENT_LOST : TEXTD_CLIENT_TIMEOUT, error->message);
        return job->n_lost++ < LOST_MAX;
    }
    if (is(error, "OVERLOADED") || is(error, "SHUTTING_DOWN")) {
        lane_failed(j->lanes, lane, TEXTD_CLIENT_TIMEOUT, error->message);
        return 1;
    }
    /* A deadline is only the caller's own if there was one. */
    if (is(error, "INTERNAL") || (is(error, "DEADLINE_EXCEEDED") && !j->cli->deadline_ms))
        return job->n_refused++ < REFUSED_MAX;
    return 0;
}

static int take_reply(struct jobs *j, struct lane *lane, struct textd_reply *reply, struct textd_error *error)
{
    const struct textd_reply_error *failure = textd_reply_error(reply);
    uint64_t id = textd_reply_id(reply) / TRIES;
    struct job *job = id >= j->oldest && id < j->next ? job_at(j, id) : NULL;

    if (!job || job->slot.state != SLOT_SENT || textd_reply_id(reply) % TRIES != job->n_tries % TRIES) {
        textd_reply_free(reply); /* of an earlier try */
        return 0;
    }
    if (failure && must_try_again(j, job, lane, failure)) {
        textd_reply_free(reply);
        send_again(j, job);
        return 0;
    }
    lane_answered(j->lanes, lane);
    session_warn(&j->lanes->session, reply);
    job->slot.reply = reply;
    job->slot.state = SLOT_DONE;
    return put(j, job, error);
}

/* The failures that concern no request are over with being told. */
int jobs_receive(struct jobs *j, struct textd_error *error)
{
    struct textd_reply *reply;
    struct textd_error none;

    for (size_t i = 0; i < j->lanes->n; i++) {
        struct lane *lane = &j->lanes->lanes[i];
        int rc;
        while ((rc = textd_client_receive(lane->client, 0, &reply, &none)) == TEXTD_CLIENT_OK)
            if (take_reply(j, lane, reply, error) != 0)
                return -1;
        if (rc != TEXTD_CLIENT_TIMEOUT)
            lane_failed(j->lanes, lane, rc, none.text);
    }
    return 0;
}

/* ---- Questions --------------------------------------------------------------------------------------------------- */

int jobs_take(struct jobs *j, const struct textd_source_line *line, struct textd_error *error)
{
    struct job *job = job_at(j, line->id);
    size_t length = line->length;

    while (line->text && length > 0 && line->text[length - 1] == '\r')
        length--;
    *job = (struct job) { .number = line->id };
    j->next = line->id + 1;
    if (line->text) {
        slot_read(&job->slot, line->text, length, line->number, j->lanes->session.document_bytes);
    } else {
        job->slot.line = line->number;
        slot_fail(&job->slot, "TOO_LARGE", "line %llu has %zu bytes, which is more than textctl takes",
                  (unsigned long long)line->number, line->length);
    }
    return job->slot.state == SLOT_DONE ? put(j, job, error) : 0;
}

static int send(struct jobs *j, struct job *job, struct lane *lane, struct textd_error *error)
{
    struct textd_request request =
        session_request(&j->lanes->session, json_string_value(job->slot.text), json_string_length(job->slot.text));

    request.id = job->number * TRIES + ++job->n_tries % TRIES;
    if (textd_client_send(lane->client, &request, NULL, error) != TEXTD_CLIENT_OK)
        return -1;
    job->slot.state = SLOT_SENT;
    return 0;
}

int jobs_send(struct jobs *j, struct textd_error *error)
{
    uint64_t now = td_now_ns();

    for (; j->send_from < j->next; j->send_from++) {
        struct job *job = job_at(j, j->send_from);
        if (j->send_from < j->oldest || job->slot.state != SLOT_TO_SEND)
            continue;
        struct lane *lane = lanes_choose(j->lanes, now);
        if (!lane)
            return 0;
        if (lanes_in_flight(j->lanes) == 0)
            j->moved_ns = now; /* textd's time runs from here */
        if (send(j, job, lane, error) != 0)
            return -1;
    }
    return 0;
}

int jobs_wait(const struct jobs *j)
{
    return j->send_from < j->next;
}
