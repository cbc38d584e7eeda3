/* program.h: what lies beside textctl, where it was built and where it is installed: files, and programs of textd's libexec
 * folder, of which one may become the process, as git does with its subcommands. */
#ifndef CLI_PROGRAM_H
#define CLI_PROGRAM_H

#include <stddef.h>

/* What is at `relative` to textctl's own folder. */
void program_find_beside(const char *relative, char *path, size_t size);

/* …/libexec/textd/NAME */
void program_find(const char *name, char *path, size_t size);

/* `argv[0]` is set to the program's path. Returns only when it can't be started: an exit code, after having complained;
 * `missing` is then what it means that there is no such program. */
int program_start(const char *name, char **argv, const char *missing);

/* The same of a program for people, in textctl's own folder. */
int program_start_beside(const char *name, char **argv, const char *missing);

#endif
