/* flight.c: see flight.h. */
#include "common/flight.h"

#include <errno.h>
#include <fcntl.h>
#include <stddef.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

#include "common/log.h"

/* Ids in a log line, which has 4 KiB. */
#define TOLD_BYTES 3000

int td_flight_make(struct td_flight **table)
{
    int fd = memfd_create("textd-flight", MFD_CLOEXEC | MFD_ALLOW_SEALING);

    if (fd < 0)
        return -1;
    if (ftruncate(fd, sizeof **table) == 0 && fcntl(fd, F_ADD_SEALS, F_SEAL_SHRINK | F_SEAL_GROW | F_SEAL_SEAL) == 0 &&
        (*table = td_flight_map(fd)))
        return fd;
    int error = errno;
    close(fd);
    errno = error;
    return -1;
}

struct td_flight *td_flight_map(int fd)
{
    struct stat st;

    errno = EINVAL;
    if (fstat(fd, &st) != 0 || st.st_size != (off_t)sizeof(struct td_flight))
        return NULL;
    void *page = mmap(NULL, sizeof(struct td_flight), PROT_READ | PROT_WRITE, MAP_SHARED, fd, 0);
    return page == MAP_FAILED ? NULL : page;
}

void td_flight_unmap(struct td_flight *table)
{
    munmap(table, sizeof *table);
}

static int is_taken(const struct td_flight_place *place)
{
    return atomic_load_explicit(&place->is_taken, memory_order_acquire) != 0;
}

/* "a1 a2 -"; whoever has no id is "-". Zero when it has no room. */
static int append_id(char *words, size_t *used, const struct td_flight_place *place)
{
    size_t length = place->id_length <= TD_FLIGHT_ID_BYTES ? place->id_length : 0;

    if (*used + length + sizeof " …" > TOLD_BYTES)
        return 0;
    if (*used > 0)
        words[(*used)++] = ' ';
    if (length > 0)
        memcpy(words + *used, place->id, length);
    else
        words[*used] = '-';
    *used += length > 0 ? length : 1;
    return 1;
}

uint32_t td_flight_tell_lost(const struct td_flight *table, int pid, const char *death)
{
    char words[TOLD_BYTES + 8];
    size_t used = 0;
    uint32_t n = 0;
    int has_room = 1;

    for (uint32_t i = 0; i < TD_FLIGHT_PLACES; i++) {
        if (!is_taken(&table->places[i]))
            continue;
        n++;
        has_room = has_room && append_id(words, &used, &table->places[i]);
    }
    if (!has_room) {
        memcpy(words + used, " …", sizeof " …" - 1);
        used += sizeof " …" - 1;
    }
    if (n > 0)
        td_log(TD_LOG_ERROR, "pipe.lost", TD_INT("pid", pid), TD_STR("death", death), TD_INT("documents", n),
               TD_TEXT("ids", words, used));
    return n;
}
