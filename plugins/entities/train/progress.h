/* progress.h: tells a person who waits how far the training is: a line that is drawn anew on a terminal, nothing else. */
#ifndef ENTITIES_TRAIN_PROGRESS_H
#define ENTITIES_TRAIN_PROGRESS_H

/* What is being done now, and which part of the whole it starts and ends at, 0 to 1. */
void progress_stage(const char *what, double start, double end);

/* How much of the stage is done. */
void progress_show(double share);

/* Takes the line away, so that something else can be printed. */
void progress_clear(void);

#endif
