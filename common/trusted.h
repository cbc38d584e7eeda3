/* trusted.h: which files and folders are believed: those that nobody can have changed but root and the user that textd runs as. */
#ifndef TD_TRUSTED_H
#define TD_TRUSTED_H

#include <sys/stat.h>

#include "common/err.h"

/* TD_E_CONFIG: it isn't there, or others may put files into it. */
int td_trusted_folder(const char *folder, struct td_err *err);

/* Opens a regular file for reading; never waits. TD_E_CONFIG: it can't be opened, or others may write it. */
int td_trusted_open(const char *path, int *fd, struct stat *st, struct td_err *err);

/* Whose fault it is that a file or folder can't be opened: the system's, when it has no descriptors or memory, else the
 * configuration's. */
int td_trusted_blame(int error);

#endif
