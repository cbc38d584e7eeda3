/* annotate.c: `textctl annotate`: opens the output and the session, then files one by one, or a batch (batch.c). */
#include "clients/cli/cli.h"

#include <string.h>

#include "clients/cli/annotate/batch.h"
#include "clients/cli/lib/document.h"
#include "clients/cli/lib/json.h"
#include "clients/cli/annotate/line.h"
#include "clients/cli/annotate/output.h"
#include "clients/cli/annotate/report.h"
#include "clients/cli/link/session.h"
#include "common/clock.h"

struct run {
    struct session session;
    FILE *out;
    struct term term;
    struct output output; /* with a form only when the command line asks for one */
    struct outcome outcome;
};

static void begin_line(struct run *run, const char *path)
{
    fputs("{\"file\":", run->out);
    json_text(run->out, path, strlen(path));
}

static int put_item(struct run *run, const char *path, struct item *item)
{
    item->name = item->path = path;
    item->name_length = strlen(path);
    return run->output.form->document(&run->output, item);
}

/* One document that was not annotated: a part of the output in a form that has a place for it, and always a word on
 * standard error. */
static void refuse(struct run *run, const char *path, const char *code, const char *why)
{
    struct item item = { .code = code, .message = why };

    run->outcome.failed++;
    cli_complain("%s: %s", path, why);
    if (run->output.form)
        put_item(run, path, &item);
    if (!run->session.cli->json)
        return;
    begin_line(run, path);
    line_error_rest(run->out, code, why);
}

static void print_reply(struct run *run, const char *path, const struct document *document,
                        const struct textd_reply *reply, uint64_t elapsed_ns)
{
    const struct textd_reply_error *error = textd_reply_error(reply);
    struct item item = { .document = *document, .reply = reply };

    run->outcome.done++;
    session_warn(&run->session, reply);
    if (error) {
        run->outcome.failed++;
        run->outcome.retryable += error->retryable != 0;
        cli_complain("%s: %s: %s", path, error->code, error->message);
    }
    if (run->output.form) {
        run->outcome.failed += put_item(run, path, &item) != 0 && !error;
    } else if (run->session.cli->json) {
        begin_line(run, path);
        line_reply_rest(run->out, reply);
    } else if (!error) {
        report_print(&run->term, path, document, reply, elapsed_ns);
    }
}

/* CLI_OK also when the document failed; else there is no point in going on. */
static int annotate_file(struct run *run, const char *path)
{
    struct document document;
    struct textd_reply *reply;
    struct textd_error error;
    char why[256];
    enum document_state state = document_read(&document, path, run->session.document_bytes, why, sizeof why);
    const char *name = strcmp(path, "-") == 0 ? "(standard input)" : path;
    int rc = TEXTD_CLIENT_OK;

    if (state != DOCUMENT_READ) {
        refuse(run, name, state == DOCUMENT_TOO_LARGE ? "TOO_LARGE" : "UNREADABLE", why);
    } else {
        struct textd_request request = session_request(&run->session, document.text, document.length);
        uint64_t start_ns = td_now_ns();
        rc = textd_client_annotate(run->session.client, &request, &reply, &error);
        if (rc == TEXTD_CLIENT_OK)
            print_reply(run, name, &document, reply, td_now_ns() - start_ns);
        else
            cli_complain("%s: %s", name, error.text);
        textd_reply_free(reply);
    }
    document_free(&document);
    return session_exit_code(rc);
}

static int annotate_files(struct run *run)
{
    const struct cli *cli = run->session.cli;
    int rc = CLI_OK;

    for (int i = 0; i < cli->n_files && rc == CLI_OK && !ferror(run->out); i++) {
        if (i > 0 && !cli->json && !run->output.form)
            fputs("\n\n", run->out);
        rc = annotate_file(run, cli->files[i]);
    }
    return rc;
}

/* Opens what is written to, and begins the form. */
static int open_output(struct run *run)
{
    const struct cli *cli = run->session.cli;
    const char *file = output_file(cli);

    run->out = file ? fopen(file, "wb") : stdout;
    if (!run->out)
        return cli_complain_of_output(file);
    run->term = term_of(run->out, cli->color);
    run->output = (struct output) { .cli = cli, .out = run->out, .form = output_form(cli) };
    return !run->output.form || run->output.form->begin(&run->output) == 0 ? CLI_OK : CLI_SOME_FAILED;
}

/* The output is complete, or the run has failed, whatever the documents did. */
static int close_output(struct run *run, int rc)
{
    const char *file = output_file(run->session.cli);

    if (run->output.form && run->output.form->end && run->output.form->end(&run->output) != 0 && rc == CLI_OK)
        rc = CLI_SOME_FAILED;
    int failed = fflush(run->out) != 0 || ferror(run->out);
    if (run->out != stdout && fclose(run->out) != 0)
        failed = 1;
    return failed ? cli_complain_of_output(file) : rc;
}

int cli_annotate(const struct cli *cli)
{
    struct run run = { 0 };
    int rc = session_open_described(&run.session, cli);

    if (rc == CLI_OK) {
        rc = open_output(&run);
        if (rc == CLI_OK)
            rc = cli->jsonl ? batch_run(&run.session, &run.output, &run.outcome) : annotate_files(&run);
        if (run.out)
            rc = close_output(&run, rc != CLI_OK ? rc : session_outcome(&run.outcome));
    }
    session_close(&run.session);
    return rc;
}
