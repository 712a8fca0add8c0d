/*
 * Passes over parameters: the Adam family's step, the moving average, the norm of all gradients. Scalars that change from
 * step to step are read from their slots.
 *
 * Bytes: Adam 7 n, average 3 n, norm n, times sizeof(REAL); flops: 12, 3 and 2 an element.
 *
 * v1: a launch a parameter, a thread an element; the gradients' squares by the tree of portable.h, a thread a block of
 *    256, all parameters' block sums in a row, then added in pairs by one thread.
 * v2 (many): a launch for many parameters: CUDA takes their addresses as structures of 96, within 4 KB of arguments;
 *    OpenCL 1.2 passes no addresses, so there 8 buffers a list are arguments of their own, within 1 KB. Groups take slices
 *    of 1,024 elements, a thread reads four of each buffer before it writes. Block sums as in strips.h, the tree's higher
 *    levels by launches of reduce.cl. Element for element and sum for sum v1's bits.
 */
#include "portable.h"
#include "strips.h"

typedef struct {
    REAL beta1;
    REAL rest1;
    REAL beta2;
    REAL rest2;
    REAL eps;
} Betas;

/* What slots hold in this step, and the gradient's factor. */
typedef struct {
    REAL decay;
    REAL rate;
    REAL root;
    int adaptive;
    REAL factor;
} Step;

DEVICE Betas betas_of(REAL beta1, REAL rest1, REAL beta2, REAL rest2, REAL eps) {
    Betas b;
    b.beta1 = beta1;
    b.rest1 = rest1;
    b.beta2 = beta2;
    b.rest2 = rest2;
    b.eps = eps;
    return b;
}

DEVICE Step step_of(REAL decay, REAL rate, REAL root, REAL kind, REAL factor) {
    Step s;
    s.decay = decay;
    s.rate = rate;
    s.root = root;
    s.adaptive = kind != 0;
    s.factor = factor;
    return s;
}

/* The new mean of a gradient g, of its square, and the parameter that follows from both. */
DEVICE REAL next_mean(Betas b, Step s, REAL g, REAL m) {
    REAL gi = s.factor * g;
    return b.beta1 * m + b.rest1 * gi;
}

DEVICE REAL next_square(Betas b, Step s, REAL g, REAL v) {
    REAL gi = s.factor * g;
    return b.beta2 * v + b.rest2 * gi * gi;
}

DEVICE REAL next_parameter(Betas b, Step s, REAL p, REAL m, REAL v) {
    return s.adaptive ? s.decay * p - s.rate * m / (sqrt(v) * s.root + b.eps) : s.decay * p - s.rate * m;
}

/* v1. Slots: at decay, rate, root, adaptive; clip[1] is the gradient's factor */
KERNEL void update_adam(
        int n, REAL beta1, REAL rest1, REAL beta2, REAL rest2, REAL eps, GLOBAL const REAL *decays, int decay_at,
        GLOBAL const REAL *rates, int rate_at, GLOBAL const REAL *roots, int root_at, GLOBAL const REAL *kinds,
        int kind_at, GLOBAL const REAL *clip, GLOBAL const REAL *g, GLOBAL REAL *p, GLOBAL REAL *m, GLOBAL REAL *v) {
    Betas b = betas_of(beta1, rest1, beta2, rest2, eps);
    Step s = step_of(decays[decay_at], rates[rate_at], roots[root_at], kinds[kind_at], clip[1]);
    FOR_EACH(i, n) {
        REAL gi = g[i];
        REAL mi = next_mean(b, s, gi, m[i]);
        REAL vi = next_square(b, s, gi, v[i]);
        m[i] = mi;
        v[i] = vi;
        p[i] = next_parameter(b, s, p[i], mi, vi);
    }
}

KERNEL void update_ema(
        int n, GLOBAL const REAL *decays, int decay_at, GLOBAL const REAL *source, GLOBAL REAL *average) {
    REAL decay = decays[decay_at];
    FOR_EACH(i, n) {
        average[i] = decay * average[i] + (1 - decay) * source[i];
    }
}

