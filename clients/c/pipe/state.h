/* state.h: FILE.state, beside the file that results go to: how far its sources were when it had a certain length, so that
 * only what is behind that must be read. It is believed only of the same file (device and inode) with the same last line
 * there; it may be old, or missing, and can't be wrong. */
#ifndef CLIENT_PIPE_STATE_H
#define CLIENT_PIPE_STATE_H

#include "clients/c/pipe/outfile.h"

/* Fills in the places, and the length from which the file is to be read: 0 when there is nothing to believe. */
void state_read(struct outfile *o);

/* Writes it anew, in one step. That it fails costs time, at the next start, and nothing else. */
void state_write(struct outfile *o);

#endif
