/* worker.h: the process that runs plugins. */
#ifndef TD_WORKER_MAIN_H
#define TD_WORKER_MAIN_H

/* The worker's whole life, from the channel's SETUP to its end-of-file. Returns an exit code of frames.h. */
int td_worker_main(void);

#endif
