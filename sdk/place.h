/* place.h: where in a plugin's file a call was, in words. */
#ifndef SDK_PLACE_H
#define SDK_PLACE_H

#include "sdk/found.h"

/* "shout+0x1139 (is_capitals, shout.c:17)", of the innermost frames that the dying process noted; the source's line where the
 * library has it and binutils' addr2line is installed. "" when nothing was noted. */
void sdk_place_find(const struct sdk_board *board, char *words, size_t size);

#endif
