/* child.h: a stage of a check in a process of its own, as a worker is one: what crashes, hangs or exits there is told, with
 * the place. */
#ifndef SDK_CHILD_H
#define SDK_CHILD_H

#include <stdint.h>

#include "sdk/args.h"

enum sdk_end {
    SDK_END_DONE,
    SDK_END_DIED,     /* of the target; a finding tells how */
    SDK_END_NEIGHBOUR /* another plugin was running, or we were: sdk_board->neighbour has it */
};

/* Runs body(data) in a child. A call of a plugin that takes longer than args->timeout_ns is a hang; the stage itself may take
 * as long as it likes. */
enum sdk_end sdk_child_run(void (*body)(void *), void *data, const struct sdk_args *args);

#endif
