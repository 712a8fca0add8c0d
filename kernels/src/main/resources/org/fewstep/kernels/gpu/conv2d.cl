/*
 * Convolution (cross-correlation, zero padding) and its two transposes: x (B, C, H, W), w (O, C/G, kH, kW),
 * y (B, O, oH, oW); y[n, o, i, j] = sum w[o, c, a, b] x[n, c of o's group, i sY - pT + a, j sX - pL + b].
 *
 * An element of y is one chain of fma over (c, a, b), to which the bias is added; one of x is one chain over (o, a, b). All
 * versions give the same bits of both, as long as all is finite (beside the image v1 adds nothing, the others a product with
 * zero). A weight is a sum over (n, i, j) in an order of its version's own, which follows from the sizes alone.
 *
 * Bytes: (x + w + y) sizeof(REAL) at least; flops: 2 B O oH oW (C/G) kH kW.
 *
 * v1: a thread an element of the result; a weight is the tree of portable.h.
 * v2 (tiles of an implicit product of matrices): 128 threads compute 64 x 128 or 32 x 32 elements, 8 x 8 or 4 x 2 a thread
 *    in registers. Slices of 8 terms pass through shared memory, where the window is gathered on the way: no unfolded image
 *    is stored; the next slice is fetched meanwhile. Rows are channels, columns are places of all samples. Places of x that
 *    meet the same taps stand together, so that no product with a hole between strides is computed. A weight's rows and
 *    columns are o and (c, a, b); the places are split into parts of one chain each, and the parts, which stand in a room of
 *    parts O (C/G) kH kW numbers, are added by the tree of portable.h.
 * v3 (strips, OpenCL): for processors, whose vectors are wide and whose shared memory is main memory. Some samples at a
 *    time are spread: planes with their zeros around, those of a stride's phases apart, so that the windows of neighbouring
 *    places are neighbours whatever the tap. A thread computes 2 vectors of neighbouring places for 8 channels, or a part of
 *    the sums of 4 channels by 4 taps, lane by lane. The spread planes are about x (or y) once more in memory.
 */
#include "portable.h"
#include "conv2d.h"

KERNEL void conv2d_forward(
        Geometry s, int biased, GLOBAL const REAL *x, GLOBAL const REAL *w, GLOBAL const REAL *bias, GLOBAL REAL *y) {
    int group_in = s.in_channels / s.groups;
    int group_out = s.out_channels / s.groups;
    FOR_EACH(e, (INT64) s.batch * s.out_channels * s.out_height * s.out_width) {
        int j = (int) (e % s.out_width);
        int i = (int) (e / s.out_width % s.out_height);
        int o = (int) (e / s.out_width / s.out_height % s.out_channels);
        INT64 item = e / s.out_width / s.out_height / s.out_channels;
        int top = i * s.stride_y - s.pad_top;
        int left = j * s.stride_x - s.pad_left;
        REAL sum = 0;
        for (int c = 0; c < group_in; c++) {
            GLOBAL const REAL *plane =
                    x + (item * s.in_channels + o / group_out * group_in + c) * s.in_height * s.in_width;
            GLOBAL const REAL *taps = w + ((INT64) o * group_in + c) * s.kernel_height * s.kernel_width;
            for (int a = 0; a < s.kernel_height; a++) {
                for (int b = 0; b < s.kernel_width; b++) {
                    int row = top + a;
                    int column = left + b;
                    if (row >= 0 && row < s.in_height && column >= 0 && column < s.in_width) {
                        sum = fma(taps[a * s.kernel_width + b], plane[row * s.in_width + column], sum);
                    }
                }
            }
        }
        y[e] = biased ? sum + bias[o] : sum;
    }
}

KERNEL void conv2d_input(Geometry s, GLOBAL const REAL *y, GLOBAL const REAL *w, GLOBAL REAL *x) {
    int group_in = s.in_channels / s.groups;
    int group_out = s.out_channels / s.groups;
    FOR_EACH(e, (INT64) s.batch * s.in_channels * s.in_height * s.in_width) {
        int column = (int) (e % s.in_width);
        int row = (int) (e / s.in_width % s.in_height);
        int c = (int) (e / s.in_width / s.in_height % s.in_channels);
        INT64 item = e / s.in_width / s.in_height / s.in_channels;
        int group = c / group_in;
        REAL sum = 0;
        for (int o = group * group_out; o < (group + 1) * group_out; o++) {
            GLOBAL const REAL *plane = y + (item * s.out_channels + o) * s.out_height * s.out_width;
            GLOBAL const REAL *taps = w + ((INT64) o * group_in + c % group_in) * s.kernel_height * s.kernel_width;
            for (int a = 0; a < s.kernel_height; a++) {
                int below = row + s.pad_top - a;
                int i = below / s.stride_y;
                if (below < 0 || i * s.stride_y != below || i >= s.out_height) {
                    continue;
                }
                for (int b = 0; b < s.kernel_width; b++) {
                    int right = column + s.pad_left - b;
                    int j = right / s.stride_x;
                    if (right >= 0 && j * s.stride_x == right && j < s.out_width) {
                        sum = fma(taps[a * s.kernel_width + b], plane[i * s.out_width + j], sum);
                    }
                }
            }
        }
        x[e] = sum;
    }
}

