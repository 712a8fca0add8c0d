/*
 * The convolution of conv2d.cl and its two transposes on tensor cores, F32 in memory, CUDA alone; versions go on from those
 * of conv2d.cl.
 *
 * Operands are rounded to BF16, sums are F32: tensor_core.h bounds the error. An element of y is one chain over (c, a, b), one
 * of x over (o, a, b), in steps of 16 filled up with zeros; the bias is added in F32. A weight is one chain over each part of
 * the places, and the parts are added by the tree of portable.h, as v2's are.
 *
 * Bytes: (x + w + y) 4 at least; flops: 2 B O oH oW (C/G) kH kW.
 *
 * v4 (BF16, capability 8.0): v2's implicit product by mma.m16n8k16. A group of 8 warps computes 64 x 128 elements, a warp
 *    32 x 32; slices of 32 terms are gathered by way of registers, where they wait while the last slice is multiplied, and
 *    rounded on their way to shared memory, two stages. Rows of 40 or 136 numbers keep ldmatrix in 32 banks.
 */
#include "portable.h"
#include "conv2d.h"
#include "tensor_core.h"

#if REAL_IS_FLOAT && (BACKEND_SIMULATED || __CUDA_ARCH__ >= 800)

#define ROWS 64
#define COLUMNS 128
#define DEEP 32
#define THREADS 256
#define WARPS 8
#define WARPS_ACROSS 4
#define WARP_SIDE 32

/* Numbers between two rows of an operand: along its terms, or across them. */
#define ALONG 40
#define ACROSS 136

/* Rows of the left operand, and rows or terms of the right one, of which a thread fetches a number each. */
#define LEFT_EACH (ROWS / WARPS)
#define RIGHT_EACH (COLUMNS / WARPS)
#define TERMS_AT_ONCE (THREADS / COLUMNS)

#define LEFT_SIZE (ROWS * ALONG)
#define RIGHT_SIZE (COLUMNS * ALONG)
#define STAGE (LEFT_SIZE + RIGHT_SIZE)

/* Sums of a warp: 32 x 32 elements as two strips of four (16, 8). */
DEVICE void clear_sums(float sums[2][4][4]) {
    UNROLLED
    for (int e = 0; e < 32; e++) {
        sums[e / 16][e / 4 % 4][e % 4] = 0;
    }
}

DEVICE void multiply_stage(float sums[2][4][4], const UINT16 *stage, int right_along) {
    int row = LOCAL_ID(0) / WARP / WARPS_ACROSS * WARP_SIDE;
    int column = LOCAL_ID(0) / WARP % WARPS_ACROSS * WARP_SIDE;
    UNROLLED
    for (int l = 0; l < DEEP; l += 16) {
        UINT32 b[2][4];
        UNROLLED
        for (int s = 0; s < 2; s++) {
            load_right(b[s], stage + LEFT_SIZE, right_along ? ALONG : ACROSS, right_along, column + 16 * s, l);
        }
        UNROLLED
        for (int r = 0; r < 2; r++) {
            UINT32 a[4];
            load_left(a, stage, ALONG, 1, row + 16 * r, l);
            UNROLLED
            for (int s = 0; s < 4; s++) {
                multiply_bf16(sums[r][s], a, b[s / 2][s % 2 * 2], b[s / 2][s % 2 * 2 + 1]);
            }
        }
    }
}

/* Row and column of the group's tile at which element e of the thread's sums stands. */
DEVICE int own_row(int e) {
    return LOCAL_ID(0) / WARP / WARPS_ACROSS * WARP_SIDE + e / 16 * 16 + e / 2 % 2 * 8 + LANE / 4;
}

DEVICE int own_column(int e) {
    return LOCAL_ID(0) / WARP % WARPS_ACROSS * WARP_SIDE + e / 4 % 4 * 8 + LANE % 4 * 2 + e % 2;
}

DEVICE UINT16 rounded(float x) {
    return (UINT16) two_bf16(x, 0);
}

