/* Sizes of a convolution, and how numbers of rows and columns of its implicit products are taken apart. */

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

/* The number (high * middles + middle) * lows + low. */
typedef struct {
    int high;
    int middle;
    int low;
} Digits;

DEVICE Digits digits_of(INT64 number, int middles, int lows) {
    Digits d;
    d.low = (int) (number % lows);
    d.middle = (int) (number / lows % middles);
    d.high = (int) (number / lows / middles);
    return d;
}

DEVICE Digits plus(Digits d, Digits step, int middles, int lows) {
    d.low += step.low;
    d.middle += step.middle;
    d.high += step.high;
    if (d.low >= lows) {
        d.low -= lows;
        d.middle++;
    }
    if (d.middle >= middles) {
        d.middle -= middles;
        d.high++;
    }
    return d;
}

/* A number of a plane, 0 beside it. */
DEVICE REAL pixel(GLOBAL const REAL *planes, int plane, int row, int column, int height, int width) {
    return row >= 0 && row < height && column >= 0 && column < width ? planes[(plane * height + row) * width + column]
                                                                     : 0;
}

/*
 * Places u, u + stride, u + 2 stride, ... along an edge of x meet the same taps: first, first + stride, ... Under tap number
 * t of these, place number i of those has y's number at + i - t.
 */
typedef struct {
    int first;
    int taps;
    int at;
    int places;
} Phase;

DEVICE Phase phase_of(int u, int stride, int pad, int kernel_edge, int edge) {
    Phase phase;
    phase.first = (u + pad) % stride;
    phase.taps = phase.first < kernel_edge ? (kernel_edge - phase.first + stride - 1) / stride : 0;
    phase.at = (u + pad) / stride;
    phase.places = u < edge ? (edge - u + stride - 1) / stride : 0;
    return phase;
}
