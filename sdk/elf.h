/* elf.h: names of a library's functions by their addresses, of its table of symbols. */
#ifndef SDK_ELF_H
#define SDK_ELF_H

#include <stddef.h>
#include <stdint.h>

/* Writes the name of the function that begins at that address of the file to `name`. 0: there is none, or the file was
 * stripped. */
int sdk_elf_function(const char *path, uint64_t address, char *name, size_t size);

#endif