/* Place p of (n, i, j): the product of y there with the number of x under tap (a, b), 0 beside the image. */
DEVICE REAL weight_term(
        Geometry s, INT64 p, int o, int c, int a, int b, GLOBAL const REAL *x, GLOBAL const REAL *y) {
    int j = (int) (p % s.out_width);
    int i = (int) (p / s.out_width % s.out_height);
    INT64 item = p / s.out_width / s.out_height;
    int row = i * s.stride_y - s.pad_top + a;
    int column = j * s.stride_x - s.pad_left + b;
    if (row < 0 || row >= s.in_height || column < 0 || column >= s.in_width) {
        return 0;
    }
    return y[((item * s.out_channels + o) * s.out_height + i) * s.out_width + j]
            * x[((item * s.in_channels + c) * s.in_height + row) * s.in_width + column];
}

KERNEL void conv2d_weight(Geometry s, GLOBAL const REAL *x, GLOBAL const REAL *y, GLOBAL REAL *w) {
    int group_in = s.in_channels / s.groups;
    int group_out = s.out_channels / s.groups;
    INT64 places = (INT64) s.batch * s.out_height * s.out_width;
    FOR_EACH(e, (INT64) s.out_channels * group_in * s.kernel_height * s.kernel_width) {
        int b = (int) (e % s.kernel_width);
        int a = (int) (e / s.kernel_width % s.kernel_height);
        int o = (int) (e / s.kernel_width / s.kernel_height / group_in);
        int c = o / group_out * group_in + (int) (e / s.kernel_width / s.kernel_height % group_in);
        REAL sum;
        TREE_SUM(sum, places, weight_term(s, i, o, c, a, b, x, y));
        w[e] = sum;
    }
}

#define ACROSS 16
#define DOWN 8
#define THREADS 128
#define DEEP 8
#define EACH 8
/* 4 more than numbers in a row, so that threads that fill a column meet different banks. */
#define LEFT_PITCH (DOWN * EACH + 4)
#define RIGHT_PITCH (ACROSS * EACH + 4)
/* Two slices. */
#define LEFT_SIZE (2 * DEEP * LEFT_PITCH)
#define RIGHT_SIZE (2 * DEEP * RIGHT_PITCH)

/* Row (or column) r of those that thread number t of the tile's edge computes: four neighbours, then the next four. */
DEVICE int own(int r, int each, int t, int threads) {
    int some = each < 4 ? each : 4;
    return (r / some * threads + t) * some + r % some;
}

DEVICE void clear(REAL sum[EACH][EACH]) {
    for (int r = 0; r < EACH; r++) {
        for (int c = 0; c < EACH; c++) {
            sum[r][c] = 0;
        }
    }
}

/* sum += left right of a slice, term by term. */
DEVICE void multiply(
        REAL sum[EACH][EACH], int slice, SHARED const REAL *left, SHARED const REAL *right, int rows_each,
        int columns_each) {
    SHARED const REAL *p = left + (slice & 1) * DEEP * LEFT_PITCH;
    SHARED const REAL *q = right + (slice & 1) * DEEP * RIGHT_PITCH;
    int across = LOCAL_ID(0) % ACROSS;
    int down = LOCAL_ID(0) / ACROSS;
    for (int l = 0; l < DEEP; l++) {
        REAL a[EACH];
        REAL b[EACH];
        for (int r = 0; r < rows_each; r++) {
            a[r] = p[l * LEFT_PITCH + own(r, rows_each, down, DOWN)];
        }
        for (int c = 0; c < columns_each; c++) {
            b[c] = q[l * RIGHT_PITCH + own(c, columns_each, across, ACROSS)];
        }
        for (int r = 0; r < rows_each; r++) {
            for (int c = 0; c < columns_each; c++) {
                sum[r][c] = fma(a[r], b[c], sum[r][c]);
            }
        }
    }
}

