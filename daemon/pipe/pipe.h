/* pipe.h: a process of its own between pipelines and the daemon: it takes documents from pull endpoints, asks the daemon as any
 * client does, and gives the replies to push endpoints. It is apart since a PULL that isn't read has a full inbound
 * pipe, a state in which libzmq 4.3.4 has ended processes: its death costs only what it had taken, and that is
 * counted. */
#ifndef TD_PIPE_PROCESS_H
#define TD_PIPE_PROCESS_H

/* `textd --pipe`, as the parent starts it. Returns its exit code. */
int td_pipe_main(void);

#endif
