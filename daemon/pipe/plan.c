/* plan.c: see plan.h. */
#include "daemon/pipe/plan.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>

#include "common/log.h"
#include "common/parent_wire.h"
#include "daemon/both/pipe_wire.h"

static int take_end(struct td_pipe_plan *plan, int list, const char *text)
{
    struct td_pipe_addresses *ends = &plan->lists[list];

    if (ends->n == TD_PIPE_MOST_ENDS || (text[0] != 'b' && text[0] != 'c') || plan->is_whole)
        return -1;
    struct td_pipe_address *end = &ends->all[ends->n++];
    end->name = strdup(text + 1);
    end->binds = text[0] == 'b';
    return end->name ? 0 : -1;
}

static int take_log(const char *text)
{
    if (strlen(text) != 2)
        return -1;
    td_log_configure((enum td_log_level)(text[0] - 'a'), (enum td_log_format)(text[1] - 'a'));
    return 0;
}

static int take_patience(struct td_pipe_plan *plan, const char *text)
{
    char *rest;

    plan->patience_ms = strtoull(text, &rest, 10);
    plan->patience_most_ms = strtoull(rest, &rest, 10);
    plan->patience_grace_ms = strtoull(rest, &rest, 10);
    return *rest || plan->patience_most_ms == 0 ? -1 : 0;
}

static int take_record(struct td_pipe_plan *plan, const char *record)
{
    const char *text = record + (record[0] != 0), *list = record[0] ? strchr(TD_PIPE_ENDS, record[0]) : NULL;

    if (list)
        return take_end(plan, (int)(list - TD_PIPE_ENDS), text);
    switch (record[0]) {
    case TD_PIPE_WINDOW:
        plan->window = (uint32_t)strtoul(text, NULL, 10);
        return 0;
    case TD_PIPE_FRAME_BYTES:
        plan->frame_bytes = strtoll(text, NULL, 10);
        return 0;
    case TD_PIPE_SHARED:
        td_endpoint_share_folders(text[0] == '1');
        return 0;
    case TD_PIPE_GROUP:
        td_endpoint_let_in((gid_t)strtoul(text, NULL, 10));
        return 0;
    case TD_PIPE_DAEMON:
        plan->daemon = strdup(text);
        return plan->daemon ? 0 : -1;
    case TD_PIPE_GO:
        plan->is_whole = 1;
        return 0;
    case TD_PIPE_LOG:
        return take_log(text);
    case TD_PIPE_PATIENCE:
        return take_patience(plan, text);
    case TD_PIPE_FINISH:
        plan->must_finish = 1;
        plan->grace_ms = strtoull(text, NULL, 10);
        return 0;
    default:
        return -1;
    }
}

int td_pipe_plan_read(struct td_pipe_plan *plan)
{
    char bytes[4096], *end;
    ssize_t n;

    while ((n = recv(TD_PIPE_LINE_FD, bytes, sizeof bytes, plan->is_whole ? MSG_DONTWAIT : 0)) > 0) {
        td_buf_append(&plan->said, bytes, (size_t)n);
        while (plan->said.length > 0 && (end = memchr(plan->said.bytes, 0, plan->said.length))) {
            size_t length = (size_t)(end + 1 - plan->said.bytes);
            if (take_record(plan, plan->said.bytes) != 0)
                return 0;
            plan->said.length -= length;
            memmove(plan->said.bytes, end + 1, plan->said.length);
        }
        if (plan->said.full)
            return 0;
    }
    return n < 0 && (errno == EAGAIN || errno == EINTR);
}

int td_pipe_plan_say_ready(void)
{
    static const char record[] = { TD_PIPE_READY, 0 };

    return send(TD_PIPE_LINE_FD, record, sizeof record, MSG_NOSIGNAL) == sizeof record ? 0 : -1;
}

void td_pipe_plan_say_refused(const struct td_err *err)
{
    char record[sizeof err->text + 32];
    int n = snprintf(record, sizeof record, "%c%d %s", TD_PIPE_REFUSED, (int)err->code, err->text);

    send(TD_PIPE_LINE_FD, record, (size_t)n + 1, MSG_NOSIGNAL);
}