/* The thread's term of every 8th row. */
DEVICE void keep_terms(UINT16 *to, const float *next, int count) {
    UNROLLED
    for (int r = 0; r < count; r++) {
        to[(LOCAL_ID(0) / WARP + r * WARPS) * ALONG + LANE] = rounded(next[r]);
    }
}

/* Every second term of the thread's column. */
DEVICE void keep_column(UINT16 *to, const float next[RIGHT_EACH]) {
    UNROLLED
    for (int c = 0; c < RIGHT_EACH; c++) {
        int l = LOCAL_ID(0) / COLUMNS + c * TERMS_AT_ONCE;
        to[l * ACROSS + LOCAL_ID(0) % COLUMNS] = rounded(next[c]);
    }
}

/* y: groups (places / 128, O/G / 64, G); left holds w, right x. */
KERNEL BOUNDS(THREADS, 1) void conv2d_forward_bf16(
        Geometry s, int biased, GLOBAL const float *x, GLOBAL const float *w, GLOBAL const float *bias,
        GLOBAL float *y) {
    SHARED_ARRAY(UINT64, shared, STAGE / 2);
    int thread = LOCAL_ID(0);
    int group_in = s.in_channels / s.groups;
    int group_out = s.out_channels / s.groups;
    int depth = group_in * s.kernel_height * s.kernel_width;
    int slices = (depth + DEEP - 1) / DEEP;
    int plane = s.out_height * s.out_width;
    INT64 places = (INT64) s.batch * plane;
    INT64 first_place = (INT64) GROUP_ID(0) * COLUMNS;
    int first_row = GROUP_ID(1) * ROWS;
    Digits place = digits_of(first_place + thread % COLUMNS, s.out_height, s.out_width);
    int top = place.middle * s.stride_y - s.pad_top;
    int beside = place.low * s.stride_x - s.pad_left;
    int channels = place.high < s.batch ? group_in : 0;
    Digits step = digits_of(TERMS_AT_ONCE, s.kernel_height, s.kernel_width);
    for (int group = GROUP_ID(2); group < s.groups; group += GROUPS(2)) {
        int image = place.high * s.in_channels + group * group_in;
        Digits tap = digits_of(thread / COLUMNS, s.kernel_height, s.kernel_width);
        float left[LEFT_EACH];
        float right[RIGHT_EACH];
        float sums[2][4][4];
        clear_sums(sums);
        for (int slice = -1; slice < slices; slice++) {
            BARRIER();
            int next = slice + 1;
            if (next < slices) {
                int l = next * DEEP + LANE;
                UNROLLED
                for (int r = 0; r < LEFT_EACH; r++) {
                    int o = first_row + thread / WARP + r * WARPS;
                    left[r] = o < group_out && l < depth ? w[(group * group_out + o) * depth + l] : 0;
                }
                UNROLLED
                for (int c = 0; c < RIGHT_EACH; c++) {
                    right[c] = tap.high < channels
                            ? pixel(x, image + tap.high, top + tap.middle, beside + tap.low, s.in_height, s.in_width)
                            : 0;
                    tap = plus(tap, step, s.kernel_height, s.kernel_width);
                }
            }
            if (slice >= 0) {
                multiply_stage(sums, (UINT16 *) shared + slice % 2 * STAGE, 0);
            }
            if (next < slices) {
                UINT16 *stage = (UINT16 *) shared + next % 2 * STAGE;
                keep_terms(stage, left, LEFT_EACH);
                keep_column(stage + LEFT_SIZE, right);
            }
        }
        UNROLLED
        for (int e = 0; e < 32; e++) {
            INT64 p = first_place + own_column(e);
            int o = first_row + own_row(e);
            if (p < places && o < group_out) {
                int channel = group * group_out + o;
                float sum = sums[e / 16][e / 4 % 4][e % 4];
                y[((int) (p / plane) * s.out_channels + channel) * plane + (int) (p % plane)] =
                        biased ? sum + bias[channel] : sum;
            }
        }
    }
}

