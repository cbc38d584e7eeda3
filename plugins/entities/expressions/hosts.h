/* hosts.h: names of hosts (RFC 1123, RFC 5890), their endings, and addresses of IP version 4 (RFC 791) and 6 (RFC
 * 4291), read from bytes: segmenters cut them. Each reads at most HOST_BYTES and a few. */
#ifndef ENTITIES_HOSTS_H
#define ENTITIES_HOSTS_H

#include <stdbool.h>
#include <stdint.h>

#define HOST_BYTES 253u    /* the longest name; RFC 1035 */
#define IP_VALUE_BYTES 72u /* 45 of an address, a zone, a prefix, and a NUL */

/* A name: labels with periods between. */
struct host {
    uint32_t start, end;
    uint32_t last; /* where the last label starts */
    uint32_t labels;
};

/* The bytes of a character that a label may hold at `at`: letters of any script, digits, '-', '_'. 0: it is none. */
uint32_t host_label_bytes(const char *text, uint32_t at, uint32_t end);

/* Reads the longest name at `at`. False when there is none, or it is longer than one may be. */
bool host_read(const char *text, uint32_t at, uint32_t end, struct host *host);

/* How sure an ending is that a name of two labels is one of a host. */
enum host_ending {
    ENDING_UNKNOWN,
    ENDING_WORD, /* a word, too, or a file's ending: "in", "me", "py" */
    ENDING_SURE,
};
enum host_ending host_ending(const char *label, uint32_t length);

/* An address at `at`: the byte behind it, its prefix, zone; 0 when there is none, or a part of something longer.
 * The value is as RFC 5952 writes it. */
uint32_t ip_read(const char *text, uint32_t at, uint32_t end, char value[IP_VALUE_BYTES]);

#endif
