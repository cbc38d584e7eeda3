/* columns.h: results by columns (the plugins' option `form: columns`) as the lists that they would have been: one form to
 * read. */
#ifndef CLIENT_COLUMNS_H
#define CLIENT_COLUMNS_H

#include <textd/client.h>

#include "common/mp_buf.h"

/* Writes the map of results once more, with lists in place of columns, to the end of `lists`. What isn't by columns, or
 * not as textd's plugins write them, stays as it is. 1; 0: none is by columns, and nothing was written; -1: there is no
 * memory. */
int columns_as_lists(struct textd_node results, struct td_buf *lists);

#endif