/* Term thread % 8 of a slice, for every 16th row. */
DEVICE void keep_terms(SHARED REAL *to, int pitch, int slice, const REAL *next, int count) {
    int thread = LOCAL_ID(0);
    for (int r = 0; r < count; r++) {
        to[((slice & 1) * DEEP + thread % DEEP) * pitch + thread / DEEP + r * (THREADS / DEEP)] = next[r];
    }
}

/* Column thread % columns of a slice, for every (128 / columns)th term. */
DEVICE void keep_column(SHARED REAL *to, int slice, const REAL *next, int columns_each) {
    int thread = LOCAL_ID(0);
    int columns = ACROSS * columns_each;
    for (int c = 0; c < columns_each; c++) {
        int l = thread / columns + c * (THREADS / columns);
        to[((slice & 1) * DEEP + l) * RIGHT_PITCH + thread % columns] = next[c];
    }
}

/* v2 of y: groups (places / columns, O/G / rows, G); left holds w, right x. */
DEVICE void forward_tile(
        Geometry s, int biased, GLOBAL const REAL *x, GLOBAL const REAL *w, GLOBAL const REAL *bias, GLOBAL REAL *y,
        SHARED REAL *left, SHARED REAL *right, int rows_each, int columns_each) {
    int thread = LOCAL_ID(0);
    int columns = ACROSS * columns_each;
    int group_in = s.in_channels / s.groups;
    int group_out = s.out_channels / s.groups;
    int depth = group_in * s.kernel_height * s.kernel_width;
    int slices = (depth + DEEP - 1) / DEEP;
    int plane = s.out_height * s.out_width;
    INT64 places = (INT64) s.batch * plane;
    INT64 first_place = (INT64) GROUP_ID(0) * columns;
    int first_row = GROUP_ID(1) * DOWN * rows_each;
    Digits place = digits_of(first_place + thread % columns, s.out_height, s.out_width);
    int top = place.middle * s.stride_y - s.pad_top;
    int beside = place.low * s.stride_x - s.pad_left;
    int channels = place.high < s.batch ? group_in : 0;
    Digits step = digits_of(THREADS / columns, s.kernel_height, s.kernel_width);
    for (int group = GROUP_ID(2); group < s.groups; group += GROUPS(2)) {
        int image = place.high * s.in_channels + group * group_in;
        Digits tap = digits_of(thread / columns, s.kernel_height, s.kernel_width);
        REAL next_left[EACH];
        REAL next_right[EACH];
        REAL sum[EACH][EACH];
        clear(sum);
        for (int slice = 0; slice <= slices; slice++) {
            if (slice < slices) {
                int l = slice * DEEP + thread % DEEP;
                for (int r = 0; r < rows_each / 2; r++) {
                    int o = first_row + thread / DEEP + r * (THREADS / DEEP);
                    next_left[r] = o < group_out && l < depth ? w[(group * group_out + o) * depth + l] : 0;
                }
                for (int c = 0; c < columns_each; c++) {
                    next_right[c] = tap.high < channels
                            ? pixel(x, image + tap.high, top + tap.middle, beside + tap.low, s.in_height, s.in_width)
                            : 0;
                    tap = plus(tap, step, s.kernel_height, s.kernel_width);
                }
            }
            if (slice > 0) {
                multiply(sum, slice - 1, left, right, rows_each, columns_each);
            }
            if (slice < slices) {
                keep_terms(left, LEFT_PITCH, slice, next_left, rows_each / 2);
                keep_column(right, slice, next_right, columns_each);
            }
            BARRIER();
        }
        for (int c = 0; c < columns_each; c++) {
            INT64 p = first_place + own(c, columns_each, thread % ACROSS, ACROSS);
            int item = (int) (p / plane);
            for (int r = 0; r < rows_each; r++) {
                int o = first_row + own(r, rows_each, thread / ACROSS, DOWN);
                if (p < places && o < group_out) {
                    int channel = group * group_out + o;
                    y[(item * s.out_channels + channel) * plane + (int) (p % plane)] =
                            biased ? sum[r][c] + bias[channel] : sum[r][c];
                }
            }
        }
    }
}

KERNEL void conv2d_forward_64(
        Geometry s, int biased, GLOBAL const REAL *x, GLOBAL const REAL *w, GLOBAL const REAL *bias, GLOBAL REAL *y) {
    SHARED_ARRAY(REAL, left, LEFT_SIZE);
    SHARED_ARRAY(REAL, right, RIGHT_SIZE);
    forward_tile(s, biased, x, w, bias, y, left, right, 8, 8);
}

