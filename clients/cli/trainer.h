/* trainer.h: starts the trainer of a plugin, which then is the process. */
#ifndef CLI_TRAINER_H
#define CLI_TRAINER_H

/* `argv` begins with the command, train or evaluate. Returns only when there is no such program: an exit code. */
int trainer_start(int argc, char **argv);

#endif
