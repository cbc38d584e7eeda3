/* frames.h: what supervisor and worker say to each other over their socketpair, and the page that they share.
 *
 * Both ends are the same binary, so structs travel as they are in memory. A frame is a struct that starts with a
 * td_frame, and bytes behind it. The supervisor takes nothing in a frame on trust: a worker runs other people's code.
 *
 *   supervisor → worker   SETUP once, then JOBs
 *   worker → supervisor   BORN once, before any plugin's code runs; READY or REFUSED once, then a DONE for each JOB, in order
 *                         by the ring (ring.h) or by the socketpair; WAKE says that there is something in the ring
 *
 * End-of-file is the word for "go" one way and the death notice the other. */
#ifndef TD_FRAMES_H
#define TD_FRAMES_H

#include <stdatomic.h>
#include <stdint.h>

#include "daemon/both/confinement.h"
#include "daemon/both/plugin_stats.h"
#include "daemon/both/ring.h"

enum td_frame_kind {
    TD_FRAME_SETUP = 1,
    TD_FRAME_JOB,
    TD_FRAME_READY,
    TD_FRAME_REFUSED,
    TD_FRAME_DONE,
    TD_FRAME_BORN,
    TD_FRAME_WAKE
};

struct td_frame {
    uint32_t length; /* of the whole frame, this head included */
    uint32_t kind;
};

#define TD_BORN_FDS 2

#define TD_MAX_PLUGINS 64
#define TD_NO_PLUGIN UINT32_MAX

/* SETUP: behind the head a MessagePack map (worker/setup.h reads it, catalogue.c writes it).
 * BORN: nothing behind the head; with it travel the descriptors of /proc/self/stat and smaps_rollup, by which the worker's memory,
 * processor time and state can be read from outside for as long as it lives. They may be missing where there is no /proc, or no
 * descriptor left, and the second with an old kernel.
 * WAKE: a td_wake.
 * READY: behind the head the catalogue of what was loaded, a MessagePack array with a map for each plugin.
 * REFUSED: behind the head a td_refused and the reason, UTF-8. */

struct td_wake {
    struct td_frame frame;
    uint64_t slumber; /* which of the supervisor's it ends */
};

/* Why a worker would not start. */
struct td_refused {
    uint32_t code; /* enum td_code: TD_E_CONFIG, or TD_E_SYSTEM when another try may succeed */
};

/* A step of a job: the plugin's number in the configuration, whether it is suspended (and has a failure noted instead of being
 * run), and whether the client asked for its result. */
#define TD_STEP_PLUGIN 0x3Fu
#define TD_STEP_SUSPENDED 0x40u
#define TD_STEP_WANTED 0x80u

/* One document. Behind it: `options_bytes` of td_job_option, `lang_bytes` of language tag, `text_bytes` of text. */
struct td_job {
    struct td_frame frame;
    uint64_t sequence; /* counts the documents given to this worker, from 1 */
    uint64_t deadline_ns;
    uint64_t trace_id[2], span; /* as in a td_trace, for what plugins say of it; span 0: none */
    uint32_t text_bytes;
    uint32_t options_bytes;
    uint8_t lang_bytes;
    uint8_t unit; /* enum td_unit */
    uint8_t n_steps;
    uint8_t steps[TD_MAX_PLUGINS];
    uint8_t trace_flags;
    uint8_t by_ring; /* its reply may go by the ring */
    uint8_t unused[3];
};
_Static_assert(sizeof(struct td_job) == 128, "no padding that would carry stray bytes");

/* An option that the client set, checked against the catalogue. `length` bytes of text follow, padded to 8. */
struct td_job_option {
    uint8_t plugin, option;
    uint16_t unused;
    uint32_t length;
    int64_t integer;
    double number;
};
_Static_assert(sizeof(struct td_job_option) == 24, "no padding that would carry stray bytes");

static inline uint32_t td_job_option_bytes(uint32_t text_length)
{
    return (uint32_t)sizeof(struct td_job_option) + ((text_length + 7u) & ~7u);
}

/* Containers within each other in one plugin's result. */
#define TD_MAX_RESULT_DEPTH 16

/* The worker's memory is nearly used up: it runs nothing more of what it was given, and exits. */
#define TD_DONE_LEAVES 1u
/* With LEAVES: a plugin of this document could not have the memory that it wanted, and might in a fresh worker. */
#define TD_DONE_NO_MEMORY 2u
/* Behind the map of times there are the key `spans` and a map of the plugins' span ids. */
#define TD_DONE_SPANS 4u

#define TD_MAX_LANGUAGE_BYTES 64u /* of doc.language */

/* The reply's warnings, of which plugins may have some. */
#define TD_MAX_WARNINGS 8         /* in a reply; when there are more, the last says how many */
#define TD_MAX_WARNING_BYTES 200u /* each: a longer one is cut between characters */

