/* version.h: the release that these headers belong to. The wire protocol and the plugin ABI have versions of their own. */
#ifndef TEXTD_VERSION_H
#define TEXTD_VERSION_H

#define TEXTD_VERSION "0.1.0"

/* The version of docs/protocol.md: the `v` of every message, and the minor, which grows with what is added. */
#define TEXTD_PROTOCOL_VERSION 1
#define TEXTD_PROTOCOL_MINOR 4

#endif
