/*
 * Reduction over the middle axis of (outer, n, inner) to (outer, inner).
 *
 * Bytes: outer n inner sizeof(REAL); flops: 1 a number, 2 for squares. Sums have the tree of portable.h in all versions,
 * so the CPU's bits.
 *
 * v1: a thread reduces a block of 256 numbers of one column, a second kernel combines the blocks' results in pairs, a
 *    thread a column. With inner = 1 neighbouring threads read numbers 256 apart; one column of many blocks leaves the
 *    second kernel to one thread.
 * v2 (teams and strips): sums of rows of up to 4,096 numbers (inner = 1) by teams.h in one launch. Otherwise 16 threads reduce a
 *    block of a column, neighbours read neighbours, and launches of the tree's higher levels take 256 results to 1 each
 *    until one is left. Bytes: 1/128 more for the blocks' results.
 */
#include "portable.h"
#include "teams.h"
#include "strips.h"

/* v1: partial (outer, blocks, inner) */
#define SUM_BLOCKS(NAME, TERM)                                                                               \
    KERNEL void NAME(int outer, int n, int inner, int blocks, GLOBAL const REAL *in, GLOBAL REAL *partial) { \
        FOR_EACH(e, (INT64) outer * blocks * inner) {                                                        \
            int block = (int) (e / inner % blocks);                                                          \
            INT64 o = e / inner / blocks;                                                                    \
            int from = block * SUM_BLOCK;                                                                    \
            int count = n - from < SUM_BLOCK ? n - from : SUM_BLOCK;                                         \
            GLOBAL const REAL *x = in + (o * n + from) * inner + e % inner;                                  \
            BLOCK_SUM(partial[e], 0, count, TERM);                                                           \
        }                                                                                                    \
    }

SUM_BLOCKS(sum_blocks, x[i * inner])
SUM_BLOCKS(sum_squares_blocks, x[i * inner] * x[i * inner])

/* out (outer, inner) = scale times the sum of the blocks, in pairs; partial is used up. */
KERNEL void sum_pairs(int outer, int blocks, int inner, REAL scale, GLOBAL REAL *partial, GLOBAL REAL *out) {
    FOR_EACH(e, (INT64) outer * inner) {
        GLOBAL REAL *p = partial + e / inner * blocks * inner + e % inner;
        for (int step = 1; step < blocks; step *= 2) {
            for (int b = 0; b < blocks - step; b += 2 * step) {
                p[b * inner] += p[(b + step) * inner];
            }
        }
        out[e] = scale * p[0];
    }
}

KERNEL void max_all(int outer, int n, int inner, GLOBAL const REAL *in, GLOBAL REAL *out) {
    FOR_EACH(e, (INT64) outer * inner) {
        GLOBAL const REAL *from = in + e / inner * n * inner + e % inner;
        REAL most = from[0];
        for (int i = 1; i < n; i++) {
            most = greater_of(most, from[i * inner]);
        }
        out[e] = most;
    }
}

/* The first of equals, the first NaN if there is one. */
KERNEL void arg_max_all(int outer, int n, int inner, GLOBAL const REAL *in, GLOBAL int *out) {
    FOR_EACH(e, (INT64) outer * inner) {
        GLOBAL const REAL *from = in + e / inner * n * inner + e % inner;
        REAL most = from[0];
        int best = 0;
        for (int i = 1; i < n && most == most; i++) {
            REAL x = from[i * inner];
            if (x > most || x != x) {
                most = x;
                best = i;
            }
        }
        out[e] = best;
    }
}

/* v2: rows of one piece, inner = 1 */
#define SUM_TEAMS(NAME, TERM)                                                                            \
    KERNEL void NAME(int rows, int n, REAL scale, int blocks, GLOBAL const REAL *in, GLOBAL REAL *out) { \
        TEAMS(blocks);                                                                                   \
        FOR_EACH_ROW_OF_TEAM {                                                                           \
            GLOBAL const REAL *x = in + row * n;                                                         \
            REAL own[HELD];                                                                              \
            REAL sum;                                                                                    \
            READ_ONCE(own[j] = x[i]);                                                                    \
            TEAM_SUM(sum, own[j] = x[i], TERM);                                                          \
            if (row < rows && team.block == 0 && team.lane == 0) {                                       \
                out[row] = scale * sum;                                                                  \
            }                                                                                            \
        }                                                                                                \
    }

SUM_TEAMS(sum_teams, own[j])
SUM_TEAMS(sum_squares_teams, own[j] * own[j])

/*
 * v2: out (outer, blocks, inner), times scale; FOLD adds the number at x of place i, JOIN joins 16 lanes' results. What
 * follows "unit" is the place of this thread's column in the input.
 */
