/* allocate.h: memory for the trainer, which has nothing better to do without than to say so. */
#ifndef SEGMENTER_ALLOCATE_H
#define SEGMENTER_ALLOCATE_H

#include <stddef.h>

/* Memory that malloc or realloc gave, grown to `bytes`; NULL starts anew. Ends the program when there is none. */
void *reallocate(void *memory, size_t bytes);

static inline void *allocate(size_t bytes)
{
    return reallocate(NULL, bytes);
}

#endif
