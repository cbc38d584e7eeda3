/* turns.h: who speaks, and when, by the form of a chat's line. */
#ifndef SUMMARIZER_TURNS_H
#define SUMMARIZER_TURNS_H

#include <stdint.h>

/* What a line's time is made of. */
struct stamp {
    uint32_t end; /* behind it and its blanks; its start if there is none */
    int is_exact; /* has a date, or seconds */
    int is_in_brackets;
};

/* The time that the line starts with. */
struct stamp stamp_read(const char *text, uint32_t start, uint32_t end);

/* "Anna:", "Project Manager:", "<anna>", "Anna (10:02):", "**Anna:**": where the name ends, and in *speech where what is said
 * starts; 0 if there is none. The name starts at *from. */
uint32_t turn_name(const char *text, uint32_t start, uint32_t end, uint32_t *from, uint32_t *speech);

/* A line that is a name and a time, "Ann Moe  10:02 AM", "[10:02 AM] Ann Moe", "Ann Moe, 10:02", and has what was said in the
 * lines behind it. Returns a hash of the name; 0 if it is none. */
uint32_t turn_head(const char *text, uint32_t start, uint32_t end);

/* A hash of the name, in letters of any case; not 0. */
uint32_t turn_hash(const char *text, uint32_t start, uint32_t end);

/* Whether the line is a speaker and a time alone, and the lines behind it are what was said. */
int turn_is_head(const char *text, uint32_t start, uint32_t end);

#endif