KERNEL void conv2d_forward_32(
        Geometry s, int biased, GLOBAL const REAL *x, GLOBAL const REAL *w, GLOBAL const REAL *bias, GLOBAL REAL *y) {
    SHARED_ARRAY(REAL, left, LEFT_SIZE);
    SHARED_ARRAY(REAL, right, RIGHT_SIZE);
    forward_tile(s, biased, x, w, bias, y, left, right, 4, 2);
}

/* v2 of x: groups (places of a phase / columns, C/G / rows, G strides); left holds w, right y. */
DEVICE void input_tile(
        Geometry s, GLOBAL const REAL *y, GLOBAL const REAL *w, GLOBAL REAL *x, SHARED REAL *left, SHARED REAL *right,
        int rows_each, int columns_each) {
    int thread = LOCAL_ID(0);
    int columns = ACROSS * columns_each;
    int group_in = s.in_channels / s.groups;
    int group_out = s.out_channels / s.groups;
    INT64 first_place = (INT64) GROUP_ID(0) * columns;
    int first_row = GROUP_ID(1) * DOWN * rows_each;
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
        Digits place = digits_of(first_place + thread % columns, rows.places, line.places);
        int channels = place.high < s.batch ? group_out : 0;
        int image = place.high * s.out_channels + group * group_out;
        Digits left_tap = digits_of(thread % DEEP, taps_y, taps_x);
        Digits left_step = digits_of(DEEP, taps_y, taps_x);
        Digits tap = digits_of(thread / columns, taps_y, taps_x);
        Digits step = digits_of(THREADS / columns, taps_y, taps_x);
        REAL next_left[EACH];
        REAL next_right[EACH];
        REAL sum[EACH][EACH];
        clear(sum);
        for (int slice = 0; slice <= slices; slice++) {
            if (slice < slices) {
                int b = line.first + left_tap.low * s.stride_x;
                int a = rows.first + left_tap.middle * s.stride_y;
                for (int r = 0; r < rows_each / 2; r++) {
                    int c = first_row + thread / DEEP + r * (THREADS / DEEP);
                    int pair = (group * group_out + left_tap.high) * group_in + c;
                    next_left[r] = c < group_in && left_tap.high < group_out
                            ? w[(pair * s.kernel_height + a) * s.kernel_width + b]
                            : 0;
                }
                left_tap = plus(left_tap, left_step, taps_y, taps_x);
                for (int c = 0; c < columns_each; c++) {
                    int i = rows.at + place.middle - tap.middle;
                    int j = line.at + place.low - tap.low;
                    next_right[c] =
                            tap.high < channels ? pixel(y, image + tap.high, i, j, s.out_height, s.out_width) : 0;
                    tap = plus(tap, step, taps_y, taps_x);
                }
            }
            if (slice > 0) {
                multiply(sum, slice - 1, left, right, rows_each, columns_each);
            }
            if (slice < slices) {
                keep_terms(left, LEFT_PITCH, slice, next_left, rows_each / 2);
                keep_column(right, slice, next_right, columns_each);
            }
            BARRIER();
        }
        for (int q = 0; q < columns_each; q++) {
            INT64 p = first_place + own(q, columns_each, thread % ACROSS, ACROSS);
            Digits to = digits_of(p, rows.places, line.places);
            int row = first_y + to.middle * s.stride_y;
            int column = first_x + to.low * s.stride_x;
            for (int r = 0; r < rows_each; r++) {
                int c = first_row + own(r, rows_each, thread / ACROSS, DOWN);
                if (p < places && c < group_in) {
                    int channel = to.high * s.in_channels + group * group_in + c;
                    x[(channel * s.in_height + row) * s.in_width + column] = sum[r][q];
                }
            }
        }
    }
}

KERNEL void conv2d_input_64(Geometry s, GLOBAL const REAL *y, GLOBAL const REAL *w, GLOBAL REAL *x) {
    SHARED_ARRAY(REAL, left, LEFT_SIZE);
    SHARED_ARRAY(REAL, right, RIGHT_SIZE);
    input_tile(s, y, w, x, left, right, 8, 8);
}

KERNEL void conv2d_input_32(Geometry s, GLOBAL const REAL *y, GLOBAL const REAL *w, GLOBAL REAL *x) {
    SHARED_ARRAY(REAL, left, LEFT_SIZE);
    SHARED_ARRAY(REAL, right, RIGHT_SIZE);
    input_tile(s, y, w, x, left, right, 4, 2);
}

