/* parent.h: the process that was started. It takes the signals, speaks to the service manager, makes and buries all
 * other processes, starts the supervisor again when it died of something that it didn't decide, and ends with its
 * exit code. It has one thread, no socket to the outside, no library that could end it, and never waits for anything
 * but in its one poll. */
#ifndef TD_PARENT_H
#define TD_PARENT_H

/* Runs the supervisor with these arguments (those of main) until it ends for good. Returns the process's exit code: the
 * supervisor's own, or EX_SOFTWARE when it died before it ever served or while it was stopping, or EX_OSERR when
 * there could not be a supervisor at all. */
int td_parent_run(int argc, char **argv);

#endif
