/* config.c: any bytes as a configuration file. What is accepted prints as a file that is accepted again; what is refused is
 * refused in words. */
#include <assert.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#include "daemon/config/config.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static int file_of(const void *bytes, size_t size, char path[32])
{
    int fd = memfd_create("configuration", MFD_CLOEXEC);

    assert(fd >= 0);
    if (size > 0)
        assert(write(fd, bytes, size) == (ssize_t)size);
    snprintf(path, 32, "/proc/self/fd/%d", fd);
    return fd;
}

static int load(struct td_config *config, const char *path)
{
    struct td_config_flags flags = { .file = path, .builtin_plugin_dir = "/nowhere" };
    struct td_err err = { 0 };
    int rc = td_config_load(config, &flags, &err);

    assert(rc == TD_OK || (rc == (int)err.code && err.text[0]));
    return rc;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct td_config config, copy;
    struct td_err err;
    char path[32];
    int fd = file_of(data, size, path);

    if (load(&config, path) == TD_OK) {
        assert(td_config_copy(&copy, &config, &err) == TD_OK);
        char again[32];
        int printed = file_of(NULL, 0, again);
        assert(td_config_print(&copy, printed) == 0);
        td_config_free(&copy);
        assert(load(&copy, again) == TD_OK);
        assert(copy.n_plugins == config.n_plugins && copy.n_endpoints == config.n_endpoints);
        td_config_free(&copy);
        td_config_free(&config);
        close(printed);
    }
    close(fd);
    return 0;
}
