/* log_frame.h: what a plugin says through textd.log/1, on its way to the supervisor: in the pipe that also carries
 * whatever the worker prints, in one write, so that nothing else stands in between. And a frame without words, that
 * says whose the printed lines before it are: written when another plugin is about to run and they haven't been read
 * yet.
 *
 *   mark (1)  key (16)  level (1)  plugin (2)  length (4)  trace (32)  span (16)  flags (2)  words
 *
 * Numbers are hexadecimal digits; the level of a frame without words is f. The trace is that of the document that the
 * plugin runs for, the span the plugin's own in it; zeros when there is none. The key is the worker's own, made at random:
 * a plugin that prints its document doesn't thereby let a client say lines in its name. */
#ifndef TD_LOG_FRAME_H
#define TD_LOG_FRAME_H

#include <inttypes.h>

#include <textd/log.h>

#define TD_LOG_FRAME_MARK '\x1e'
#define TD_LOG_FRAME_KEY "\x1e%016" PRIx64
#define TD_LOG_FRAME_KEY_BYTES 17
#define TD_LOG_FRAME_HEAD TD_LOG_FRAME_KEY "%01x%02x%04x%016" PRIx64 "%016" PRIx64 "%016" PRIx64 "%02x"
#define TD_LOG_FRAME_HEAD_READ "%1x%2x%4x%16" SCNx64 "%16" SCNx64 "%16" SCNx64 "%2x" /* behind the key */
#define TD_LOG_FRAME_HEAD_BYTES 74
#define TD_LOG_FRAME_NO_WORDS 0xFu

#endif
