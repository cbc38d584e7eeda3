/* log_frame.h: what a plugin says through textd.log/1, on its way to the supervisor: in the pipe that also carries
 * whatever the worker prints, in one write, so that nothing else stands in between. And a frame without words, that
 * says whose the printed lines before it are: written when another plugin is about to run and they haven't been read
 * yet.
 *
 *   mark (1)  key (16)  level (1)  plugin (2)  length (4)  words
 *
 * Numbers are hexadecimal digits; the level of a frame without words is f. The key is the worker's own, made at random:
 * a plugin that prints its document doesn't thereby let a client say lines in its name. */
#ifndef TD_LOG_FRAME_H
#define TD_LOG_FRAME_H

#include <inttypes.h>

#include <textd/log.h>

#define TD_LOG_FRAME_MARK '\x1e'
#define TD_LOG_FRAME_KEY "\x1e%016" PRIx64
#define TD_LOG_FRAME_KEY_BYTES 17
#define TD_LOG_FRAME_HEAD TD_LOG_FRAME_KEY "%01x%02x%04x"
#define TD_LOG_FRAME_HEAD_BYTES 24
#define TD_LOG_FRAME_NO_WORDS 0xFu

#endif
