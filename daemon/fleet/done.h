/* done.h: whether a worker's DONE is one. What is in it goes to a client as it is, and a worker runs other people's code:
 * a reply that no client could read, or that says other than it should, is not passed on. */
#ifndef TD_DONE_H
#define TD_DONE_H

#include <stddef.h>

#include "daemon/both/frames.h"

/* Checks the parts behind the struct, `length` bytes at `body`: of a document that is done, as many pairs as it says, of the
 * keys that there are, each once, and the map of times, perhaps that of spans; of one that failed, words; and of either the warnings
 * of its plugins. The struct's own lengths fit into `length`. NULL, or what is wrong, in words. */
const char *td_done_check(const struct td_done *done, const unsigned char *body, size_t length);

#endif
