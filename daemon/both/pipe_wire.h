/* pipe_wire.h: what the supervisor and the pipe process say to each other, over a SOCK_STREAM socketpair. Records that
 * end with a NUL: a letter, and text. Both are the same binary, and the line is theirs alone. End-of-file on it is the end
 * of the process.
 *
 *   supervisor → pipe   LOG and PATIENCE first, and at any time; then the set-up: WINDOW, FRAME_BYTES, SHARED, GROUP, DAEMON,
 *                       PULL, PUSH, PUBLISH, and GO at its end; then FINISH
 *   pipe → supervisor   READY; or REFUSED, and it exits */
#ifndef TD_PIPE_WIRE_H
#define TD_PIPE_WIRE_H

#define TD_PIPE_WINDOW 'w'      /* how many documents it may have at a time */
#define TD_PIPE_FRAME_BYTES 'm' /* a larger frame ends its connection */
#define TD_PIPE_SHARED 's'      /* 1: sockets' folders may be written by others (server.shared_folder) */
#define TD_PIPE_GROUP 'g'       /* the group whose members may connect (server.socket_group), by number */
#define TD_PIPE_DAEMON 'd'      /* the endpoint of the daemon */
#define TD_PIPE_ENDS \
    "<>*" /* pull, push, publish: in the order of enum td_pipe_list; then 'b' or 'c', and the address */
#define TD_PIPE_GO '!'
#define TD_PIPE_LOG 'l' /* a level and a format, as letters from 'a' */
#define TD_PIPE_PATIENCE \
    't' /* ms: how long the daemon may take to answer a document that names no deadline; the most for any; of both, what \
           is grace */
#define TD_PIPE_FINISH 'f' /* ms that it may take to give away what it has */

#define TD_PIPE_READY 'r'
#define TD_PIPE_REFUSED 'x' /* a td_code, a space, and words */

/* The most that a set-up has. */
#define TD_PIPE_SETUP_BYTES 65536

#endif
