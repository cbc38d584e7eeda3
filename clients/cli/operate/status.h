/* status.h: the parts of `textctl status`, which `top` shows as well. */
#ifndef CLI_STATUS_H
#define CLI_STATUS_H

#include <stdio.h>

#include <textd/client.h>

/* The daemon in a line or two. */
void status_head(FILE *out, struct textd_node status);

void status_workers(FILE *out, struct textd_node workers);

/* The plugins. With `before`, the list of some time ago: what they did since, at the rate of `seconds`. */
void status_plugins(FILE *out, struct textd_node plugins, struct textd_node before, double seconds);

#endif
