/* confinement.h: what keeps a worker's plugins to their documents, in parts, and what became of each: the worker tells
 * it in the page that it shares with the supervisor (frames.h), which tells operators. */
#ifndef TD_CONFINEMENT_H
#define TD_CONFINEMENT_H

#include <stddef.h>
#include <stdint.h>

/* In the order in which they are applied. X(NAME, text) */
#define TD_CONFINES(X) \
    X(PRIVILEGES, "no_new_privs") \
    X(TRACE, "not traceable") \
    X(LIMITS, "limits") \
    X(LANDLOCK, "Landlock") \
    X(SECCOMP, "seccomp")

enum td_confine {
#define X(name, text) TD_CONFINE_##name,
    TD_CONFINES(X)
#undef X
        TD_N_CONFINES
};

struct td_confinement {
    uint32_t mode;                 /* enum td_sandbox */
    uint32_t applied;              /* a bit for each part */
    int32_t errors[TD_N_CONFINES]; /* errno of those that are missing */
    int32_t landlock_abi;
};

const char *td_confine_name(enum td_confine part);

/* What is there and what is missing, as a sentence's end: "by no_new_privs, …, Landlock (ABI 7), seccomp". Returns
 * non-zero when something is missing. Whatever stands there: a worker's page is a rumour. */
int td_confinement_describe(const struct td_confinement *confinement, char *words, size_t size);

/* The name of a system call by its number here, with "()": "socket()"; for one that nobody knows, "system call 999". */
void td_confinement_call(uint32_t number, char *words, size_t size);

#endif
