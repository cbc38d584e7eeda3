/* selftest.h: does the tagger run, with the model and the lists that were loaded, and are expressions what they are? */
#ifndef ENTITIES_SELFTEST_H
#define ENTITIES_SELFTEST_H

#include <stddef.h>

struct entity_finders;

/* 0; or -1 with what was expected and what came. */
int selftest_run(const struct entity_finders *finders, char *reason, size_t reason_size);

#endif