#define BY_STRIPS(NAME, START, FOLD, JOIN)                                                         \
    KERNEL void NAME(                                                                              \
            int outer, int n, int inner, int blocks, int width, REAL scale, GLOBAL const REAL *in, \
            GLOBAL REAL *out) {                                                                    \
        STRIPS(width);                                                                             \
        int strips = (inner + width - 1) / width;                                                  \
        int units = outer * blocks * strips;                                                       \
        FOR_EACH_UNIT(units) {                                                                     \
            INT64 turn = first_unit + place.number;                                                \
            int unit = turn < units ? (int) turn : 0;                                              \
            int column = unit % strips * width + place.column;                                     \
            int block = unit / strips % blocks;                                                    \
            INT64 o = unit / strips / blocks;                                                      \
            int there = turn < units && column < inner;                                            \
            GLOBAL const REAL *x = in + o * n * inner + column;                                    \
            REAL own = START;                                                                      \
            FOLD                                                                                   \
            strip_lanes[LOCAL_ID(0)] = own;                                                        \
            BARRIER();                                                                             \
            if (there && place.lane == 0) {                                                        \
                out[(o * blocks + block) * inner + column] = scale * JOIN;                         \
            }                                                                                      \
            BARRIER();                                                                             \
        }                                                                                          \
    }

#define NUMBER_AT(i) x[(INT64) (i) * inner]
#define OF_LANE(STATEMENT) EACH_OF_LANE(block * SUM_BLOCK, there ? n : 0, STATEMENT);
#define LANES_SUM sum_of_lanes(strip_lanes + LOCAL_ID(0), width)
#define LANES_MAX max_of_sixteen(strip_lanes + LOCAL_ID(0), width, SUM_LANES)

BY_STRIPS(sum_strips, 0, OF_LANE(own += NUMBER_AT(i)), LANES_SUM)
BY_STRIPS(sum_squares_strips, 0, OF_LANE(own += NUMBER_AT(i) * NUMBER_AT(i)), LANES_SUM)
BY_STRIPS(max_strips, -INFINITE, OF_LANE(own = greater_of(own, NUMBER_AT(i))), LANES_MAX)

/* Sixteen neighbours' sum, missing ones 0. */
#define OF_NEIGHBOURS                                              \
    REAL part[16];                                                 \
    for (int k = 0; k < 16; k++) {                                 \
        INT64 i = (INT64) block * SUM_BLOCK + 16 * place.lane + k; \
        part[k] = there && i < n ? NUMBER_AT(i) : 0;               \
    }                                                              \
    for (int pair = 1; pair < 16; pair *= 2) {                     \
        for (int k = 0; k < 16; k += 2 * pair) {                   \
            part[k] += part[k + pair];                             \
        }                                                          \
    }                                                              \
    own = part[0];

/* v2: eight levels of the tree */
BY_STRIPS(sum_levels, 0, OF_NEIGHBOURS, sum_of_sixteen(strip_lanes + LOCAL_ID(0), width, 16))

/* v2: the first of equals, the first NaN if there is one; a team has whole columns. */
KERNEL void arg_max_strips(int outer, int n, int inner, int width, GLOBAL const REAL *in, GLOBAL int *out) {
    STRIPS(width);
    SHARED_ARRAY(int, strip_places, MOST_THREADS);
    int strips = (inner + width - 1) / width;
    int units = outer * strips;
    FOR_EACH_UNIT(units) {
        INT64 turn = first_unit + place.number;
        int unit = turn < units ? (int) turn : 0;
        int column = unit % strips * width + place.column;
        INT64 o = unit / strips;
        int there = turn < units && column < inner;
        GLOBAL const REAL *x = in + o * n * inner + column;
        REAL most = -INFINITE;
        int best = n;
        for (INT64 i = place.lane; there && i < n && most == most; i += SUM_LANES) {
            REAL number = NUMBER_AT(i);
            if (best == n || number > most || number != number) {
                most = number;
                best = (int) i;
            }
        }
        strip_lanes[LOCAL_ID(0)] = most;
        strip_places[LOCAL_ID(0)] = best;
        BARRIER();
        if (there && place.lane == 0) {
            for (int l = 1; l < SUM_LANES; l++) {
                REAL number = strip_lanes[LOCAL_ID(0) + l * width];
                int at = strip_places[LOCAL_ID(0) + l * width];
                int ahead = most != most ? number != number && at < best
                                         : number != number || number > most || (number == most && at < best);
                if (at < n && ahead) {
                    most = number;
                    best = at;
                }
            }
            out[o * inner + column] = best;
        }
        BARRIER();
    }
}