/* The end of a document. Behind it, when `code` is TD_OK, `pairs_bytes` with `n_pairs` keys and values of the reply (doc,
 * results, perhaps errors) and then the map of the plugins' times, and perhaps that of their spans; otherwise the error's words.
 * At the very end, of both, `warnings_bytes` with an array of what plugins warn of, TD_MAX_WARNINGS at most; 0: of nothing. */
struct td_done {
    struct td_frame frame;
    uint64_t sequence;
    uint64_t start_ns, end_ns; /* CLOCK_MONOTONIC */
    uint32_t code;             /* enum td_code */
    uint32_t plugin;           /* whose failure it is; TD_NO_PLUGIN */
    uint32_t n_pairs;
    uint32_t pairs_bytes;
    uint32_t flags; /* TD_DONE_* */
    uint32_t warnings_bytes;
    uint32_t warnings_beyond; /* those that there was no place for */
    uint32_t n_by_socket; /* DONEs that have gone by the socketpair before this one: that is the order of both ways */
};
_Static_assert(sizeof(struct td_done) == 64, "no padding that would carry stray bytes");

#define TD_PANIC_FRAMES 8

enum td_phase { TD_PHASE_STARTING, TD_PHASE_IDLE, TD_PHASE_HOST, TD_PHASE_PLUGIN };

/* The page that tells the supervisor where a worker is, without a word from it. One writer a field, no locks. What the
 * worker writes is a rumour: the supervisor copies it and checks it. */
struct td_scoreboard {
    /* Written by the worker. */
    _Atomic uint64_t sequence; /* of the document that it is in */
    _Atomic uint64_t since_ns; /* when the phase began, CLOCK_MONOTONIC */
    _Atomic uint32_t plugin;   /* in TD_PHASE_PLUGIN, and while starting */
    _Atomic uint32_t phase;
    _Atomic uint32_t entered; /* the plugin that was called last: whose output it is that comes now */
    /* Written by the handler of a fatal signal; `signal` goes last. */
    _Atomic uint32_t signal; /* 0: none */
    uint32_t n_frames;
    uint64_t address;    /* that was not to be touched */
    uint64_t crashed_at; /* the sequence of the document, by another account than the above */
    /* By that of SIGSYS, before: the number of the system call that was stopped, and one; 0: none was. */
    uint32_t denied_call;
    uint32_t unused;
    struct td_panic_frame {
        uint64_t offset; /* into the plugin's library */
        uint32_t plugin;
        uint32_t unused;
    } frames[TD_PANIC_FRAMES];
    /* Written by the worker before READY. */
    struct td_confinement confinement;
    /* Written by the supervisor: nobody waits for this document any more. */
    _Atomic uint64_t unwanted;
    _Atomic uint32_t log_level; /* the least important that is wanted of plugins, enum td_log_level */
    uint64_t log_key;           /* see log_frame.h; written before the worker is made. 0: there is no supervisor */
    /* Written by the worker; a reader may see a call half counted, which does no harm. */
    struct td_plugin_stats stats[TD_MAX_PLUGINS];
};
_Static_assert(ATOMIC_LLONG_LOCK_FREE == 2, "the page is shared between processes");

/* Where the parts of the memory are that a worker and the supervisor share. Between them is room that the worker has no access to: what
 * writes past the end of one ends there, and doesn't reach the next. */
#define TD_SHARED_GAP 65536u /* a multiple of any page's size */
#define TD_SHARED_BOARD 0u
#define TD_SHARED_TAKEN (2 * TD_SHARED_GAP)
#define TD_SHARED_RING (4 * TD_SHARED_GAP)
#define TD_SHARED_BYTES (6 * TD_SHARED_GAP)
_Static_assert(sizeof(struct td_scoreboard) <= TD_SHARED_GAP && sizeof(struct td_ring) <= TD_SHARED_GAP, "and a gap");

/* The descriptors that a worker inherits. */
#define TD_WORKER_CHANNEL_FD 3
#define TD_WORKER_SCOREBOARD_FD 4
#define TD_WORKER_SLUMBER_FD 5 /* may be missing: then there is no ring */

/* How a worker leaves by itself. Anything else is a death. REFUSED is also for a worker that can't have its memory: the
 * frame says of what how many bytes were refused. */
#define TD_WORKER_EXIT_OK 0       /* the channel ended, or it said TD_DONE_LEAVES */
#define TD_WORKER_EXIT_REFUSED 10 /* after a REFUSED frame */
#define TD_WORKER_EXIT_CHANNEL 11 /* the channel broke, or carried nonsense */
#define TD_WORKER_EXIT_CLOSED 12  /* a plugin closed the channel's descriptor; the scoreboard says which */
#define TD_WORKER_EXIT_MEMORY 13  /* no memory to say how a document ended; it is run again by another */

#endif
