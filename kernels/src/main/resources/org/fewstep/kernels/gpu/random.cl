/*
 * Philox4x32-10 noise (Salmon et al., SC 2011), normal or uniform: element j of sample i is word j % 4 of block j / 4 of
 * the stream (seed, sample first + i, step), with the bits of the engine's PortableNormal: log, sine and cosine are its
 * polynomials, made of operations that IEEE 754 fixes.
 *
 * v1: a thread a block of four numbers. Bytes: samples width sizeof(REAL); flops: about 20 a number, and 40 integer
 * multiplications a block. Compile with correctly rounded square roots.
 */
#include "portable.h"

typedef struct {
    UINT32 word[4];
} Words;

DEVICE Words philox(UINT32 c0, UINT32 c1, UINT32 c2, UINT32 c3, UINT32 k0, UINT32 k1) {
    for (int round = 0; round < 10; round++) {
        UINT32 high0 = MULTIPLY_HIGH(0xD2511F53u, c0);
        UINT32 low0 = 0xD2511F53u * c0;
        UINT32 high1 = MULTIPLY_HIGH(0xCD9E8D57u, c2);
        UINT32 low1 = 0xCD9E8D57u * c2;
        c0 = high1 ^ c1 ^ k0;
        c1 = low1;
        c2 = high0 ^ c3 ^ k1;
        c3 = low0;
        k0 += 0x9E3779B9u;
        k1 += 0xBB67AE85u;
    }
    Words words;
    words.word[0] = c0;
    words.word[1] = c1;
    words.word[2] = c2;
    words.word[3] = c3;
    return words;
}

/* Natural logarithm of a positive normal float: u = 2^e m, m in [sqrt(1/2), sqrt(2)), f = m - 1. */
DEVICE float log_portable(float u) {
    int bits = BITS_OF_FLOAT(u);
    int exponent = (bits - 0x3F3504F3) >> 23;
    float f = FLOAT_OF_BITS(bits - exponent * (1 << 23)) - 1.0f;
    float f2 = f * f;
    float p = fma(f, -0x1.38b582p-4f, 0x1.055b72p-3f);
    p = fma(f, p, -0x1.0d8544p-3f);
    p = fma(f, p, 0x1.22da1cp-3f);
    p = fma(f, p, -0x1.547244p-3f);
    p = fma(f, p, 0x1.99a008p-3f);
    p = fma(f, p, -0x1.000226p-2f);
    p = fma(f, p, 0x1.555554p-2f);
    float e = (float) exponent;
    float rest = fma(e, 0x1.0bfbe8p-15f, fma(f2, -0.5f, f2 * (f * p)));
    return fma(e, 0x1.62ep-1f, f + rest);
}

/* sin(x pi / 2) and cos(x pi / 2) for |x| <= 1/2 */
DEVICE float sin_quarter(float x) {
    float x2 = x * x;
    float p = fma(x2, -0x1.2dc84cp-8f, 0x1.466004p-4f);
    p = fma(x2, p, -0x1.4abbbep-1f);
    float low = fma(x2, p, -0x1.777a5cp-25f);
    return fma(x, 0x1.921fb6p+0f, x * low);
}

DEVICE float cos_quarter(float x) {
    float x2 = x * x;
    float p = fma(x2, 0x1.d9d57ep-11f, -0x1.55c5e0p-6f);
    p = fma(x2, p, 0x1.03c1dep-2f);
    p = fma(x2, p, -0x1.3bd3ccp+0f);
    return fma(x2, p, 1.0f);
}

/* sqrt(-2 log u), u = (word + 1/2) 2^-32 */
DEVICE float radius(UINT32 word) {
    return sqrt(-2.0f * log_portable(fma((float) word, 0x1p-32f, 0x1p-33f)));
}

/* (word + 1/2) 2^-32 turns: the nearest quarter and the distance from it in quarters. */
DEVICE UINT32 nearest_quarter(UINT32 word) {
    return (word + 0x20000000u) >> 30;
}

DEVICE float from_quarter(UINT32 word, UINT32 quarter) {
    return fma((float) (int) (word - (quarter << 30)), 0x1p-30f, 0x1p-31f);
}

DEVICE float cos_turn(UINT32 word) {
    UINT32 quarter = nearest_quarter(word);
    float x = from_quarter(word, quarter);
    float size = (quarter & 1u) == 0 ? cos_quarter(x) : sin_quarter(x);
    return ((quarter + 1u) & 2u) == 0 ? size : -size;
}

DEVICE float sin_turn(UINT32 word) {
    UINT32 quarter = nearest_quarter(word);
    float x = from_quarter(word, quarter);
    float size = (quarter & 1u) == 0 ? sin_quarter(x) : cos_quarter(x);
    return (quarter & 2u) == 0 ? size : -size;
}

DEVICE float uniform_of(UINT32 word) {
    return fma((float) (word >> 9), 0x1p-23f, 0x1p-24f);
}

#define NOISE(NAME, EXPRESSION)                                                                                      \
    KERNEL void NAME(                                                                                                \
            UINT32 seed_low, UINT32 seed_high, int samples, int width, GLOBAL const int *counter, GLOBAL REAL *out) { \
        int blocks = (width + 3) / 4;                                                                                \
        FOR_EACH(e, (INT64) samples * blocks) {                                                                      \
            UINT32 block = (UINT32) (e % blocks);                                                                    \
            UINT32 low = (UINT32) counter[1] + (UINT32) (e / blocks);                                                \
            UINT32 high = (UINT32) counter[2] + (low < (UINT32) counter[1] ? 1u : 0u);                               \
            Words w = philox(block, (UINT32) counter[0], low, high, seed_low, seed_high);                            \
            int left = width - (int) block * 4;                                                                      \
            GLOBAL REAL *to = out + e / blocks * width + (INT64) block * 4;                                          \
            for (int i = 0; i < (left < 4 ? left : 4); i++) {                                                        \
                to[i] = (REAL) EXPRESSION;                                                                           \
            }                                                                                                        \
        }                                                                                                            \
    }

NOISE(random_uniform, uniform_of(w.word[i]))
NOISE(random_normal, (radius(w.word[i & 2]) * ((i & 1) == 0 ? cos_turn(w.word[i | 1]) : sin_turn(w.word[i | 1]))))