/*
 * v2 of a part of w's sums, "length" places each (the last may have less): groups ((C/G) kH kW / columns, O/G / rows,
 * G parts); left holds y, right x.
 */
DEVICE void weight_tile(
        Geometry s, int parts, int length, GLOBAL const REAL *x, GLOBAL const REAL *y, GLOBAL REAL *w,
        SHARED REAL *left, SHARED REAL *right, int rows_each, int columns_each) {
    int thread = LOCAL_ID(0);
    int group_in = s.in_channels / s.groups;
    int group_out = s.out_channels / s.groups;
    int depth = group_in * s.kernel_height * s.kernel_width;
    INT64 places = (INT64) s.batch * s.out_height * s.out_width;
    int first_tap = GROUP_ID(0) * ACROSS * columns_each;
    int first_row = GROUP_ID(1) * DOWN * rows_each;
    Digits step = digits_of(DEEP, s.out_height, s.out_width);
    Digits tap[EACH];
    for (int c = 0; c < columns_each; c++) {
        int column = first_tap + thread / DEEP + c * (THREADS / DEEP);
        tap[c] = digits_of(column, s.kernel_height, s.kernel_width);
    }
    for (int z = GROUP_ID(2); z < s.groups * parts; z += GROUPS(2)) {
        int group = z % s.groups;
        int part = z / s.groups;
        INT64 p = (INT64) part * length + thread % DEEP;
        INT64 end = (INT64) (part + 1) * length < places ? (INT64) (part + 1) * length : places;
        int slices = (int) ((end - (INT64) part * length + DEEP - 1) / DEEP);
        Digits place = digits_of(p, s.out_height, s.out_width);
        REAL next_left[EACH];
        REAL next_right[EACH];
        REAL sum[EACH][EACH];
        clear(sum);
        for (int slice = 0; slice <= slices; slice++) {
            if (slice < slices) {
                int there = p < end;
                int top = place.middle * s.stride_y - s.pad_top;
                int beside = place.low * s.stride_x - s.pad_left;
                for (int r = 0; r < rows_each / 2; r++) {
                    int o = first_row + thread / DEEP + r * (THREADS / DEEP);
                    int plane = place.high * s.out_channels + group * group_out + o;
                    next_left[r] = there && o < group_out
                            ? y[(plane * s.out_height + place.middle) * s.out_width + place.low]
                            : 0;
                }
                for (int c = 0; c < columns_each; c++) {
                    int plane = place.high * s.in_channels + group * group_in + tap[c].high;
                    next_right[c] = there && tap[c].high < group_in
                            ? pixel(x, plane, top + tap[c].middle, beside + tap[c].low, s.in_height, s.in_width)
                            : 0;
                }
                place = plus(place, step, s.out_height, s.out_width);
                p += DEEP;
            }
            if (slice > 0) {
                multiply(sum, slice - 1, left, right, rows_each, columns_each);
            }
            if (slice < slices) {
                keep_terms(left, LEFT_PITCH, slice, next_left, rows_each / 2);
                keep_terms(right, RIGHT_PITCH, slice, next_right, columns_each);
            }
            BARRIER();
        }
        for (int r = 0; r < rows_each; r++) {
            int o = first_row + own(r, rows_each, thread / ACROSS, DOWN);
            for (int c = 0; c < columns_each; c++) {
                int column = first_tap + own(c, columns_each, thread % ACROSS, ACROSS);
                if (o < group_out && column < depth) {
                    w[(part * s.out_channels + group * group_out + o) * depth + column] = sum[r][c];
                }
            }
        }
    }
}

KERNEL void conv2d_weight_64(
        Geometry s, int parts, int length, GLOBAL const REAL *x, GLOBAL const REAL *y, GLOBAL REAL *w) {
    SHARED_ARRAY(REAL, left, LEFT_SIZE);
    SHARED_ARRAY(REAL, right, RIGHT_SIZE);
    weight_tile(s, parts, length, x, y, w, left, right, 8, 8);
}

KERNEL void conv2d_weight_32(
        Geometry s, int parts, int length, GLOBAL const REAL *x, GLOBAL const REAL *y, GLOBAL REAL *w) {
    SHARED_ARRAY(REAL, left, LEFT_SIZE);
    SHARED_ARRAY(REAL, right, RIGHT_SIZE);
    weight_tile(s, parts, length, x, y, w, left, right, 4, 2);
}

