/*
 * One arithmetic expression for each point: y = f(x0, x1, x2; a, b).
 *
 * NAME_flat reads and writes the first n elements in order. NAME_walk finds the place of point p in each operand by
 * dividing p by the sizes of the iteration space, last dimension first.
 *
 * v1: one point a turn and thread. Bytes: (operands + 1) n sizeof(REAL); flops: about 1 (copies 0) to 30 a point.
 */
#include "portable.h"

#define MOST_DIMENSIONS 8

/* Sizes, and for the result and three operands: place of point 0, step of each dimension. */
typedef struct {
    int rank;
    int size[MOST_DIMENSIONS];
    int offset[4];
    int step[4][MOST_DIMENSIONS];
} Walk;

#define POINTWISE(NAME, FUNCTION)                                                                                    \
    KERNEL void NAME##_flat(                                                                                         \
            int n, REAL a, REAL b, GLOBAL REAL *out, GLOBAL const REAL *in0, GLOBAL const REAL *in1,                 \
            GLOBAL const REAL *in2) {                                                                                \
        FOR_EACH(i, n) {                                                                                             \
            out[i] = FUNCTION(in0[i], in1[i], in2[i], a, b);                                                         \
        }                                                                                                            \
    }                                                                                                                \
    KERNEL void NAME##_walk(                                                                                         \
            int n, REAL a, REAL b, GLOBAL REAL *out, GLOBAL const REAL *in0, GLOBAL const REAL *in1,                 \
            GLOBAL const REAL *in2, Walk w) {                                                                        \
        FOR_EACH(i, n) {                                                                                             \
            int rest = (int) i;                                                                                      \
            int to = w.offset[0];                                                                                    \
            int p0 = w.offset[1];                                                                                    \
            int p1 = w.offset[2];                                                                                    \
            int p2 = w.offset[3];                                                                                    \
            for (int d = w.rank - 1; d >= 0; d--) {                                                                  \
                int next = rest / w.size[d];                                                                         \
                int at = rest - next * w.size[d];                                                                    \
                to += at * w.step[0][d];                                                                             \
                p0 += at * w.step[1][d];                                                                             \
                p1 += at * w.step[2][d];                                                                             \
                p2 += at * w.step[3][d];                                                                             \
                rest = next;                                                                                         \
            }                                                                                                        \
            out[to] = FUNCTION(in0[p0], in1[p1], in2[p2], a, b);                                                     \
        }                                                                                                            \
    }

#define COPY(x, y, z, a, b) (x)
#define FILL(x, y, z, a, b) (a)
POINTWISE(copy, COPY)
POINTWISE(fill, FILL)

#if !REAL_IS_INT
#include "activation.h"

/* C gives pow(1, y) = 1 and pow(-1, infinity) = 1 for every y; the engine's powers are NaN there, as in Java. */
DEVICE REAL power(REAL x, REAL y) {
    if (y != y || (fabs(x) == R(1.0) && fabs(y) > R(1.0) && y - y != R(0.0))) {
        return y - y;
    }
    return pow(x, y);
}

DEVICE REAL sign_of(REAL x) {
    return x > R(0.0) ? R(1.0) : x < R(0.0) ? R(-1.0) : x;
}

/* ln(1 + e^x) */
DEVICE REAL softplus(REAL x) {
    return (x > R(0.0) ? x : R(0.0)) + log1p(exp(-fabs(x)));
}

DEVICE REAL clamped(REAL x, REAL a, REAL b) {
    return x < a ? a : x > b ? b : x;
}

DEVICE REAL lesser_of(REAL x, REAL y) {
    return x != x || y != y ? x + y : x < y ? x : y < x ? y : REAL_OF_BITS(BITS_OF_REAL(x) | BITS_OF_REAL(y));
}

