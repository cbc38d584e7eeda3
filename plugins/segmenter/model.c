/* model.c: see model.h. */
#include "plugins/segmenter/model.h"

#include <stdio.h>
#include <string.h>

const struct model_file_kind model_kind = { .magic = "TDSEGMNT", .version = 4, .owner = "segmenter" };

int model_open(struct boundary_model *model, const void *bytes, size_t length, char *reason, size_t reason_size)
{
    struct model_content head;
    const void *content;
    size_t size;

    if (model_file_open(&model_kind, bytes, length, &content, &size, reason, reason_size) != 0)
        return -1;
    memset(&head, 0, sizeof head);
    if (size >= sizeof head)
        memcpy(&head, content, sizeof head);
    if (head.n_slots < 2 || head.n_slots > MODEL_MOST_SLOTS || (head.n_slots & (head.n_slots - 1)) != 0 ||
        size != sizeof head + head.n_slots * sizeof *model->slots) {
        snprintf(reason, reason_size, "its content has %zu bytes, which do not fit its %u slots; it was mixed up", size,
                 head.n_slots);
        return -1;
    }
    model->slots = (const uint16_t *)(const void *)((const char *)content + sizeof head);
    model->shift = 32 - (uint32_t)__builtin_ctz(head.n_slots);
    model->reject = head.reject;
    model->accept = head.accept;
    return 0;
}