/* w from the sums of its parts, by the tree. */
KERNEL void conv2d_weight_parts(int parts, int size, GLOBAL const REAL *sums, GLOBAL REAL *w) {
    FOR_EACH(e, size) {
        REAL sum;
        TREE_SUM(sum, parts, sums[i * size + e]);
        w[e] = sum;
    }
}

#if BACKEND_OPENCL
/* A vector of 64 bytes. */
#if REAL_IS_FLOAT
#define LANES 16
#define LINE float16
#define LOAD(from) vload16(0, from)
#define STORE(line, to) vstore16(line, 0, to)
#else
#define LANES 8
#define LINE double8
#define LOAD(from) vload8(0, from)
#define STORE(line, to) vstore8(line, 0, to)
#endif
#define STRIP_ROWS 8
#define PATCH 4

/*
 * The sum of a vector's lanes: halves are added, then halves of these. By number, since oclgrind takes what is left out of a
 * vector's half for a value that nobody wrote.
 */
DEVICE REAL total(LINE line) {
    REAL lanes[LANES];
    STORE(line, lanes);
    for (int half_of = LANES / 2; half_of > 0; half_of /= 2) {
        for (int i = 0; i < half_of; i++) {
            lanes[i] += lanes[i + half_of];
        }
    }
    return lanes[0];
}

/*
 * How planes are spread: number (row, column) of phase (u, v) of a plane is number (row stride_y + u - pad_top, column
 * stride_x + v - pad_left) of the image, or 0. A spread plane is "items" of (height, width), then zeros up to "size".
 */
typedef struct {
    int first_item;
    int items;
    int channels;
    int in_height;
    int in_width;
    int stride_y;
    int stride_x;
    int pad_top;
    int pad_left;
    int phases_y;
    int phases_x;
    int height;
    int width;
    int size;
} Spread;

/* v3: a thread a row of a spread plane. */
KERNEL void conv2d_spread(Spread s, GLOBAL const REAL *image, GLOBAL REAL *spread) {
    FOR_EACH(e, (INT64) s.channels * s.phases_y * s.phases_x * s.items * s.height) {
        int r = (int) (e % s.height);
        int item = (int) (e / s.height % s.items);
        int plane = (int) (e / s.height / s.items);
        int u = plane / s.phases_x % s.phases_y;
        int v = plane % s.phases_x;
        int channel = (s.first_item + item) * s.channels + plane / s.phases_x / s.phases_y;
        int row = r * s.stride_y + u - s.pad_top;
        int there = row >= 0 && row < s.in_height;
        int shift = v - s.pad_left;
        int start = shift < 0 ? (-shift + s.stride_x - 1) / s.stride_x : 0;
        int end = there && shift < s.in_width ? (s.in_width - shift + s.stride_x - 1) / s.stride_x : 0;
        start = start < s.width ? start : s.width;
        end = end < s.width ? end : s.width;
        GLOBAL const REAL *from = image + (channel * s.in_height + (there ? row : 0)) * s.in_width;
        GLOBAL REAL *to = spread + (INT64) plane * s.size + (item * s.height + r) * s.width;
        for (int q = 0; q < start; q++) {
            to[q] = 0;
        }
        for (int q = start; q < end; q++) {
            to[q] = from[q * s.stride_x + shift];
        }
        int last = item == s.items - 1 && r == s.height - 1;
        int stop = last ? s.size - (item * s.height + r) * s.width : s.width;
        for (int q = end > start ? end : start; q < stop; q++) {
            to[q] = 0;
        }
    }
}

/* v3: for each term of y's sums its place among a channel's weights, and that of its numbers in the spread planes. */
KERNEL void conv2d_forward_terms(Geometry s, int size, int width, GLOBAL int *terms) {
    int phases_y = s.stride_y < s.kernel_height ? s.stride_y : s.kernel_height;
    int phases_x = s.stride_x < s.kernel_width ? s.stride_x : s.kernel_width;
    FOR_EACH(e, s.in_channels / s.groups * s.kernel_height * s.kernel_width) {
        Digits tap = digits_of(e, s.kernel_height, s.kernel_width);
        int plane = (tap.high * phases_y + tap.middle % s.stride_y) * phases_x + tap.low % s.stride_x;
        terms[2 * e] = (int) e;
        terms[2 * e + 1] = plane * size + tap.middle / s.stride_y * width + tap.low / s.stride_x;
    }
}

