/* filter.h: which system calls a worker may make (seccomp(2), by libseccomp). A call that is none of them ends the
 * process by SIGSYS, whose handler notes which it was (panic.c). A filter can't be taken off; a second one narrows it.
 * */
#ifndef TD_FILTER_H
#define TD_FILTER_H

/* What there is beyond memory, clocks, and what is open. */
struct td_filter {
    int opens;   /* libraries are still to be opened: files are read, and the second filter is set */
    int threads; /* may be started */
    int network; /* sockets of IPv4 and IPv6 */
    int reads;   /* files, if something else says which */
    int writes;  /* the same; implies `reads` */
    int is_soft; /* a file that may not be opened is refused, where else the process would end */
};

/* Sets it for all threads of this process. 0, or -1 and errno. */
int td_filter_set(const struct td_filter *filter);

#endif
