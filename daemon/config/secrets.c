/* secrets.c: the files of secret options (TEXTD_SECRET in plugin.h). Only the plugin knows which of its options are
 * secret, and a worker can't open files; so what any option "…_file" with an absolute path names is read here, once
 * for a generation, and kept beside the path. What isn't a secret's file is never looked at. Why one could not be read
 * is kept, too: the worker says it when it matters. */
#include "daemon/config/parts.h"

#include <errno.h>
#include <fcntl.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "common/utf8.h"

#define SUFFIX "_file"
#define MOST_BYTES 4096

static int is_file_option(const struct td_config_option *option)
{
    size_t length = strlen(option->name), suffix = sizeof SUFFIX - 1;

    return length > suffix && strcmp(option->name + length - suffix, SUFFIX) == 0;
}

static void refuse(struct td_config_option *option, const char *format, ...) __attribute__((format(printf, 2, 3)));

static void refuse(struct td_config_option *option, const char *format, ...)
{
    va_list args;

    va_start(args, format);
    if (vasprintf(&option->secret_fault, format, args) < 0)
        option->secret_fault = NULL;
    va_end(args);
}

/* The bytes without the ends of lines behind them; -1 when they can't be a secret. */
static ssize_t measure(struct td_config_option *option, const char *bytes, ssize_t n)
{
    while (n > 0 && (bytes[n - 1] == '\n' || bytes[n - 1] == '\r'))
        n--;
    if (n == 0)
        refuse(option, "%s is empty", option->value);
    else if (n > MOST_BYTES)
        refuse(option, "%s has more than %d bytes", option->value, MOST_BYTES);
    else if (memchr(bytes, 0, (size_t)n) || td_utf8_check(bytes, (size_t)n, NULL) != (size_t)n)
        refuse(option, "%s must hold text: UTF-8 without NUL; base64 makes text of any bytes", option->value);
    else
        return n;
    return -1;
}

static void read_open(struct td_config_option *option, int fd)
{
    char bytes[MOST_BYTES + 3]; /* "\r\n", and one to see that there is more */
    struct stat st;

    if (fstat(fd, &st) != 0 || !S_ISREG(st.st_mode)) {
        refuse(option, "%s is no regular file", option->value);
        return;
    }
    if (st.st_mode & (S_IRWXO | S_IWGRP)) {
        refuse(option, "%s has mode %04o: others can read or change the secret; chmod 600 it", option->value,
               (unsigned)st.st_mode & 07777);
        return;
    }
    ssize_t n = read(fd, bytes, sizeof bytes);
    if (n < 0)
        refuse(option, "%s can't be read: %s", option->value, strerror(errno));
    else if ((n = measure(option, bytes, n)) > 0)
        option->secret = strndup(bytes, (size_t)n);
    explicit_bzero(bytes, sizeof bytes);
}

void td_config_secret_read(struct td_config_option *option)
{
    if (!is_file_option(option))
        return;
    td_config_secrets_forget(option);
    if (option->value[0] != '/') {
        refuse(option, "%s is '%s'; it must be an absolute path", option->name, td_config_quote(option->value).text);
        return;
    }
    int fd = open(option->value, O_RDONLY | O_CLOEXEC | O_NONBLOCK); /* a fifo must not hold us up */
    if (fd < 0) {
        refuse(option, "%s can't be opened: %s", option->value, strerror(errno));
        return;
    }
    read_open(option, fd);
    close(fd);
}

void td_config_secrets_forget(struct td_config_option *option)
{
    if (option->secret)
        explicit_bzero(option->secret, strlen(option->secret));
    free(option->secret);
    free(option->secret_fault);
    option->secret = option->secret_fault = NULL;
}

int td_config_secrets_read(struct td_config *config, struct td_err *err)
{
    for (uint32_t i = 0; i < config->n_plugins; i++)
        for (uint32_t k = 0; k < config->plugins[i].n_options; k++) {
            struct td_config_option *option = &config->plugins[i].options[k];
            td_config_secret_read(option);
            if (is_file_option(option) && !option->secret && !option->secret_fault)
                return td_config_no_memory(err);
        }
    return TD_OK;
}
