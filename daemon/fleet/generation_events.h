/* generation_events.h: what a generation's workers say and how they end, as it concerns the generation; what concerns documents is
 * handed on to its owner (struct td_generation_events). */
#ifndef TD_GENERATION_EVENTS_H
#define TD_GENERATION_EVENTS_H

#include "daemon/fleet/slots.h"

extern const struct td_slot_events td_generation_slot_events;

#endif