/* v3: the same for x's sums in phase (first_y, first_x); the spread planes of y start at its number (low_y, low_x). */
KERNEL void conv2d_input_terms(
        Geometry s, int size, int width, int first_y, int first_x, int low_y, int low_x, GLOBAL int *terms) {
    int group_in = s.in_channels / s.groups;
    Phase rows = phase_of(first_y, s.stride_y, s.pad_top, s.kernel_height, s.in_height);
    Phase line = phase_of(first_x, s.stride_x, s.pad_left, s.kernel_width, s.in_width);
    FOR_EACH(e, s.out_channels / s.groups * rows.taps * line.taps) {
        Digits tap = digits_of(e, rows.taps, line.taps);
        int a = rows.first + tap.middle * s.stride_y;
        int b = line.first + tap.low * s.stride_x;
        terms[2 * e] = (tap.high * group_in * s.kernel_height + a) * s.kernel_width + b;
        terms[2 * e + 1] =
                tap.high * size + (rows.at - tap.middle - low_y) * width + line.at - tap.low - low_x;
    }
}

/*
 * Sums over "depth" terms for "rows" channels of each group at places (i, j) of (height, width). Weights of neighbouring
 * rows are row_step apart, of groups group_weights; numbers of items are spread_item apart, of groups spread_group, of
 * neighbouring i spread_width. Place (i, j) of an item's channel is written to first + item * item_step + channel *
 * channel_step + i * row_step + j * column_step.
 */
typedef struct {
    int depth;
    int rows;
    int weight_row;
    int weight_group;
    int items;
    int spread_item;
    int spread_group;
    int spread_width;
    int height;
    int width;
    int first;
    int item_step;
    int channel_step;
    int row_step;
    int column_step;
} Strips;

/* Vectors that cover the places of an item, from its first place to its last. */
DEVICE int lines_of(int height, int width, int spread_width) {
    return ((height - 1) * spread_width + width + LANES - 1) / LANES;
}

/* A vector of places from number "at" on of an item, without those behind its rows' ends. */
DEVICE void put_line(Strips s, LINE line, int at, GLOBAL REAL *to) {
    int i = at / s.spread_width;
    int j = at % s.spread_width;
    if (s.column_step == 1 && j + LANES <= s.width && i < s.height) {
        STORE(line, to + i * s.row_step + j);
        return;
    }
    REAL each[LANES];
    STORE(line, each);
    for (int l = 0; l < LANES; l++) {
        if (i < s.height && j < s.width) {
            to[i * s.row_step + j * s.column_step] = each[l];
        }
        if (++j == s.spread_width) {
            j = 0;
            i++;
        }
    }
}

/* v3 of y and x: thread (2 vectors, 8 rows, group). */
KERNEL void conv2d_strips(
        Strips s, int biased, GLOBAL const int *terms, GLOBAL const REAL *spread, GLOBAL const REAL *w,
        GLOBAL const REAL *bias, GLOBAL REAL *result) {
    int lines = lines_of(s.height, s.width, s.spread_width);
    int number = GROUP_ID(1) * 2;
    int more = number + 1 < s.items * lines;
    int item0 = number / lines;
    int item1 = (number + more) / lines;
    int at0 = number % lines * LANES;
    int at1 = (number + more) % lines * LANES;
    int first_row = GROUP_ID(0) * STRIP_ROWS;
    int group = GROUP_ID(2);
    GLOBAL const REAL *from0 = spread + group * s.spread_group + item0 * s.spread_item + at0;
    GLOBAL const REAL *from1 = spread + group * s.spread_group + item1 * s.spread_item + at1;
    GLOBAL const REAL *weights[STRIP_ROWS];
    LINE low[STRIP_ROWS];
    LINE high[STRIP_ROWS];
    #pragma unroll
    for (int r = 0; r < STRIP_ROWS; r++) {
        int row = first_row + r < s.rows ? first_row + r : s.rows - 1;
        weights[r] = w + group * s.weight_group + row * s.weight_row;
        low[r] = (LINE) (0);
        high[r] = (LINE) (0);
    }
    for (int l = 0; l < s.depth; l++) {
        int weight = terms[2 * l];
        int at = terms[2 * l + 1];
        LINE b0 = LOAD(from0 + at);
        LINE b1 = LOAD(from1 + at);
        #pragma unroll
        for (int r = 0; r < STRIP_ROWS; r++) {
            LINE factor = (LINE) (weights[r][weight]);
            low[r] = fma(factor, b0, low[r]);
            high[r] = fma(factor, b1, high[r]);
        }
    }
    for (int r = 0; r < STRIP_ROWS && first_row + r < s.rows; r++) {
        int channel = group * s.rows + first_row + r;
        if (biased) {
            low[r] += bias[channel];
            high[r] += bias[channel];
        }
        GLOBAL REAL *to = result + s.first + channel * s.channel_step;
        put_line(s, low[r], at0, to + item0 * s.item_step);
        if (more) {
            put_line(s, high[r], at1, to + item1 * s.item_step);
        }
    }
}