#define NEG(x, y, z, a, b) (-(x))
#define AFFINE(x, y, z, a, b) ((a) * (x) + (b))
#define ABS(x, y, z, a, b) fabs(x)
#define SIGN(x, y, z, a, b) sign_of(x)
#define EXP(x, y, z, a, b) exp(x)
#define LOG(x, y, z, a, b) log(x)
#define SQRT(x, y, z, a, b) sqrt(x)
#define RSQRT(x, y, z, a, b) (R(1.0) / sqrt(x))
#define RECIPROCAL(x, y, z, a, b) (R(1.0) / (x))
#define SQUARE(x, y, z, a, b) ((x) * (x))
#define POW(x, y, z, a, b) power(x, a)
#define SIN(x, y, z, a, b) sin(x)
#define COS(x, y, z, a, b) cos(x)
#define TANH(x, y, z, a, b) tanh(x)
#define SIGMOID(x, y, z, a, b) sigmoid(x)
#define SOFTPLUS(x, y, z, a, b) softplus(x)
#define SILU(x, y, z, a, b) silu(x)
#define SILU_SLOPE(x, y, z, a, b) silu_slope(x)
#define SILU_CURVATURE(x, y, z, a, b) silu_curvature(x)
#define ERF(x, y, z, a, b) erf(x)
#define GELU(x, y, z, a, b) gelu(x)
#define GELU_CURVATURE(x, y, z, a, b) gelu_curvature(x)
#define GELU_TANH(x, y, z, a, b) gelu_tanh(x)
#define GELU_TANH_CURVATURE(x, y, z, a, b) gelu_tanh_curvature(x)
#define RELU(x, y, z, a, b) relu(x)
#define LEAKY_RELU(x, y, z, a, b) ((x) > R(0.0) ? (x) : (a) * (x))
#define STEP(x, y, z, a, b) ((x) > R(0.0) ? R(1.0) : (a))
#define CLAMP(x, y, z, a, b) clamped(x, a, b)
#define INSIDE(x, y, z, a, b) ((x) >= (a) && (x) <= (b) ? R(1.0) : R(0.0))
#define ADD(x, y, z, a, b) ((x) + (y))
#define SUB(x, y, z, a, b) ((x) - (y))
#define MUL(x, y, z, a, b) ((x) * (y))
#define DIV(x, y, z, a, b) ((x) / (y))
#define MAX(x, y, z, a, b) greater_of(x, y)
#define MIN(x, y, z, a, b) lesser_of(x, y)
#define POWER(x, y, z, a, b) power(x, y)
#define GREATER(x, y, z, a, b) ((x) > (y) ? R(1.0) : R(0.0))
#define GREATER_EQUAL(x, y, z, a, b) ((x) >= (y) ? R(1.0) : R(0.0))
#define EQUAL(x, y, z, a, b) ((x) == (y) ? R(1.0) : R(0.0))
#define SILU_ALONG(x, y, z, a, b) ((x) * silu_slope(y))
#define GELU_ALONG(x, y, z, a, b) ((x) * gelu_slope(y))
#define GELU_TANH_ALONG(x, y, z, a, b) ((x) * gelu_tanh_slope(y))
#define WHERE(x, y, z, a, b) ((x) != R(0.0) ? (y) : (z))
#define FMA(x, y, z, a, b) fma(x, y, z)

POINTWISE(neg, NEG)
POINTWISE(affine, AFFINE)
POINTWISE(abs, ABS)
POINTWISE(sign, SIGN)
POINTWISE(exp, EXP)
POINTWISE(log, LOG)
POINTWISE(sqrt, SQRT)
POINTWISE(rsqrt, RSQRT)
POINTWISE(reciprocal, RECIPROCAL)
POINTWISE(square, SQUARE)
POINTWISE(pow, POW)
POINTWISE(sin, SIN)
POINTWISE(cos, COS)
POINTWISE(tanh, TANH)
POINTWISE(sigmoid, SIGMOID)
POINTWISE(softplus, SOFTPLUS)
POINTWISE(silu, SILU)
POINTWISE(silu_slope, SILU_SLOPE)
POINTWISE(silu_curvature, SILU_CURVATURE)
POINTWISE(erf, ERF)
POINTWISE(gelu, GELU)
POINTWISE(gelu_curvature, GELU_CURVATURE)
POINTWISE(gelu_tanh, GELU_TANH)
POINTWISE(gelu_tanh_curvature, GELU_TANH_CURVATURE)
POINTWISE(relu, RELU)
POINTWISE(leaky_relu, LEAKY_RELU)
POINTWISE(step, STEP)
POINTWISE(clamp, CLAMP)
POINTWISE(inside, INSIDE)
POINTWISE(add, ADD)
POINTWISE(sub, SUB)
POINTWISE(mul, MUL)
POINTWISE(div, DIV)
POINTWISE(max, MAX)
POINTWISE(min, MIN)
POINTWISE(power, POWER)
POINTWISE(greater, GREATER)
POINTWISE(greater_equal, GREATER_EQUAL)
POINTWISE(equal, EQUAL)
POINTWISE(silu_along, SILU_ALONG)
POINTWISE(gelu_along, GELU_ALONG)
POINTWISE(gelu_tanh_along, GELU_TANH_ALONG)
POINTWISE(where, WHERE)
POINTWISE(fma, FMA)
#endif