/* Block sums of the squares of one gradient, from place "at" on. */
KERNEL void update_square_blocks(int n, int at, GLOBAL const REAL *g, GLOBAL REAL *sums) {
    FOR_EACH(block, (n + 255) / 256) {
        GLOBAL const REAL *x = g + block * 256;
        INT64 count = n - block * 256 < 256 ? n - block * 256 : 256;
        BLOCK_SUM(sums[at + block], 0, count, x[i] * x[i]);
    }
}

/* Norm, clip factor and flag from the block sums, by one thread; sums is used up. */
KERNEL void update_norm(int blocks, GLOBAL REAL *sums, GLOBAL const REAL *limits, int limit_at, GLOBAL REAL *out) {
    if (GLOBAL_ID(0) == 0) {
        for (int step = 1; step < blocks; step *= 2) {
            for (int b = 0; b < blocks - step; b += 2 * step) {
                sums[b] += sums[b + step];
            }
        }
        REAL norm = blocks == 0 ? (REAL) 0 : sqrt(sums[0]);
        REAL factor = limits[limit_at] / (norm + R(1e-6));
        out[0] = norm;
        out[1] = factor != factor ? factor : factor < R(1.0) ? factor : R(1.0);
        out[2] = norm - norm == 0 ? (REAL) 0 : (REAL) 1;
    }
}

/* Parameters of a launch, the greatest power of two below, lists of that many buffers, and one of them. */
#if BACKEND_CUDA
#define MOST 96
#define JUMP 64
typedef struct {
    const REAL *at[MOST];
} Sources;
typedef struct {
    REAL *at[MOST];
} Targets;
#define SOURCES(NAME) Sources NAME
#define TARGETS(NAME) Targets NAME
#define ONE_OF(NAME, t) NAME.at[t]
#else
#define MOST 8
#define JUMP 4
#define EIGHT(TYPE, NAME)                                                                   \
    GLOBAL TYPE *NAME##0, GLOBAL TYPE *NAME##1, GLOBAL TYPE *NAME##2, GLOBAL TYPE *NAME##3, \
            GLOBAL TYPE *NAME##4, GLOBAL TYPE *NAME##5, GLOBAL TYPE *NAME##6, GLOBAL TYPE *NAME##7
