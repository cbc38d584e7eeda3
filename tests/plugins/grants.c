/* grants.c: does what takes a grant, or what needs none and could break without one. The first word of the text, or of
 * the option `create` at its making, says what; the result is what came of it: a value, or errno as a negative number.
 * For tests only. */
#include <arpa/inet.h>
#include <errno.h>
#include <fcntl.h>
#include <iconv.h>
#include <linux/filter.h>
#include <linux/seccomp.h>
#include <locale.h>
#include <netdb.h>
#include <netinet/in.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <time.h>
#include <unistd.h>

#include <textd/grants.h>
#include <textd/plugin.h>

static const struct textd_host *host;

static const struct textd_option options[] = {
    TEXTD_OPTION_TEXT("create", "", NULL, 0, "what to do when it is made"),
};

/* What came of an act: a number, unless there is a text. */
struct outcome {
    long number;
    char text[64];
};

static struct outcome number(long n)
{
    return (struct outcome) { .number = n < 0 ? -errno : n };
}

static struct outcome do_time(const char *argument)
{
    time_t when = (time_t)atol(argument);
    struct tm tm;

    localtime_r(&when, &tm);
    return number(tm.tm_hour * 100 + localtime(&when)->tm_hour);
}

static struct outcome do_locale(const char *argument)
{
    return number(newlocale(LC_ALL_MASK, argument, (locale_t)0) ? 1 : -1);
}

static struct outcome do_convert(const char *argument)
{
    return number(iconv_open("UTF-8", argument) == (iconv_t)-1 ? -1 : 1);
}

/* Through an arena of its own, which asks the kernel for more than the main one does. */
static void *take_memory(void *data)
{
    for (int i = 0; i < 50; i++) {
        void *block = malloc(100000);
        memset(block, i, 100000);
        free(block);
    }
    return data;
}

static struct outcome do_thread(const char *argument)
{
    pthread_t threads[4];
    int n = atoi(argument), rc = 0, done = 0;
    void *back;

    for (int i = 0; i < n && rc == 0; i++)
        if ((rc = pthread_create(&threads[i], NULL, take_memory, &done)) == 0)
            done += pthread_join(threads[i], &back) == 0 && back == &done;
    return (struct outcome) { .number = rc ? -rc : done };
}

static void *stay(void *data)
{
    for (;;)
        pause();
    return data;
}

static struct outcome do_stay(const char *argument)
{
    pthread_t thread;

    (void)argument;
    return number(pthread_create(&thread, NULL, stay, NULL));
}

static struct outcome do_read(const char *path)
{
    struct outcome outcome = { .number = 0 };
    int fd = open(path, O_RDONLY | O_CLOEXEC);

    if (fd < 0 || read(fd, outcome.text, sizeof outcome.text - 1) < 0)
        return number(-1);
    close(fd);
    return outcome;
}

static struct outcome do_write(const char *path)
{
    int fd = open(path, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0600);

    if (fd < 0)
        return number(-1);
    long n = write(fd, "written", 7);
    close(fd);
    return number(n);
}

/* A file that whoever starts it becomes textd's user by. */
static struct outcome do_setuid(const char *path)
{
    return number(open(path, O_WRONLY | O_CREAT | O_CLOEXEC, S_ISUID | 0755));
}

static struct outcome do_remove(const char *path)
{
    return number(unlink(path));
}

static struct outcome do_chmod(const char *path)
{
    return number(chmod(path, 0777));
}

static struct outcome do_env(const char *name)
{
    struct outcome outcome = { .number = 0 };

    snprintf(outcome.text, sizeof outcome.text, "%s", getenv(name) ? getenv(name) : "(none)");
    return outcome;
}

static struct outcome do_socket(const char *domain)
{
    return number(socket(strcmp(domain, "unix") == 0 ? AF_UNIX : AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0));
}

/* The byte that who listens there sends. */
static struct outcome do_connect(const char *port)
{
    struct addrinfo hint = { .ai_family = AF_INET, .ai_socktype = SOCK_STREAM }, *found = NULL;
    unsigned char byte = 0;
    int fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);

    if (getaddrinfo("localhost", port, &hint, &found) != 0)
        return (struct outcome) { .number = -1000 };
    if (fd < 0 || connect(fd, found->ai_addr, found->ai_addrlen) != 0 || read(fd, &byte, 1) != 1)
        return number(-1);
    close(fd);
    return number(byte);
}

/* Answers for the kernel from now on: that a filter was set. */
static struct outcome do_pretend(const char *argument)
{
    struct sock_filter code[] = {
        BPF_STMT(BPF_LD | BPF_W | BPF_ABS, offsetof(struct seccomp_data, nr)),
        BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, SYS_seccomp, 0, 1),
        BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ERRNO | 0),
        BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ALLOW),
    };
    struct sock_fprog program = { sizeof code / sizeof code[0], code };

    (void)argument;
    return number(syscall(SYS_seccomp, SECCOMP_SET_MODE_FILTER, 0, &program));
}

static const struct {
    const char *word;
    struct outcome (*act)(const char *argument);
} acts[] = {
    { "TIME", do_time },     { "LOCALE", do_locale },   { "CONVERT", do_convert }, { "THREAD", do_thread },
    { "STAY", do_stay },     { "READ", do_read },       { "WRITE", do_write },     { "REMOVE", do_remove },
    { "SETUID", do_setuid }, { "PRETEND", do_pretend }, { "CHMOD", do_chmod },     { "ENV", do_env },
    { "SOCKET", do_socket }, { "CONNECT", do_connect },
};

static struct outcome act_on(const char *text, size_t length)
{
    char line[512], word[32] = "";
    int end = 0;

    snprintf(line, sizeof line, "%.*s", (int)length, text);
    sscanf(line, "%31s %n", word, &end);
    for (size_t i = 0; i < sizeof acts / sizeof acts[0]; i++)
        if (strcmp(word, acts[i].word) == 0)
            return acts[i].act(line + end);
    return (struct outcome) { .number = (long)length };
}

static int32_t create(const struct textd_host *the_host, const struct textd_value *values, void **self)
{
    (void)self;
    host = the_host;
    act_on(values[0].text, values[0].length);
    return TEXTD_OK;
}

static int32_t process(void *self, struct textd_doc *doc)
{
    const struct outcome outcome = act_on(doc->text, doc->text_length);

    (void)self;
    if (outcome.text[0])
        host->write_text(doc, outcome.text, strlen(outcome.text));
    else
        host->write_integer(doc, outcome.number);
    return TEXTD_OK;
}

#ifdef NEEDS
static const void *extension(const char *id)
{
    static const char *const needs[] = { NEEDS, NULL };
    static const struct textd_grants grants = { .size = sizeof grants, .needs = needs };

    return strcmp(id, TEXTD_GRANTS) == 0 ? &grants : NULL;
}
#endif

TEXTD_EXPORT const struct textd_plugin textd_plugin_v1 = {
    TEXTD_PLUGIN_HEAD,
    .name = "grants",
    .version = "1.0.0",
    .license = "Apache-2.0",
    .summary = "Does what takes a grant",
    .options = options,
    .n_options = sizeof options / sizeof options[0],
    .option_size = sizeof options[0],
    .create = create,
    .process = process,
#ifdef NEEDS
    .extension = extension,
#endif
};
