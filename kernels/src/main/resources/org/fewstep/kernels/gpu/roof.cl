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

KERNEL void roof_copy(int n, GLOBAL const REAL *in, GLOBAL REAL *out) {
    GLOBAL const VECTOR *from = (GLOBAL const VECTOR *) in;
    GLOBAL VECTOR *to = (GLOBAL VECTOR *) out;
    FOR_EACH(i, n) {
        to[i] = from[i];
    }
}

/* out[t] = some number of thread t, so that nothing is left out; chains tend to 1. */
KERNEL void roof_fma(int turns, REAL factor, REAL rest, GLOBAL REAL *out) {
    OPERAND chain[CHAINS];
    OPERAND a = (OPERAND) factor;
    OPERAND b = (OPERAND) rest;
    for (int c = 0; c < CHAINS; c++) {
        chain[c] = (OPERAND) (factor * c);
    }
    for (int t = 0; t < turns; t++) {
        for (int c = 0; c < CHAINS; c++) {
            chain[c] = fma(chain[c], a, b);
        }
    }
    for (int c = 1; c < CHAINS; c++) {
        chain[0] += chain[c];
    }
#if WIDE
    out[GLOBAL_ID(0)] = chain[0].s0 + chain[0].sf;
#else
    out[GLOBAL_ID(0)] = chain[0];
#endif
}
