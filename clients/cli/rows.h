/* rows.h: how rows of the table of commands are written. Included by the files that have some: commands.c, and those of
 * acts that have options of their own. */
#ifndef CLI_ROWS_H
#define CLI_ROWS_H

#include "clients/cli/commands.h"

/* ---- Options ----------------------------------------------------------------------------------------------------- */

#define ROW(kind_, name_, letter_, value_, what_, field) \
    { \
        .kind = OPTION_##kind_, .name = (name_), .letter = (letter_), .value = (value_), .what = (what_), \
        .at = offsetof(struct cli, field) \
    }
#define FLAG(name, what, field) ROW(FLAG, name, 0, NULL, what, field)
#define TEXT(name, letter, value, what, field) ROW(TEXT, name, letter, value, what, field)
#define TIME(name, what, field) ROW(TIME, name, 0, "D", what, field)
#define COUNT(name_, what_, field, least_, most_) \
    { \
        .kind = OPTION_COUNT, .name = (name_), .value = "N", .what = (what_), .at = offsetof(struct cli, field), \
        .least = (least_), .most = (most_) \
    }
#define HEADING(text) \
    { \
        .kind = OPTION_HEADING, .what = (text) \
    }
#define END HEADING(NULL)

#define ENDPOINT \
    TEXT("endpoint", 'e', "E", \
         "where textd listens, ipc://PATH or tcp://HOST:PORT (default: $TEXTD_ENDPOINT, or textd.sock in the run " \
         "directory)", \
         endpoint)
#define KEYS \
    TEXT("key", 0, "F", \
         "for an encrypted endpoint: the file with your secret key, of textctl keygen (default for tcp://: " \
         "$TEXTD_CURVE_KEY_FILE)", \
         key), \
        TEXT("server-key", 0, "K", "and textd's public key, or its file (default: $TEXTD_CURVE_SERVER_KEY)", \
             server_key)
#define CONTROL TEXT("control", 'c', "E", "the control socket (default: control.sock in the run directory)", control)
#define TIMEOUT(default) TIME("timeout", "give up after D, such as 500ms or 2s (default: " default ")", timeout_ms)
#define CONNECTING "35s; never more than 2s for connecting"
#define JSON(what) FLAG("json", what, json)
#define COLOR ROW(COLOR, "color", 0, "W", "auto (default; NO_COLOR is honoured), always or never", color)
#define HELP ROW(FLAG, "help", 'h', NULL, "this page", help)
#define PIPELINE TEXT("pipeline", 'p', "P", "run the pipeline P (default: default)", pipeline)
#define PLUGINS ROW(PLUGINS, "plugins", 0, "A,B", "run just these plugins, and what they need", plugins)
#define OPTION \
    ROW(SET_OF, "option", 'o', "P.K=V", "set the option K of plugin P for these documents; may be repeated", options)
#define LANGUAGE TEXT("lang", 0, "L", "the text's language, such as en", lang)
#define DEADLINE TIME("deadline", "the result is not wanted later than this, such as 500ms", deadline_ms)

#define IN_FLIGHT(what) COUNT("in-flight", what, in_flight, 1, 16384)

/* ---- Lines of usage, examples, exit codes ------------------------------------------------------------------------ */

#define LINES(...) \
    (const char *const[]) \
    { \
        __VA_ARGS__, NULL \
    }
#define EXAMPLES(...) \
    (const struct example_row[]) \
    { \
        __VA_ARGS__, \
        { \
            NULL, NULL \
        } \
    }

#define OPERATED "0 done, 1 refused with the reason, 2 usage, 69 no daemon, 75 try again later"

#endif
