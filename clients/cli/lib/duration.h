/* duration.h: how long something took, for people. */
#ifndef CLI_DURATION_H
#define CLI_DURATION_H

#include <stddef.h>

/* "950 us", "12 ms", "1.2 s"; "-" for nothing. */
void duration_text(char *text, size_t size, double us);

#endif
