/* language.c: see language.h. */
#include "plugins/segmenter/language.h"

#include <stdio.h>
#include <string.h>

#include "plugins/lib/character.h"

const struct model_file_kind language_kind = { .magic = "TDSEGLNG", .version = 1, .owner = "segmenter" };

const char *const language_codes[] = { "ar", "cs", "de", "es", "fr", "hi", "it", "ja", "ko",
                                       "nl", "pl", "pt", "ru", "sv", "tr", "zh", NULL };

static int is_slots(uint32_t n)
{
    return n >= 2 && n <= MODEL_MOST_SLOTS && (n & (n - 1)) == 0;
}

static struct boundary_model table(const struct model_content *content, const void *slots)
{
    return (struct boundary_model) {
        .slots = slots,
        .shift = 32 - (uint32_t)__builtin_ctz(content->n_slots),
        .reject = content->reject,
        .accept = content->accept,
    };
}

int language_open(struct language_model *model, const void *bytes, size_t length, char *reason, size_t reason_size)
{
    struct language_content head;
    const void *content;
    size_t size;

    if (model_file_open(&language_kind, bytes, length, &content, &size, reason, reason_size) != 0)
        return -1;
    memset(&head, 0, sizeof head);
    if (size >= sizeof head)
        memcpy(&head, content, sizeof head);
    if (!is_slots(head.boundaries.n_slots) || !is_slots(head.cuts.n_slots) || head.code[sizeof head.code - 1] ||
        size != sizeof head + (head.boundaries.n_slots + head.cuts.n_slots) * sizeof(uint16_t)) {
        snprintf(reason, reason_size,
                 "its content has %zu bytes, which do not fit its %u and %u slots; it was mixed up", size,
                 head.boundaries.n_slots, head.cuts.n_slots);
        return -1;
    }
    const uint16_t *slots = (const uint16_t *)(const void *)((const char *)content + sizeof head);
    memcpy(model->code, head.code, sizeof model->code);
    model->flags = head.flags;
    model->boundaries = table(&head.boundaries, slots);
    model->cuts = table(&head.cuts, slots + head.boundaries.n_slots);
    return 0;
}

int language_find(const char *code, uint32_t length)
{
    if (length < 2 || (length > 2 && code[2] != '-'))
        return -1;
    for (int i = 0; language_codes[i]; i++)
        if (char_to_lower(code[0]) == language_codes[i][0] && char_to_lower(code[1]) == language_codes[i][1])
            return i;
    return -1;
}

const char *language_titles(const char *code)
{
    if (strcmp(code, "pl") == 0)
        return " dr prof inż mgr hab ks św im ul al gen płk kpt por tzw tzn np nr str ";
    if (strcmp(code, "cs") == 0)
        return " dr prof ing mgr doc sv ul nám gen plk kpt mudr judr phdr tzv tj např č str ";
    return NULL;
}
