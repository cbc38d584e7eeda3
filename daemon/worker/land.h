/* land.h: Landlock (landlock(7)): which files a process may open, whoever's they are. It is for files that are opened
 * from now on, for this thread and those that it starts, and can't be undone; another one can only narrow it. Each
 * kernel has its version of it, the ABI; all that it has is used. */
#ifndef TD_LAND_H
#define TD_LAND_H

#include <stddef.h>

struct td_land_rule {
    const char *path; /* a file, or a folder with all below it */
    int may_write;
};

/* The kernel's ABI, or 0 and errno. */
int td_land_abi(void);

/* From now on only these can be opened, what isn't there being passed over. Without `has_network` there are no
 * connections by TCP either, as far as the ABI goes. 0, or -1 and errno. */
int td_land_restrict(int abi, const struct td_land_rule *rules, size_t n, int has_network);

#endif
