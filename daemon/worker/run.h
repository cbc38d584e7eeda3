/* run.h: runs one document through the plugins that its job names, and writes the DONE frame. */
#ifndef TD_RUN_H
#define TD_RUN_H

#include "daemon/both/frames.h"
#include "daemon/worker/document.h"
#include "daemon/worker/plugin.h"

struct td_runner {
    struct td_plugin_set *set;
    struct td_scoreboard *board;
    struct td_arena arena;
    struct td_arena sent; /* a copy of what the client sent: options, language, text, as they lie behind the job */
    const char *copy;     /* it; NULL: none was made yet */
    struct td_document doc;
    size_t reply_bytes; /* limit of one reply */
    struct td_buf out;  /* the DONE frame */
    struct td_buf errors, times,
        spans; /* parts of the reply that is being written, moved behind the results at its end */
    uint32_t n_errors, n_times, n_results;
    uint64_t n_documents;
    int was_starved;         /* a plugin could not have its memory in this document, in a process that is used */
    int leaves;              /* the last DONE had TD_DONE_LEAVES: no more is run */
    enum td_code first_code; /* of the first failure; TD_OK: none */
    uint32_t first_plugin;
    char first_words[512];
};

/* The limits of these names. */
struct td_runner_limits {
    size_t document_memory, document_bytes, reply_bytes;
};

/* Makes a runner. TD_E_SYSTEM. */
int td_runner_init(struct td_runner *runner, struct td_plugin_set *set, struct td_scoreboard *board,
                   const struct td_runner_limits *limits, struct td_err *err);

void td_runner_free(struct td_runner *runner);

/* Runs a job whose parts lie behind it in memory. Its DONE frame is appended to runner->out. -1: there is no memory even for
 * the frame's head, and nothing can be said of the document. */
int td_runner_run(struct td_runner *runner, const struct td_job *job);

/* Gives back what the last document left, as the next one would: for when there is none. */
void td_runner_rest(struct td_runner *runner);

#endif
