/* json.h: JSON on stdout. */
#ifndef SDK_JSON_H
#define SDK_JSON_H

#include <stddef.h>

#include "common/mp.h"

/* A string; what is no UTF-8 must not come here. */
void sdk_json_text(const char *bytes, size_t length);

/* The shortest number that reads back as the same. */
void sdk_json_number(double value);

/* The next value of a MessagePack message, over several lines. `indent`: of the line that it begins on. -1: it is none. */
int sdk_json_value(struct td_mp *mp, int indent);

#endif
