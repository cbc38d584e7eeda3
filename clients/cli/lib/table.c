/* table.c: see table.h. */
#include "clients/cli/lib/table.h"

#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

void table_start(struct table *table, const char *const *heads)
{
    *table = (struct table) { .heads = heads };
}

/* Control characters could speak to the terminal. */
static void make_harmless(char *text)
{
    for (; *text; text++)
        if ((unsigned char)*text < 0x20 || *text == 0x7F)
            *text = '?';
}

void table_add(struct table *table, const char *format, ...)
{
    va_list args;

    if (table->n == table->room) {
        size_t room = table->room ? 2 * table->room : 64;
        char(*grown)[TABLE_CELL] = realloc(table->cells, room * TABLE_CELL);
        if (!grown)
            return;
        table->cells = grown;
        table->room = room;
    }
    va_start(args, format);
    vsnprintf(table->cells[table->n], TABLE_CELL, format, args);
    va_end(args);
    make_harmless(table->cells[table->n++]);
}

/* Characters, not bytes: names may be in any script, and columns of most are one wide. */
static int width_of(const char *text)
{
    int width = 0;

    for (; *text; text++)
        width += ((unsigned char)*text & 0xC0) != 0x80;
    return width;
}

static void print_row(FILE *out, const struct table *table, const char *const *cells, const int *widths, size_t columns)
{
    for (size_t i = 0; i < columns; i++) {
        int gap = widths[i] - width_of(cells[i]), is_right = table->heads[i][0] == '>';
        int is_last = i + 1 == columns;
        fprintf(out, "%*s%s%*s", is_right ? gap : 0, "", cells[i], is_right || is_last ? 0 : gap, "");
        fputs(is_last ? "\n" : "  ", out);
    }
}

void table_finish(struct table *table, FILE *out)
{
    const char *row[TABLE_COLUMNS];
    int widths[TABLE_COLUMNS] = { 0 };
    size_t columns = 0;

    for (; columns < TABLE_COLUMNS && table->heads[columns]; columns++) {
        row[columns] = table->heads[columns] + 1;
        widths[columns] = width_of(row[columns]);
    }
    for (size_t i = 0; columns > 0 && i < table->n; i++)
        if (width_of(table->cells[i]) > widths[i % columns])
            widths[i % columns] = width_of(table->cells[i]);
    print_row(out, table, row, widths, columns);
    for (size_t start = 0; start + columns <= table->n; start += columns) {
        for (size_t i = 0; i < columns; i++)
            row[i] = table->cells[start + i];
        print_row(out, table, row, widths, columns);
    }
    free(table->cells);
    table->cells = NULL;
}
