/* unit.h: what every unit test includes, in the order that cmocka asks for. */
#ifndef TD_UNIT_H
#define TD_UNIT_H

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#define COUNT(array) (sizeof(array) / sizeof((array)[0]))

#endif
