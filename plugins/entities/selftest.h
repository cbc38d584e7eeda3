/* selftest.h: does the tagger, with the lists that were loaded, still find what anybody would find? */
#ifndef ENTITIES_SELFTEST_H
#define ENTITIES_SELFTEST_H

#include <stddef.h>

struct entity_finders;

/* 0; or -1 with what was expected and what came. */
int selftest_run(const struct entity_finders *finders, char *reason, size_t reason_size);

#endif
