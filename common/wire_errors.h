/* wire_errors.h: every error that a client can be told, written once. docs/protocol.md lists the same; a test compares.
 * X(name, retryable, meaning) */
#ifndef TD_WIRE_ERRORS_H
#define TD_WIRE_ERRORS_H

#define TD_WIRE_ERRORS(X) \
    X(BAD_REQUEST, 0, "the request is not a valid message of this protocol") \
    X(UNSUPPORTED_VERSION, 0, "the request's protocol version is not served here") \
    X(TOO_LARGE, 0, "the document is larger than the server's limit") \
    X(INVALID_UTF8, 0, "the text is not valid UTF-8") \
    X(UNKNOWN_PIPELINE, 0, "no pipeline has this name") \
    X(UNKNOWN_PLUGIN, 0, "no plugin has this name") \
    X(BAD_OPTION, 0, \
      "an option is unknown, of the wrong type, out of its range, refused by its plugin, or not settable per request") \
    X(OVERLOADED, 1, "a queue or a connection's share is full") \
    X(DEADLINE_EXCEEDED, 1, "the document's deadline passed before its result was ready") \
    X(PLUGIN_FAILED, 0, "a plugin could not annotate this document") \
    X(PLUGIN_CRASHED, 0, "a plugin's process died on this document") \
    X(PLUGIN_TIMEOUT, 0, "a plugin took longer than its limit") \
    X(CANCELLED, 0, "the client took the document back") \
    X(SHUTTING_DOWN, 1, "the server takes no more documents") \
    X(RELOAD_FAILED, 0, "a change of plugins or configuration was refused, and nothing has changed") \
    X(INTERNAL, 1, "the server failed in a way that is its own fault")

#endif