#define SOURCES(NAME) EIGHT(const REAL, NAME)
#define TARGETS(NAME) EIGHT(REAL, NAME)
#define ONE_OF(NAME, t)                                                                    \
    ((t) < 4 ? ((t) < 2 ? ((t) == 0 ? NAME##0 : NAME##1) : ((t) == 2 ? NAME##2 : NAME##3)) \
             : ((t) < 6 ? ((t) == 4 ? NAME##4 : NAME##5) : ((t) == 6 ? NAME##6 : NAME##7)))
#endif

/* Of the parameters in a row: elements of each, and how many units of work there are up to each one's end. */
typedef struct {
    int size[MOST];
    int end[MOST];
} Sizes;

/* T = the parameter that has a unit: the number of ends that are not beyond it, which halves find. */
#define FIND_PARAMETER(T, all, unit)                                          \
    int T = 0;                                                                \
    for (int jump = JUMP; jump > 0; jump /= 2) {                              \
        T += T + jump < MOST && (unit) >= (all).end[T + jump - 1] ? jump : 0; \
    }

/* How many units stand before a parameter. */
#define UNITS_BEFORE(all, t) ((t) == 0 ? 0 : (all).end[(t) - 1])

/* Slices of a parameter, of which a group of 256 threads has one at a time and each thread four elements, 256 apart. */
#define SLICE 1024
#define EACH 4
#define FOR_EACH_SLICE(slice) for (int slice = GROUP_ID(0); slice < all.end[MOST - 1]; slice += GROUPS(0))

/* v2 */
KERNEL void update_adam_many(
        Sizes all, REAL beta1, REAL rest1, REAL beta2, REAL rest2, REAL eps, GLOBAL const REAL *decays, int decay_at,
        GLOBAL const REAL *rates, int rate_at, GLOBAL const REAL *roots, int root_at, GLOBAL const REAL *kinds,
        int kind_at, GLOBAL const REAL *clip, SOURCES(gs), TARGETS(ps), TARGETS(ms), TARGETS(vs)) {
    Betas b = betas_of(beta1, rest1, beta2, rest2, eps);
    Step s = step_of(decays[decay_at], rates[rate_at], roots[root_at], kinds[kind_at], clip[1]);
    FOR_EACH_SLICE(slice) {
        FIND_PARAMETER(t, all, slice);
        int first = (slice - UNITS_BEFORE(all, t)) * SLICE + LOCAL_ID(0);
        int left = all.size[t] - first;
        GLOBAL const REAL *g = ONE_OF(gs, t) + first;
        GLOBAL REAL *p = ONE_OF(ps, t) + first;
        GLOBAL REAL *m = ONE_OF(ms, t) + first;
        GLOBAL REAL *v = ONE_OF(vs, t) + first;
        REAL own_g[EACH];
        REAL own_p[EACH];
        REAL own_m[EACH];
        REAL own_v[EACH];
        for (int k = 0; k < EACH; k++) {
            int i = k * (SLICE / EACH);
            if (i < left) {
                own_g[k] = g[i];
                own_p[k] = p[i];
                own_m[k] = m[i];
                own_v[k] = v[i];
            }
        }
        for (int k = 0; k < EACH; k++) {
            int i = k * (SLICE / EACH);
            if (i < left) {
                REAL mi = next_mean(b, s, own_g[k], own_m[k]);
                REAL vi = next_square(b, s, own_g[k], own_v[k]);
                m[i] = mi;
                v[i] = vi;
                p[i] = next_parameter(b, s, own_p[k], mi, vi);
            }
        }
    }
}

KERNEL void update_ema_many(
        Sizes all, GLOBAL const REAL *decays, int decay_at, SOURCES(source), TARGETS(average)) {
    REAL decay = decays[decay_at];
    FOR_EACH_SLICE(slice) {
        FIND_PARAMETER(t, all, slice);
        int first = (slice - UNITS_BEFORE(all, t)) * SLICE + LOCAL_ID(0);
        int left = all.size[t] - first;
        GLOBAL const REAL *x = ONE_OF(source, t) + first;
        GLOBAL REAL *a = ONE_OF(average, t) + first;
        REAL own_x[EACH];
        REAL own_a[EACH];
        for (int k = 0; k < EACH; k++) {
            int i = k * (SLICE / EACH);
            if (i < left) {
                own_x[k] = x[i];
                own_a[k] = a[i];
            }
        }
        for (int k = 0; k < EACH; k++) {
            int i = k * (SLICE / EACH);
            if (i < left) {
                a[i] = decay * own_a[k] + (1 - decay) * own_x[k];
            }
        }
    }
}

/* Block sums of the squares of many gradients, from place "at" on; a unit is a block. */
KERNEL void update_square_blocks_many(Sizes all, int at, SOURCES(gs), GLOBAL REAL *sums) {
    STRIPS(1);
    int units = all.end[MOST - 1];
    FOR_EACH_UNIT(units) {
        INT64 turn = first_unit + place.number;
        int unit = turn < units ? (int) turn : 0;
        FIND_PARAMETER(t, all, unit);
        int first = (unit - UNITS_BEFORE(all, t)) * SUM_BLOCK;
        GLOBAL const REAL *x = ONE_OF(gs, t);
        REAL own = 0;
        EACH_OF_LANE(first, turn < units ? all.size[t] : 0, own += x[i] * x[i]);
        strip_lanes[LOCAL_ID(0)] = own;
        BARRIER();
        if (turn < units && place.lane == 0) {
            sums[at + unit] = sum_of_lanes(strip_lanes + LOCAL_ID(0), 1);
        }
        BARRIER();
    }
}
