/* foreign.h: messages that are no MessagePack map, because their sender speaks something else. */
#ifndef TD_FOREIGN_H
#define TD_FOREIGN_H

#include <stddef.h>

/* Words for a message that begins like JSON or like HTTP: what it looks like, and what to do. NULL: like neither. Only for
 * what is no map: the letters of both are numbers in MessagePack. */
const char *td_foreign_words(const void *bytes, size_t length);

#endif
