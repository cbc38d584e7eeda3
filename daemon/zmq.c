/* zmq.c: see zmq.h. Only in the program itself: tests and tools are linked with libzmq. */
#include "daemon/zmq.h"

#include <dlfcn.h>
#include <nss.h>
#include <string.h>

#include <zmq.h>

/* The name of its ABI, the same since 4.0. */
#define LIBRARY "libzmq.so.5"

/* result, name, parameters, arguments */
#define FUNCTIONS(X) \
    X(int, zmq_bind, (void *socket, const char *endpoint), (socket, endpoint)) \
    X(int, zmq_close, (void *socket), (socket)) \
    X(int, zmq_connect, (void *socket, const char *endpoint), (socket, endpoint)) \
    X(void *, zmq_ctx_new, (void), ()) \
    X(int, zmq_ctx_set, (void *context, int option, int value), (context, option, value)) \
    X(int, zmq_ctx_term, (void *context), (context)) \
    X(int, zmq_curve_public, (char *public_key, const char *secret_key), (public_key, secret_key)) \
    X(int, zmq_errno, (void), ()) \
    X(int, zmq_getsockopt, (void *socket, int option, void *value, size_t *length), (socket, option, value, length)) \
    X(int, zmq_msg_close, (zmq_msg_t * msg), (msg)) \
    X(int, zmq_msg_copy, (zmq_msg_t * to, zmq_msg_t * from), (to, from)) \
    X(void *, zmq_msg_data, (zmq_msg_t * msg), (msg)) \
    X(const char *, zmq_msg_gets, (const zmq_msg_t *msg, const char *property), (msg, property)) \
    X(int, zmq_msg_init, (zmq_msg_t * msg), (msg)) \
    X(int, zmq_msg_init_data, (zmq_msg_t * msg, void *data, size_t length, zmq_free_fn *release, void *hint), \
      (msg, data, length, release, hint)) \
    X(int, zmq_msg_init_size, (zmq_msg_t * msg, size_t length), (msg, length)) \
    X(int, zmq_msg_more, (const zmq_msg_t *msg), (msg)) \
    X(int, zmq_msg_move, (zmq_msg_t * to, zmq_msg_t * from), (to, from)) \
    X(int, zmq_msg_recv, (zmq_msg_t * msg, void *socket, int flags), (msg, socket, flags)) \
    X(int, zmq_msg_send, (zmq_msg_t * msg, void *socket, int flags), (msg, socket, flags)) \
    X(size_t, zmq_msg_size, (const zmq_msg_t *msg), (msg)) \
    X(int, zmq_poll, (zmq_pollitem_t * items, int n, long timeout), (items, n, timeout)) \
    X(int, zmq_send, (void *socket, const void *bytes, size_t length, int flags), (socket, bytes, length, flags)) \
    X(int, zmq_setsockopt, (void *socket, int option, const void *value, size_t length), \
      (socket, option, value, length)) \
    X(void *, zmq_socket, (void *context, int type), (context, type)) \
    X(int, zmq_socket_monitor, (void *socket, const char *endpoint, int events), (socket, endpoint, events)) \
    X(const char *, zmq_strerror, (int error), (error)) \
    X(int, zmq_unbind, (void *socket, const char *endpoint), (socket, endpoint)) \
    X(char *, zmq_z85_encode, (char *text, const uint8_t *bytes, size_t length), (text, bytes, length))

#define X(result, name, parameters, arguments) result(*name) parameters;
static struct {
    FUNCTIONS(X)
    X(void, zmq_version, (int *major, int *minor, int *patch), ())
} libzmq;
#undef X

/* As zmq.h declares them, which is how the compiler sees that they are the same. */
#define X(result, name, parameters, arguments) \
    result name parameters \
    { \
        return libzmq.name arguments; \
    }
FUNCTIONS(X)
#undef X

void zmq_version(int *major, int *minor, int *patch)
{
    libzmq.zmq_version(major, minor, patch);
}

/* POSIX has it that a function's address is as good as an object's; C doesn't. */
#define X(result, name, parameters, arguments) \
    _Static_assert(sizeof libzmq.name == sizeof(void *), "as dlsym(3) wants it"); \
    if (!(symbol = dlsym(RTLD_DEFAULT, #name))) \
        return td_fail(err, TD_E_SYSTEM, LIBRARY " has no " #name ": textd needs libzmq 4.3.2 or later"); \
    memcpy(&libzmq.name, &symbol, sizeof symbol);

int td_zmq_load(struct td_err *err)
{
    static int is_loaded;
    void *symbol;

    if (is_loaded)
        return TD_OK;
    /* As if it were linked: whatever it calls is looked for in the program first, which is how it comes by our recv
     * and accept4 (net/gate.c), and what is preloaded comes before it. */
    if (!dlopen(LIBRARY, RTLD_LAZY | RTLD_GLOBAL))
        return td_fail(err, TD_E_SYSTEM, "textd needs libzmq, which can't be loaded: %s", dlerror());
    FUNCTIONS(X)
    X(void, zmq_version, , )
    /* It asks for the number of PGM, which it doesn't need, by name: Debian's nsswitch.conf has "protocols: db files", and
     * of db's library, which is rarely there, the C library looks into each folder: 230 system calls. */
    __nss_configure_lookup("protocols", "files");
    is_loaded = 1;
    return TD_OK;
}
#undef X
