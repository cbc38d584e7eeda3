/* talk.c: says things, in all the ways that a plugin can. The text's first line is a word, and perhaps a number; what
 * is said is the rest of the text. For tests only. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <textd/log.h>
#include <textd/plugin.h>
#include <textd/warn.h>

static const struct textd_host *host;
static const struct textd_log *words;
static const struct textd_warn *warnings;

static void say(int32_t level, const char *text)
{
    words->write(level, text, strlen(text));
}

static int32_t create(const struct textd_host *the_host, const struct textd_value *values, void **self)
{
    (void)values, (void)self;
    host = the_host;
    words = host->extension(TEXTD_LOG);
    warnings = host->extension(TEXTD_WARN);
    if (!words || !warnings || host->extension("textd.log/2"))
        return TEXTD_FAILED;
    say(TEXTD_LOG_INFO, "words of create");
    return TEXTD_OK;
}

static int32_t selftest(void *self)
{
    (void)self;
    say(TEXTD_LOG_INFO, "words of selftest");
    return TEXTD_OK;
}

static void destroy(void *self)
{
    (void)self;
    say(TEXTD_LOG_INFO, "words of destroy");
}

/* n MiB of lines, 64 KiB at a time. */
static void flood(long n)
{
    static char block[65536];
    ssize_t written = 0;

    memset(block, 'x', sizeof block);
    for (size_t i = 99; i < sizeof block; i += 100)
        block[i] = '\n';
    block[sizeof block - 1] = '\n';
    for (long i = 0; i < 16 * n && written >= 0; i++)
        written = write(STDERR_FILENO, block, sizeof block);
}

static int32_t process(void *self, struct textd_doc *doc)
{
    char head[64] = "", word[32] = "";
    const char *rest = memchr(doc->text, '\n', doc->text_length);
    long n = 1;

    (void)self;
    memcpy(head, doc->text, doc->text_length < sizeof head - 1 ? doc->text_length : sizeof head - 1);
    sscanf(head, "%31s %ld", word, &n);
    rest = rest ? rest + 1 : doc->text + doc->text_length;
    size_t length = doc->text_length - (size_t)(rest - doc->text);
    if (strcmp(word, "ERR") == 0)
        for (long i = 0; i < n; i++)
            fwrite(rest, 1, length, stderr);
    else if (strcmp(word, "OUT") == 0)
        fwrite(rest, 1, length, stdout);
    else if (strcmp(word, "LOG") == 0)
        words->write((int32_t)n, rest, length);
    else if (strcmp(word, "FLOOD") == 0)
        flood(n);
    for (long i = 0; strncmp(word, "WARN", 4) == 0 && i < n; i++)
        warnings->warn(doc, rest, length);
    if (strcmp(word, "WARN_FAIL") == 0)
        return TEXTD_FAILED;
    if (strcmp(word, "FLOOD") == 0 || strcmp(word, "ABORT") == 0)
        fwrite(rest, 1, length, stderr);
    if (strcmp(word, "ABORT") == 0)
        abort();
    host->write_integer(doc, words->is_wanted((int32_t)n));
    return TEXTD_OK;
}

TEXTD_EXPORT const struct textd_plugin textd_plugin_v1 = {
    TEXTD_PLUGIN_HEAD, .name = "talk",     .version = "1.0.0",   .license = "Apache-2.0", .summary = "Says things",
    .create = create,  .process = process, .selftest = selftest, .destroy = destroy,
};
