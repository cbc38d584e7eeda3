/* elf.c: see elf.h. The file is one that the loader has taken; its sections are looked at all the same, as nobody else has. */
#include "sdk/elf.h"

#include <elf.h>
#include <fcntl.h>
#include <link.h>
#include <stdio.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

struct image {
    const unsigned char *bytes;
    size_t size;
};

static const void *at(const struct image *image, uint64_t offset, uint64_t bytes)
{
    return offset <= image->size && bytes <= image->size - offset ? image->bytes + offset : NULL;
}

static int find_in(const struct image *image, const ElfW(Shdr) * symbols, const ElfW(Shdr) * strings, uint64_t address,
                   char *name, size_t size)
{
    const ElfW(Sym) *symbol = at(image, symbols->sh_offset, symbols->sh_size);
    const char *names = at(image, strings->sh_offset, strings->sh_size);

    for (uint64_t i = 0; symbol && names && i < symbols->sh_size / sizeof *symbol; i++, symbol++) {
        if (symbol->st_value != address || (symbol->st_info & 0xF) != STT_FUNC || symbol->st_name >= strings->sh_size)
            continue;
        snprintf(name, size, "%.*s", (int)strnlen(names + symbol->st_name, strings->sh_size - symbol->st_name),
                 names + symbol->st_name);
        return 1;
    }
    return 0;
}

static int find(const struct image *image, uint64_t address, char *name, size_t size)
{
    const ElfW(Ehdr) *head = at(image, 0, sizeof *head);
    const ElfW(Shdr) *sections = head ? at(image, head->e_shoff, (uint64_t)head->e_shnum * sizeof *sections) : NULL;

    for (int i = 0; sections && head->e_shentsize == sizeof *sections && i < head->e_shnum; i++)
        if (sections[i].sh_type == SHT_SYMTAB && sections[i].sh_link < head->e_shnum)
            return find_in(image, &sections[i], &sections[sections[i].sh_link], address, name, size);
    return 0;
}

int sdk_elf_function(const char *path, uint64_t address, char *name, size_t size)
{
    int fd = open(path, O_RDONLY | O_CLOEXEC), is_found = 0;
    struct stat st;

    if (fd >= 0 && fstat(fd, &st) == 0 && st.st_size > 0) {
        void *bytes = mmap(NULL, (size_t)st.st_size, PROT_READ, MAP_PRIVATE, fd, 0);
        const struct image image = { bytes, (size_t)st.st_size };
        if (bytes != MAP_FAILED) {
            is_found = find(&image, address, name, size);
            munmap(bytes, image.size);
        }
    }
    if (fd >= 0)
        close(fd);
    return is_found;
}
