/* land.c: see land.h. By the system calls themselves, and with our own names for what Debian 12's headers are too old
 * to have: the numbers are the kernel's promise (include/uapi/linux/landlock.h). Bits that a kernel doesn't know are
 * refused, so each ABI gets what it has: 2 is Debian 12's. */
#include "daemon/worker/land.h"

#include <fcntl.h>
#include <stdint.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

/* The same on all architectures. */
#define CREATE_RULESET 444
#define ADD_RULE 445
#define RESTRICT_SELF 446

#define GET_VERSION 1u /* flag of CREATE_RULESET */
#define PATH_BENEATH 1 /* kind of rule */

#define FS_EXECUTE (UINT64_C(1) << 0)
#define FS_WRITE_FILE (UINT64_C(1) << 1)
#define FS_READ_FILE (UINT64_C(1) << 2)
#define FS_READ_DIR (UINT64_C(1) << 3)
#define FS_REMOVE_DIR (UINT64_C(1) << 4)
#define FS_REMOVE_FILE (UINT64_C(1) << 5)
#define FS_MAKE_DIR (UINT64_C(1) << 7)
#define FS_MAKE_REG (UINT64_C(1) << 8)
#define FS_ALL_1 \
    ((UINT64_C(1) << 13) - 1) /* of ABI 1: devices, sockets, pipes and symbolic links are made by bits 6, 9 to 12 */
#define FS_REFER (UINT64_C(1) << 13)     /* ABI 2: moves and links between folders */
#define FS_TRUNCATE (UINT64_C(1) << 14)  /* ABI 3 */
#define FS_IOCTL_DEV (UINT64_C(1) << 15) /* ABI 5 */

#define NET_TCP UINT64_C(3)    /* ABI 4: bind and connect */
#define SCOPE_BOTH UINT64_C(3) /* ABI 6: abstract sockets of others, and signals to them */

struct ruleset {
    uint64_t fs, net, scoped;
};

struct path_beneath {
    uint64_t allowed;
    int32_t folder;
} __attribute__((packed));

int td_land_abi(void)
{
    long abi = syscall(CREATE_RULESET, NULL, (size_t)0, GET_VERSION);

    return abi > 0 ? (int)abi : 0;
}

static struct ruleset all_of(int abi)
{
    struct ruleset all = { .fs = FS_ALL_1 };

    if (abi >= 2)
        all.fs |= FS_REFER;
    if (abi >= 3)
        all.fs |= FS_TRUNCATE;
    if (abi >= 4)
        all.net = NET_TCP;
    if (abi >= 5)
        all.fs |= FS_IOCTL_DEV;
    if (abi >= 6)
        all.scoped = SCOPE_BOTH;
    return all;
}

/* Neither devices nor sockets nor symbolic links are made by anybody. A file's rule may have but a file's rights. */
static uint64_t rights_of(const struct td_land_rule *rule, uint64_t all, int is_folder)
{
    uint64_t rights = FS_READ_FILE | FS_READ_DIR;

    if (rule->may_write)
        rights |= FS_WRITE_FILE | FS_TRUNCATE | FS_MAKE_REG | FS_MAKE_DIR | FS_REMOVE_FILE | FS_REMOVE_DIR | FS_REFER;
    if (!is_folder)
        rights &= FS_READ_FILE | FS_WRITE_FILE | FS_TRUNCATE;
    return rights & all;
}

static int add_rule(int ruleset, const struct td_land_rule *rule, uint64_t all)
{
    int fd = open(rule->path, O_PATH | O_CLOEXEC);
    struct stat st;

    if (fd < 0)
        return 0;
    int is_folder = fstat(fd, &st) == 0 && S_ISDIR(st.st_mode);
    const struct path_beneath beneath = { rights_of(rule, all, is_folder), fd };
    long rc = syscall(ADD_RULE, ruleset, PATH_BENEATH, &beneath, 0u);
    close(fd);
    return (int)rc;
}

int td_land_restrict(int abi, const struct td_land_rule *rules, size_t n, int has_network)
{
    struct ruleset all = all_of(abi);
    int rc = 0;

    if (has_network)
        all.net = 0;
    /* What is beyond a kernel's own struct must be 0, and is. */
    int ruleset = (int)syscall(CREATE_RULESET, &all, sizeof all, 0u);
    if (ruleset < 0)
        return -1;
    for (size_t i = 0; i < n && rc == 0; i++)
        rc = add_rule(ruleset, &rules[i], all.fs);
    if (rc == 0)
        rc = (int)syscall(RESTRICT_SELF, ruleset, 0u);
    close(ruleset);
    return rc;
}
