/* marked.c: brat's and WebAnno's files (plugins/entities/train), which come from strangers: each is read, or refused. The input's first byte says
 * which form; brat's text ends at the first byte 1. A refusal leaves the reader by a jump, as it ends the trainer; what jansson holds then is freed,
 * the rest is lost, so inputs are short. */
#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "plugins/entities/train/brat.h"
#include "plugins/entities/train/webanno.h"
#include "plugins/lib/train/trainer.h"

#define LONGEST 2000u

static jmp_buf refused;
const char *trainer_name = "fuzz";

/* What jansson has, in a ring, so that a refusal can give it back. */
struct held {
    struct held *next, *before;
    max_align_t memory[];
};

static struct held all = { &all, &all };

static void *hold(size_t bytes)
{
    struct held *h = malloc(sizeof *h + bytes);

    if (!h)
        abort();
    h->next = all.next;
    h->before = &all;
    all.next->before = h;
    all.next = h;
    return h->memory;
}

static void let_go(void *memory)
{
    if (!memory)
        return;
    struct held *h = (struct held *)(void *)((char *)memory - offsetof(struct held, memory));
    h->next->before = h->before;
    h->before->next = h->next;
    free(h);
}

void trainer_fail(const char *format, ...)
{
    static char message[2000];
    va_list args;

    va_start(args, format);
    vsnprintf(message, sizeof message, format, args);
    va_end(args);
    longjmp(refused, 1);
}

void trainer_at(const char *file, unsigned line)
{
    (void)file, (void)line;
}

void *trainer_grow(void *memory, size_t bytes)
{
    void *grown = realloc(memory, bytes ? bytes : 1);

    if (!grown)
        abort();
    return grown;
}

void trainer_read(const char *file, void (*take)(void *data, const json_t *object), void *data)
{
    (void)file, (void)take, (void)data;
    abort();
}

/* Offsets must be within the text, and at the borders of characters. */
static void check(void *data, const json_t *object)
{
    const json_t *text = json_object_get(object, "text"), *names = json_object_get(object, "entities");
    const char *bytes = json_string_value(text);
    size_t length = json_string_length(text), i;
    json_t *name;

    (void)data;
    json_array_foreach(names, i, name)
    {
        json_int_t start = json_integer_value(json_object_get(name, "start")),
                   end = json_integer_value(json_object_get(name, "end"));
        if (start < 0 || end <= start || (size_t)end > length || ((unsigned char)bytes[start] & 0xC0) == 0x80 ||
            ((unsigned char)bytes[end] & 0xC0) == 0x80)
            abort();
    }
}

#if defined(__SANITIZE_ADDRESS__) || defined(__has_feature)
__attribute__((visibility("default"))) const char *__asan_default_options(void);

const char *__asan_default_options(void)
{
    return "detect_leaks=0";
}
#endif

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    static char text[LONGEST + 1], marks[LONGEST + 1];
    static FILE *nowhere; /* what readers say of what they leave out */

    if (!nowhere)
        nowhere = freopen("/dev/null", "w", stdout);
    if (size < 1 || size > LONGEST || memchr(data, 0, size))
        return 0;
    json_set_alloc_funcs(hold, let_go);
    if (setjmp(refused) == 0) {
        const uint8_t *middle = memchr(data + 1, 1, size - 1);
        size_t first = middle ? (size_t)(middle - data) - 1 : 0, rest = size - 1 - first - (middle != NULL);
        memcpy(text, data + 1, first);
        text[first] = 0;
        memcpy(marks, data + 1 + first + (middle != NULL), rest);
        marks[rest] = 0;
        if (data[0] == 'b')
            brat_read_bytes("a.ann", text, first, marks, "a", check, NULL);
        else
            webanno_read_bytes("a.tsv", marks, "a", data[0] == 'v' ? "value" : NULL, check, NULL);
    }
    while (all.next != &all)
        let_go(all.next->memory);
    return 0;
}
