/*
 * Convolution (cross-correlation, zero padding) and its two transposes: x (B, C, H, W), w (O, C/G, kH, kW),
 * y (B, O, oH, oW); y[n, o, i, j] = sum w[o, c, a, b] x[n, c of o's group, i sY - pT + a, j sX - pL + b].
 *
 * v1: a thread an element of the result. Products of y and x form one chain of fma over (c, a, b) or (o, a, b) without
 * those beside the image; a weight is the tree of portable.h over (n, i, j). Bytes: (x + w + y) sizeof(REAL) at least;
 * flops: 2 B O oH oW (C/G) kH kW.
 */
#include "portable.h"

typedef struct {
    int batch;
    int in_channels;
    int in_height;
    int in_width;
    int out_channels;
    int out_height;
    int out_width;
    int kernel_height;
    int kernel_width;
    int stride_y;
    int stride_x;
    int pad_top;
    int pad_left;
    int groups;
} Geometry;

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
