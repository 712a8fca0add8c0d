/*
 * What a device can do at most, for comparison: no family's kernels, and run by the laboratory alone.
 *
 * roof_copy reads and writes n vectors in order: 2 n sizeof(VECTOR) bytes.
 * roof_fma does turns * CHAINS fused multiply-adds of vectors a thread, each chain waiting for itself alone, on registers:
 * 2 turns CHAINS threads LANES flops. A vector has 16 numbers where -DWIDE=1 says that a processor's vectors are meant; on a
 * GPU a copy moves 16 bytes a turn, and a multiply-add is a thread's own.
 */
#include "portable.h"

#if WIDE
#if REAL_IS_FLOAT
#define VECTOR float16
#else
#define VECTOR double16
#endif
#define OPERAND VECTOR
#elif REAL_IS_FLOAT
#define VECTOR float4
#define OPERAND float
#else
#define VECTOR double2
#define OPERAND double
#endif

#define CHAINS 12

/* For each chain; each is a variable of its own, since PoCL keeps arrays of vectors in memory. */
#define EACH_CHAIN(DO) DO(0) DO(1) DO(2) DO(3) DO(4) DO(5) DO(6) DO(7) DO(8) DO(9) DO(10) DO(11)
#define START(c) OPERAND chain##c = (OPERAND) (factor * c);
#define TURN(c) chain##c = fma(chain##c, a, b);
#define ADD_UP(c) sum += chain##c;

KERNEL void roof_copy(int n, GLOBAL const REAL *in, GLOBAL REAL *out) {
    GLOBAL const VECTOR *from = (GLOBAL const VECTOR *) in;
    GLOBAL VECTOR *to = (GLOBAL VECTOR *) out;
    FOR_EACH(i, n) {
        to[i] = from[i];
    }
}

/* out[t] = some number of thread t, so that nothing is left out; chains tend to 1. */
KERNEL void roof_fma(int turns, REAL factor, REAL rest, GLOBAL REAL *out) {
    OPERAND a = (OPERAND) factor;
    OPERAND b = (OPERAND) rest;
    OPERAND sum = (OPERAND) R(0.0);
    EACH_CHAIN(START)
    for (int t = 0; t < turns; t++) {
        EACH_CHAIN(TURN)
    }
    EACH_CHAIN(ADD_UP)
#if WIDE
    out[GLOBAL_ID(0)] = sum.s0 + sum.sf;
#else
    out[GLOBAL_ID(0)] = sum;
#endif
}
