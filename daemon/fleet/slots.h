/* slots.h: keeps a generation's slots filled with live workers: writes their set-up, asks for them, and again when they died,
 * later and later. What they say goes to the generation (generation_events.h). */
#ifndef TD_SLOTS_H
#define TD_SLOTS_H

#include "daemon/fleet/generation.h"

struct td_slot_events {
    const struct td_worker_events *worker;
    /* A start has tried for as long as it may (td_generation_gives_up). */
    void (*gave_up)(struct td_generation *generation, const struct td_err *why);
};

/* Gives the pools their workers' numbers, the default pool `wanted` of them. While none runs. */
void td_slots_man(struct td_generation *generation, uint32_t wanted);

/* Asks for the workers of all empty slots that are wanted. `is_known`: see td_slot_is_wanted. */
void td_slots_fill(struct td_generation *generation, int is_known);

/* Kills all workers, and asks for none. */
void td_slots_kill(struct td_generation *generation);

/* The slots of a pool are filled when it is known what is to be opened there. The default pool needs nothing of others, so
 * that is known of it from the start; of another its first worker is started to tell. */
int td_slot_is_wanted(const struct td_slot *slot, int is_known);

/* Asks for an empty slot's worker, with its set-up. */
int td_slot_spawn(struct td_slot *slot, struct td_err *err);

/* The process alone, which is made meanwhile. When it can't be, it is asked for again with its set-up. */
void td_slot_hire(struct td_slot *slot);

/* One that was hired. When it can't be, since it is dead already say, it is replaced like one that could not be made:
 * it has seen no plugin. */
void td_slot_set_up(struct td_slot *slot);

/* Asks for an empty slot's worker, now or after a pause, and again until there is one. */
void td_slot_respawn(struct td_slot *slot);

#endif