/* v3: y in the vectors that cover each item's places, 0 behind its rows' ends; a thread a row of a channel of an item. */
KERNEL void conv2d_lines(Geometry s, int first_item, int items, int spread_width, GLOBAL const REAL *y, GLOBAL REAL *to) {
    int size = lines_of(s.out_height, s.out_width, spread_width) * LANES;
    FOR_EACH(e, s.out_channels * items * s.out_height) {
        int i = (int) (e % s.out_height);
        int item = (int) (e / s.out_height % items);
        int o = (int) (e / s.out_height / items);
        int plane = (first_item + item) * s.out_channels + o;
        GLOBAL const REAL *row = y + (plane * s.out_height + i) * s.out_width;
        GLOBAL REAL *line = to + ((INT64) o * items + item) * size + i * spread_width;
        int end = i == s.out_height - 1 ? size - i * spread_width : spread_width;
        for (int j = 0; j < s.out_width; j++) {
            line[j] = row[j];
        }
        for (int j = s.out_width; j < end; j++) {
            line[j] = 0;
        }
    }
}

/*
 * v3 of a part of w's sums: thread (4 terms, 4 rows, group and part) adds "length" vectors of numbers, of all the "items"
 * lines, in LANES chains, then those as the tree does.
 */
KERNEL void conv2d_weight_strips(
        Geometry s, int items, int length, int first_part, int size, int spread_item, int spread_width,
        GLOBAL const int *terms, GLOBAL const REAL *spread, GLOBAL const REAL *y, GLOBAL REAL *w) {
    int group_in = s.in_channels / s.groups;
    int group_out = s.out_channels / s.groups;
    int phases_y = s.stride_y < s.kernel_height ? s.stride_y : s.kernel_height;
    int phases_x = s.stride_x < s.kernel_width ? s.stride_x : s.kernel_width;
    int depth = group_in * s.kernel_height * s.kernel_width;
    int lines = lines_of(s.out_height, s.out_width, spread_width);
    int group = GROUP_ID(2) % s.groups;
    int part = GROUP_ID(2) / s.groups;
    int first_term = GROUP_ID(0) * PATCH;
    int first_row = GROUP_ID(1) * PATCH;
    int first = part * length;
    int end = first + length < items * lines ? first + length : items * lines;
    GLOBAL const REAL *of_row[PATCH];
    GLOBAL const REAL *of_term[PATCH];
    LINE sum[PATCH][PATCH];
    #pragma unroll
    for (int r = 0; r < PATCH; r++) {
        int o = first_row + r < group_out ? first_row + r : group_out - 1;
        int term = first_term + r < depth ? first_term + r : depth - 1;
        of_row[r] = y + (group * group_out + o) * (items * lines * LANES);
        of_term[r] = spread + group * group_in * phases_y * phases_x * size + terms[2 * term + 1];
        #pragma unroll
        for (int c = 0; c < PATCH; c++) {
            sum[r][c] = (LINE) (0);
        }
    }
    int line = first % lines;
    int at = first / lines * spread_item + line * LANES;
    for (int number = first; number < end; number++) {
        LINE a[PATCH];
        LINE b[PATCH];
        #pragma unroll
        for (int r = 0; r < PATCH; r++) {
            a[r] = LOAD(of_row[r] + number * LANES);
            b[r] = LOAD(of_term[r] + at);
        }
        #pragma unroll
        for (int r = 0; r < PATCH; r++) {
            #pragma unroll
            for (int c = 0; c < PATCH; c++) {
                sum[r][c] = fma(a[r], b[c], sum[r][c]);
            }
        }
        at += LANES;
        if (++line == lines) {
            line = 0;
            at += spread_item - lines * LANES;
        }
    }
    for (int r = 0; r < PATCH && first_row + r < group_out; r++) {
        for (int c = 0; c < PATCH && first_term + c < depth; c++) {
            int row = ((first_part + part) * s.groups + group) * group_out + first_row + r;
            w[row * depth + first_term + c] = total(sum[r][c]);
        }
    }
}
#endif
