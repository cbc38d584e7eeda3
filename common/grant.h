/* grant.h: what an operator may allow a plugin beyond reading its documents: the texts of `grants:` in the
 * configuration and of a plugin's own list of needs (textd/grants.h).
 *
 *   threads       to start threads
 *   network       sockets of IPv4 and IPv6, and the files that names are looked up in
 *   read:/PATH    to read that file, or all below that folder
 *   write:/PATH   the same, and to change, make and remove files there
 *   env:NAME      to see that variable of textd's environment */
#ifndef TD_GRANT_H
#define TD_GRANT_H

#include <stddef.h>
#include <stdint.h>

/* What workers are confined by. STRICT: by all that there is, or nothing starts. PERMISSIVE: by what this kernel has.
 * OFF: by nothing, for debuggers. */
#define TD_SANDBOXES(X) X(OFF, "off") X(PERMISSIVE, "permissive") X(STRICT, "strict")

enum td_sandbox {
#define X(name, text) TD_SANDBOX_##name,
    TD_SANDBOXES(X)
#undef X
};

const char *td_sandbox_name(enum td_sandbox mode);

/* X(NAME, word, what follows the colon; NULL: there is none) */
#define TD_GRANTS(X) \
    X(THREADS, "threads", NULL) \
    X(NETWORK, "network", NULL) \
    X(READ, "read", "an absolute path") \
    X(WRITE, "write", "an absolute path") \
    X(ENV, "env", "a variable's name")

enum td_grant_kind {
#define X(name, word, argument) TD_GRANT_##name,
    TD_GRANTS(X)
#undef X
        TD_N_GRANT_KINDS
};

#define TD_MAX_GRANTS 32 /* of a plugin */

struct td_grant {
    enum td_grant_kind kind;
    const char *argument; /* inside the text; NULL */
};

/* Reads one. NULL, or words in `fault` that say what would be right. */
const char *td_grant_read(struct td_grant *grant, const char *text, char *fault, size_t size);

/* Whether a plugin that has these grants may do what `need` names, which is a grant's text as well, or only its word
 * ("read": any of them will do). A path is covered by a folder above it, and reading by writing. */
int td_grants_cover(const char *const *grants, uint32_t n, const char *need);

/* Whether what comes out of a plugin with these may depend on more than its input: all but threads. */
int td_grants_are_pure(const char *const *grants, uint32_t n);

#endif
