/* compile.h: makes what is known beforehand (names/knowledge.h) of vectors of words and a list of names. */
#ifndef ENTITIES_TRAIN_COMPILE_H
#define ENTITIES_TRAIN_COMPILE_H

#include <stddef.h>

/* Reads the vectors' file and the list, lines of `name<TAB>kind`; returns the bytes, with malloc. Ends the program when a file is
 * wrong. */
void *compile_knowledge(const char *vectors_file, const char *names_file, size_t *length);

#endif
