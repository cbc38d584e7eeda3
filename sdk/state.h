/* state.h: what a process has beside its memory and plugins must leave as it is: threads, children, signals, locale,
 * folder, environment, descriptors, floating point, timers, and what was printed. */
#ifndef SDK_STATE_H
#define SDK_STATE_H

#include <signal.h>
#include <stdint.h>
#include <sys/stat.h>

#define SDK_STATE_SIGNALS 32 /* the real-time ones are nobody's here */

struct sdk_state {
    uint64_t threads;
    int has_children;
    void *handlers[SDK_STATE_SIGNALS];
    uint64_t blocked;
    char locale[200];
    uint64_t folder[2];
    uint32_t umask;
    uint64_t environment;
    uint64_t descriptors; /* a bit each, of the first 64 */
    uint64_t standard;    /* which files 0, 1 and 2 are */
    int rounding;
    uint32_t denormals;
    int has_timer;
    int64_t printed[2]; /* bytes that stdout and stderr have */
};

/* Some microseconds: it is done around each call of a plugin. Output that is buffered is written out. */
void sdk_state_take(struct sdk_state *state);

/* Notes what has changed since, as findings; `when` ends a sentence: "in create". `*state` is then what is now. */
#define SDK_MAY_OPEN 1u   /* descriptors may have been opened */
#define SDK_MAY_CLOSE 2u  /* or closed, by us */
#define SDK_MAY_THREAD 4u /* it asks for that grant */
void sdk_state_check(struct sdk_state *state, const char *when, unsigned may);

#endif
