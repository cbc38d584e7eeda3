/* secret_file.c: see secret_file.h. */
#include "common/secret_file.h"

#include <errno.h>
#include <fcntl.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "common/utf8.h"

static void refuse(char **fault, const char *format, ...) __attribute__((format(printf, 2, 3)));

static void refuse(char **fault, const char *format, ...)
{
    va_list args;

    va_start(args, format);
    if (vasprintf(fault, format, args) < 0)
        *fault = NULL;
    va_end(args);
}

/* The bytes without the ends of lines behind them; -1 when they can't be a secret. */
static ssize_t measure(const char *path, const char *bytes, ssize_t n, char **fault)
{
    while (n > 0 && (bytes[n - 1] == '\n' || bytes[n - 1] == '\r'))
        n--;
    if (n == 0)
        refuse(fault, "%s is empty", path);
    else if (n > TD_SECRET_FILE_MOST)
        refuse(fault, "%s has more than %d bytes", path, TD_SECRET_FILE_MOST);
    else if (memchr(bytes, 0, (size_t)n) || td_utf8_check(bytes, (size_t)n, NULL) != (size_t)n)
        refuse(fault, "%s must hold text: UTF-8 without NUL; base64 makes text of any bytes", path);
    else
        return n;
    return -1;
}

static void read_open(const char *path, int fd, char **secret, char **fault)
{
    char bytes[TD_SECRET_FILE_MOST + 3]; /* "\r\n", and one to see that there is more */
    struct stat st;

    if (fstat(fd, &st) != 0 || !S_ISREG(st.st_mode)) {
        refuse(fault, "%s is no regular file", path);
        return;
    }
    if (st.st_mode & (S_IRWXO | S_IWGRP)) {
        refuse(fault, "%s has mode %04o: others can read or change the secret; chmod 600 it", path,
               (unsigned)st.st_mode & 07777);
        return;
    }
    ssize_t n = read(fd, bytes, sizeof bytes);
    if (n < 0)
        refuse(fault, "%s can't be read: %s", path, strerror(errno));
    else if ((n = measure(path, bytes, n, fault)) > 0)
        *secret = strndup(bytes, (size_t)n);
    explicit_bzero(bytes, sizeof bytes);
}

void td_secret_file_read(const char *path, char **secret, char **fault)
{
    *secret = *fault = NULL;
    if (path[0] != '/') {
        refuse(fault, "'%.*s' must be an absolute path", td_utf8_quoted(path, strlen(path)), path);
        return;
    }
    int fd = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK); /* a fifo must not hold us up */
    if (fd < 0) {
        refuse(fault, "%s can't be opened: %s", path, strerror(errno));
        return;
    }
    read_open(path, fd, secret, fault);
    close(fd);
}
