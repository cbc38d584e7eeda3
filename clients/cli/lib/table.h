/* table.h: columns for people: text to the left, numbers to the right, each as wide as its widest cell. */
#ifndef CLI_TABLE_H
#define CLI_TABLE_H

#include <stdio.h>

#define TABLE_COLUMNS 12
#define TABLE_CELL 64

struct table {
    const char *const *heads; /* "<PLUGIN": to the left; ">DOCS": to the right; NULL at the end */
    char (*cells)[TABLE_CELL];
    size_t n, room;
};

void table_start(struct table *table, const char *const *heads);

/* The next cell, row by row. What others wrote comes out harmless. */
void table_add(struct table *table, const char *format, ...) __attribute__((format(printf, 2, 3)));

/* Prints it and gives its memory back. */
void table_finish(struct table *table, FILE *out);

#endif
