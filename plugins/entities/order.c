/* order.c: see order.h. Heapsort: no memory, and no input is bad for it. */
#include "plugins/entities/order.h"

static void sift(uint64_t *keys, uint32_t at, uint32_t n)
{
    for (uint32_t child; (child = 2 * at + 1) < n; at = child) {
        uint64_t key = keys[at];

        child += child + 1 < n && keys[child + 1] > keys[child];
        if (keys[child] <= key)
            return;
        keys[at] = keys[child];
        keys[child] = key;
    }
}

void order_keys(uint64_t *keys, uint32_t n)
{
    for (uint32_t i = n / 2; i > 0; i--)
        sift(keys, i - 1, n);
    for (uint32_t i = n; i > 1; i--) {
        uint64_t key = keys[0];

        keys[0] = keys[i - 1];
        keys[i - 1] = key;
        sift(keys, 0, i - 1);
    }
}
