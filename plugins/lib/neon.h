/* neon.h: a bit for each byte of vectors of 64-bit ARM, which has no instruction for it as x86 has. */
#ifndef PLUGINS_NEON_H
#define PLUGINS_NEON_H

#if defined(__aarch64__) && defined(__ARM_NEON)
#include <arm_neon.h>
#include <stdint.h>

/* Each byte is 0 or 0xFF; the first has the lowest bit. Each keeps the bit of its place among eight, and neighbours are
 * added until eight are one. */
static inline uint64_t neon_mask_64(uint8x16_t a, uint8x16_t b, uint8x16_t c, uint8x16_t d)
{
    const uint8x16_t place = vreinterpretq_u8_u64(vdupq_n_u64(0x8040201008040201ull));
    uint8x16_t ab = vpaddq_u8(vandq_u8(a, place), vandq_u8(b, place));
    uint8x16_t cd = vpaddq_u8(vandq_u8(c, place), vandq_u8(d, place)), all = vpaddq_u8(ab, cd);

    return vgetq_lane_u64(vreinterpretq_u64_u8(vpaddq_u8(all, all)), 0);
}

static inline uint32_t neon_mask_32(uint8x16_t a, uint8x16_t b)
{
    const uint8x16_t none = vdupq_n_u8(0);

    return (uint32_t)neon_mask_64(a, b, none, none);
}
#endif

#endif
