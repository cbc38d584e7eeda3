/* slumber.c: see slumber.h. */
#include "daemon/fleet/slumber.h"

#include <fcntl.h>
#include <stdatomic.h>
#include <sys/mman.h>
#include <unistd.h>

#include "daemon/both/ring.h"

static struct {
    int has_tried, fd;
    struct td_slumber *page;
} it = { .fd = -1 };

/* Sealed against being mapped for writing, which what is mapped already isn't. */
static void make(void)
{
    int fd = memfd_create("textd-slumber", MFD_CLOEXEC | MFD_ALLOW_SEALING);

    it.has_tried = 1;
    if (fd < 0 || ftruncate(fd, sizeof *it.page) != 0)
        goto none;
    void *page = mmap(NULL, sizeof *it.page, PROT_READ | PROT_WRITE, MAP_SHARED, fd, 0);
    if (page == MAP_FAILED)
        goto none;
    if (fcntl(fd, F_ADD_SEALS, F_SEAL_FUTURE_WRITE | F_SEAL_SHRINK | F_SEAL_GROW | F_SEAL_SEAL) != 0) {
        munmap(page, sizeof *it.page);
        goto none;
    }
    it.fd = fd;
    it.page = page;
    return;
none:
    if (fd >= 0)
        close(fd);
}

int td_slumber_fd(void)
{
    if (!it.has_tried)
        make();
    return it.fd;
}

void td_slumber_fall(void)
{
    if (it.page)
        td_slumber_begin(it.page);
}

void td_slumber_rise(void)
{
    if (it.page)
        td_slumber_end(it.page);
}

uint64_t td_slumber_times(void)
{
    return it.page ? atomic_load_explicit(&it.page->times, memory_order_relaxed) : 0;
}