/* x: groups (places of a phase / 128, C/G / 64, G strides); left holds w, right y. */
KERNEL BOUNDS(THREADS, 1) void conv2d_input_bf16(
        Geometry s, GLOBAL const float *y, GLOBAL const float *w, GLOBAL float *x) {
    SHARED_ARRAY(UINT64, shared, STAGE / 2);
    int thread = LOCAL_ID(0);
    int group_in = s.in_channels / s.groups;
    int group_out = s.out_channels / s.groups;
    INT64 first_place = (INT64) GROUP_ID(0) * COLUMNS;
    int first_row = GROUP_ID(1) * ROWS;
    int phases = s.stride_y * s.stride_x;
    for (int z = GROUP_ID(2); z < s.groups * phases; z += GROUPS(2)) {
        int group = z / phases;
        int first_y = z % phases / s.stride_x;
        int first_x = z % s.stride_x;
        Phase rows = phase_of(first_y, s.stride_y, s.pad_top, s.kernel_height, s.in_height);
        Phase line = phase_of(first_x, s.stride_x, s.pad_left, s.kernel_width, s.in_width);
        INT64 places = (INT64) s.batch * rows.places * line.places;
        if (first_place >= places) {
            continue;
        }
        int depth = group_out * rows.taps * line.taps;
        int slices = (depth + DEEP - 1) / DEEP;
        int taps_y = rows.taps > 0 ? rows.taps : 1;
        int taps_x = line.taps > 0 ? line.taps : 1;
        Digits place = digits_of(first_place + thread % COLUMNS, rows.places, line.places);
        int channels = place.high < s.batch ? group_out : 0;
        int image = place.high * s.out_channels + group * group_out;
        Digits left_tap = digits_of(LANE, taps_y, taps_x);
        Digits left_step = digits_of(DEEP, taps_y, taps_x);
        Digits tap = digits_of(thread / COLUMNS, taps_y, taps_x);
        Digits step = digits_of(TERMS_AT_ONCE, taps_y, taps_x);
        float left[LEFT_EACH];
        float right[RIGHT_EACH];
        float sums[2][4][4];
        clear_sums(sums);
        for (int slice = -1; slice < slices; slice++) {
            BARRIER();
            int next = slice + 1;
            if (next < slices) {
                int b = line.first + left_tap.low * s.stride_x;
                int a = rows.first + left_tap.middle * s.stride_y;
                UNROLLED
                for (int r = 0; r < LEFT_EACH; r++) {
                    int c = first_row + thread / WARP + r * WARPS;
                    int pair = (group * group_out + left_tap.high) * group_in + c;
                    left[r] = c < group_in && left_tap.high < group_out
                            ? w[(pair * s.kernel_height + a) * s.kernel_width + b]
                            : 0;
                }
                left_tap = plus(left_tap, left_step, taps_y, taps_x);
                UNROLLED
                for (int c = 0; c < RIGHT_EACH; c++) {
                    int i = rows.at + place.middle - tap.middle;
                    int j = line.at + place.low - tap.low;
                    right[c] = tap.high < channels ? pixel(y, image + tap.high, i, j, s.out_height, s.out_width) : 0;
                    tap = plus(tap, step, taps_y, taps_x);
                }
            }
            if (slice >= 0) {
                multiply_stage(sums, (UINT16 *) shared + slice % 2 * STAGE, 0);
            }
            if (next < slices) {
                UINT16 *stage = (UINT16 *) shared + next % 2 * STAGE;
                keep_terms(stage, left, LEFT_EACH);
                keep_column(stage + LEFT_SIZE, right);
            }
        }
        UNROLLED
        for (int e = 0; e < 32; e++) {
            INT64 p = first_place + own_column(e);
            int c = first_row + own_row(e);
            if (p < places && c < group_in) {
                Digits to = digits_of(p, rows.places, line.places);
                int channel = to.high * s.in_channels + group * group_in + c;
                x[(channel * s.in_height + first_y + to.middle * s.stride_y) * s.in_width + first_x
                        + to.low * s.stride_x] = sums[e / 16][e / 4 % 4][e % 4];
            }
        }
    }
}

