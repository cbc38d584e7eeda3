/* slumber.h: the page in which all workers read whether the supervisor sleeps. One that has put a reply into its ring then wakes it. */
#ifndef TD_SLUMBER_H
#define TD_SLUMBER_H

#include <stdint.h>

/* A descriptor of the page, from which it can be mapped for reading and in no other way, by nobody; ours to close, at no time. -1: the
 * system can't make one (before Linux 5.1), and there are no rings. */
int td_slumber_fd(void);

/* Before the loop sleeps; then it looks into the rings once more. */
void td_slumber_fall(void);

/* The loop is awake. */
void td_slumber_rise(void);

/* How often it has fallen and risen; odd: it has fallen. */
uint64_t td_slumber_times(void);

#endif
