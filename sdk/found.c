/* found.c: see found.h. The processes of a check run one after the other, so nothing here needs a lock. */
#include "sdk/found.h"

#include <stdarg.h>
#include <stdio.h>
#include <string.h>
#include <sys/mman.h>

#include "common/utf8.h"

struct sdk_board *sdk_board;

static int is_silent;

static const struct {
    const char *name, *advice;
} kinds[] = {
#define X(number, name, what) [SDK_##number] = { name, what },
    SDK_FINDINGS(X)
#undef X
};

int sdk_board_make(void)
{
    void *pages =
        mmap(NULL, sizeof *sdk_board, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);

    if (pages == MAP_FAILED)
        return -1;
    sdk_board = pages;
    sdk_board->document = SDK_NO_DOCUMENT;
    return 0;
}

const char *sdk_at_words(enum sdk_at at)
{
    static const char *const words[] = {
        [SDK_AT_NOTHING] = "between its calls", [SDK_AT_OPEN] = "while it was opened",
        [SDK_AT_CREATE] = "in create",          [SDK_AT_CHECK_OPTIONS] = "in the check of its options",
        [SDK_AT_SELFTEST] = "in its self-test", [SDK_AT_PROCESS] = "in process",
        [SDK_AT_DESTROY] = "in destroy",
    };

    return words[at];
}

const char *sdk_finding_name(uint32_t id)
{
    return kinds[id].name;
}

const char *sdk_finding_advice(uint32_t id)
{
    return kinds[id].advice;
}

static void note(enum sdk_finding_id id, const char *place, const char *format, va_list args)
{
    struct sdk_finding *f = &sdk_board->findings[id];
    uint32_t document = sdk_board->document;

    if (is_silent)
        return;
    if (!f->is_found) {
        f->is_found = 1;
        vsnprintf(f->words, sizeof f->words, format, args); /* NOLINT: the callers' formats are checked */
        f->words[td_utf8_make_plain(f->words, strlen(f->words))] = 0;
        snprintf(f->place, sizeof f->place, "%s", place);
        f->place[td_utf8_make_plain(f->place, strlen(f->place))] = 0;
    }
    if (document >= SDK_MOST_DOCUMENTS || f->has_shown[document])
        return;
    f->has_shown[document] = 1;
    if (f->n_documents < SDK_NAMED_DOCUMENTS)
        f->documents[f->n_documents] = document;
    f->n_documents++;
}

void sdk_found(enum sdk_finding_id id, const char *format, ...)
{
    va_list args;

    va_start(args, format);
    note(id, "", format, args);
    va_end(args);
}

void sdk_found_at(enum sdk_finding_id id, const char *place, const char *format, ...)
{
    va_list args;

    va_start(args, format);
    note(id, place, format, args);
    va_end(args);
}

void sdk_found_silence(int silent)
{
    is_silent = silent;
}

int sdk_is_found(enum sdk_finding_id id)
{
    return (int)sdk_board->findings[id].is_found;
}