/*
 * A part of w's sums, "length" places each (the last may have less): groups ((C/G) kH kW / 128, O/G / 64, G parts); left
 * holds y, right x.
 */
KERNEL BOUNDS(THREADS, 1) void conv2d_weight_bf16(
        Geometry s, int parts, int length, GLOBAL const float *x, GLOBAL const float *y, GLOBAL float *w) {
    SHARED_ARRAY(UINT64, shared, STAGE / 2);
    int thread = LOCAL_ID(0);
    int group_in = s.in_channels / s.groups;
    int group_out = s.out_channels / s.groups;
    int depth = group_in * s.kernel_height * s.kernel_width;
    INT64 places = (INT64) s.batch * s.out_height * s.out_width;
    int first_tap = GROUP_ID(0) * COLUMNS;
    int first_row = GROUP_ID(1) * ROWS;
    Digits step = digits_of(DEEP, s.out_height, s.out_width);
    Digits own_tap = digits_of(first_tap + thread / WARP, s.kernel_height, s.kernel_width);
    Digits tap_step = digits_of(WARPS, s.kernel_height, s.kernel_width);
    for (int z = GROUP_ID(2); z < s.groups * parts; z += GROUPS(2)) {
        int group = z % s.groups;
        int part = z / s.groups;
        INT64 p = (INT64) part * length + LANE;
        INT64 end = (INT64) (part + 1) * length < places ? (INT64) (part + 1) * length : places;
        int slices = (int) ((end - (INT64) part * length + DEEP - 1) / DEEP);
        Digits place = digits_of(p, s.out_height, s.out_width);
        float left[LEFT_EACH];
        float right[RIGHT_EACH];
        float sums[2][4][4];
        clear_sums(sums);
        for (int slice = -1; slice < slices; slice++) {
            BARRIER();
            int next = slice + 1;
            if (next < slices) {
                int there = p < end;
                int top = place.middle * s.stride_y - s.pad_top;
                int beside = place.low * s.stride_x - s.pad_left;
                UNROLLED
                for (int r = 0; r < LEFT_EACH; r++) {
                    int o = first_row + thread / WARP + r * WARPS;
                    int plane = place.high * s.out_channels + group * group_out + o;
                    left[r] = there && o < group_out
                            ? y[(plane * s.out_height + place.middle) * s.out_width + place.low]
                            : 0;
                }
                Digits tap = own_tap;
                UNROLLED
                for (int c = 0; c < RIGHT_EACH; c++) {
                    int plane = place.high * s.in_channels + group * group_in + tap.high;
                    right[c] = there && tap.high < group_in
                            ? pixel(x, plane, top + tap.middle, beside + tap.low, s.in_height, s.in_width)
                            : 0;
                    tap = plus(tap, tap_step, s.kernel_height, s.kernel_width);
                }
                place = plus(place, step, s.out_height, s.out_width);
                p += DEEP;
            }
            if (slice >= 0) {
                multiply_stage(sums, (UINT16 *) shared + slice % 2 * STAGE, 1);
            }
            if (next < slices) {
                UINT16 *stage = (UINT16 *) shared + next % 2 * STAGE;
                keep_terms(stage, left, LEFT_EACH);
                keep_terms(stage + LEFT_SIZE, right, RIGHT_EACH);
            }
        }
        UNROLLED
        for (int e = 0; e < 32; e++) {
            int o = first_row + own_row(e);
            int column = first_tap + own_column(e);
            if (o < group_out && column < depth) {
                w[(part * s.out_channels + group * group_out + o) * depth + column] = sums[e / 16][e / 4 % 4][e % 4];
            }
        }
    }
}

#endif
