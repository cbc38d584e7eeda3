/* fault.c: misbehaves on demand. The first word of the text says how; a text without such a word is answered with its
 * length. For tests only. */
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include <textd/plugin.h>

static const struct textd_host *host;

static int32_t create(const struct textd_host *the_host, const struct textd_value *values, void **self)
{
    (void)values, (void)self;
    host = the_host;
    return TEXTD_OK;
}

static int32_t do_crash(struct textd_doc *doc, long n)
{
    volatile int *nowhere = NULL;

    (void)doc, (void)n;
    *nowhere = 1;
    return TEXTD_OK;
}

static int32_t do_abort(struct textd_doc *doc, long n)
{
    (void)doc, (void)n;
    abort();
}

static int32_t do_exit(struct textd_doc *doc, long n)
{
    (void)doc;
    _exit((int)n);
}

static int32_t do_hang(struct textd_doc *doc, long n)
{
    (void)doc, (void)n;
    for (volatile int going = 1; going;)
        ;
    return TEXTD_OK;
}

static int32_t do_spin(struct textd_doc *doc, long n)
{
    (void)n;
    while (!host->should_stop(doc))
        ;
    return TEXTD_STOPPED;
}

static int32_t do_sleep(struct textd_doc *doc, long ms)
{
    struct timespec t = { ms / 1000, ms % 1000 * 1000000 };

    nanosleep(&t, NULL);
    host->write_integer(doc, ms);
    return TEXTD_OK;
}

static int32_t do_fail(struct textd_doc *doc, long n)
{
    static const char words[] = "it was asked to fail";

    (void)doc, (void)n;
    host->explain(words, sizeof words - 1);
    return TEXTD_FAILED;
}

static int32_t do_fail_silently(struct textd_doc *doc, long n)
{
    (void)doc, (void)n;
    return TEXTD_FAILED;
}

static int32_t do_nomem(struct textd_doc *doc, long n)
{
    (void)n;
    while (host->alloc(doc, 1 << 20, 8))
        ;
    return TEXTD_NO_MEMORY;
}

static int32_t do_big(struct textd_doc *doc, long n)
{
    static char kilobyte[1024];

    memset(kilobyte, 'x', sizeof kilobyte);
    host->array_begin(doc);
    for (long i = 0; i < n; i += (long)sizeof kilobyte)
        host->write_text(doc, kilobyte, sizeof kilobyte);
    host->array_end(doc);
    return TEXTD_OK;
}

static int32_t do_badoffset(struct textd_doc *doc, long n)
{
    host->write_offset(doc, (uint32_t)n);
    return TEXTD_OK;
}

static int32_t do_badresult(struct textd_doc *doc, long n)
{
    (void)n;
    host->map_end(doc);
    return TEXTD_OK;
}

static int32_t do_nan(struct textd_doc *doc, long n)
{
    (void)n;
    host->write_number(doc, NAN);
    return TEXTD_OK;
}

static int32_t do_deep(struct textd_doc *doc, long n)
{
    for (long i = 0; i < n; i++)
        host->array_begin(doc);
    for (long i = 0; i < n; i++)
        host->array_end(doc);
    return TEXTD_OK;
}

static int32_t do_stack(struct textd_doc *doc, long n)
{
    volatile char room[65536];

    room[0] = (char)n;
    room[65535] = room[0];
    return n < 0 ? room[65535] : do_stack(doc, n + 1) + room[0];
}

static const struct {
    const char *word;
    int32_t (*act)(struct textd_doc *, long);
} faults[] = {
    { "CRASH", do_crash }, { "ABORT", do_abort },
    { "EXIT", do_exit },   { "HANG", do_hang },
    { "SPIN", do_spin },   { "SLEEP", do_sleep },
    { "FAIL", do_fail },   { "SILENT", do_fail_silently },
    { "NOMEM", do_nomem }, { "BIG", do_big },
    { "DEEP", do_deep },   { "BADOFFSET", do_badoffset },
    { "NAN", do_nan },     { "BADRESULT", do_badresult },
    { "STACK", do_stack },
};

static int32_t process(void *self, struct textd_doc *doc)
{
    char head[64] = "", word[32] = "";
    long n = 0;

    (void)self;
    memcpy(head, doc->text, doc->text_length < sizeof head - 1 ? doc->text_length : sizeof head - 1);
    sscanf(head, "%31s %ld", word, &n);
    for (size_t i = 0; i < sizeof faults / sizeof faults[0]; i++)
        if (strcmp(word, faults[i].word) == 0)
            return faults[i].act(doc, n);
    host->write_integer(doc, doc->text_length);
    return TEXTD_OK;
}

TEXTD_EXPORT const struct textd_plugin textd_plugin_v1 = {
    TEXTD_PLUGIN_HEAD,
    .name = "fault",
    .version = "1.0.0",
    .license = "Apache-2.0",
    .summary = "Misbehaves on demand",
    .create = create,
    .process = process,
};
