/* order.h: puts numbers in order. */
#ifndef ENTITIES_ORDER_H
#define ENTITIES_ORDER_H

#include <stdint.h>

/* The smallest first. Takes n log n time, whatever they are. */
void order_keys(uint64_t *keys, uint32_t n);

#endif
