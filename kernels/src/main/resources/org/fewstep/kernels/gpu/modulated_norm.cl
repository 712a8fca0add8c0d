/*
 * y = z f + h: z the normalised row, f = base + scale, h = shift, from tables: place i of row r has entry
 * (r / repeat % table_rows, i / inner). z has the bits of norm.cl, y those of fma.
 *
 * v1: a thread a row; for the cotangent of scale a thread an entry, after the rows' means and r were kept. Bytes: x once,
 * the result once, the tables; flops: about 10 a number, 20 with a tangent.
 */
#include "portable.h"
#include "norm.h"

KERNEL void modulated_norm_forward(
        int rows, int n, int centred, REAL eps, REAL base, int table_rows, int repeat, int inner, int shifted,
        GLOBAL const REAL *x, GLOBAL const REAL *scale, GLOBAL const REAL *shift, GLOBAL REAL *out) {
    FOR_EACH(row, rows) {
        GLOBAL const REAL *in = x + row * n;
        REAL mean = row_mean(in, n, centred);
        REAL r = row_rstd(in, mean, n, eps);
        INT64 entry = row / repeat % table_rows * (n / inner);
        for (int i = 0; i < n; i++) {
            REAL z = (in[i] - mean) * r;
            REAL f = scale[entry + i / inner] + base;
            out[row * n + i] = shifted ? fma(z, f, shift[entry + i / inner]) : z * f;
        }
    }
}

/* y and dy = f J dx + z dscale + dshift */
KERNEL void modulated_norm_tangent(
        int rows, int n, int centred, REAL eps, REAL base, int table_rows, int repeat, int inner, int shifted,
        GLOBAL const REAL *x, GLOBAL const REAL *scale, GLOBAL const REAL *shift, GLOBAL REAL *out,
        GLOBAL const REAL *direction, int scale_moves, GLOBAL const REAL *dscale, int shift_moves,
        GLOBAL const REAL *dshift, GLOBAL REAL *tangent) {
    FOR_EACH(row, rows) {
        GLOBAL const REAL *in = x + row * n;
        GLOBAL const REAL *dx = direction + row * n;
        REAL mean = row_mean(in, n, centred);
        REAL r = row_rstd(in, mean, n, eps);
        REAL mean_d = row_mean(dx, n, centred);
        REAL mean_yd;
        TREE_SUM(mean_yd, n, (in[i] - mean) * dx[i]);
        mean_yd = mean_yd / n * r;
        INT64 entry = row / repeat % table_rows * (n / inner);
        for (int i = 0; i < n; i++) {
            REAL z = (in[i] - mean) * r;
            REAL f = scale[entry + i / inner] + base;
            out[row * n + i] = shifted ? fma(z, f, shift[entry + i / inner]) : z * f;
            REAL dy = r * (dx[i] - mean_d - (in[i] - mean) * r * mean_yd) * f;
            if (scale_moves) {
                dy = fma(z, dscale[entry + i / inner], dy);
            }
            if (shift_moves) {
                dy += dshift[entry + i / inner];
            }
            tangent[row * n + i] = dy;
        }
    }
}

/* J (g f) */
KERNEL void modulated_norm_grad_x(
        int rows, int n, int centred, REAL eps, REAL base, int table_rows, int repeat, int inner, GLOBAL const REAL *x,
        GLOBAL const REAL *scale, GLOBAL const REAL *direction, GLOBAL REAL *out) {
    FOR_EACH(row, rows) {
        GLOBAL const REAL *in = x + row * n;
        GLOBAL const REAL *g = direction + row * n;
        GLOBAL const REAL *s = scale + row / repeat % table_rows * (n / inner);
        REAL mean = row_mean(in, n, centred);
        REAL r = row_rstd(in, mean, n, eps);
        REAL mean_g = 0;
        if (centred) {
            TREE_SUM(mean_g, n, g[i] * (s[i / inner] + base));
            mean_g = mean_g / n;
        }
        REAL mean_yg;
        TREE_SUM(mean_yg, n, (in[i] - mean) * (g[i] * (s[i / inner] + base)));
        mean_yg = mean_yg / n * r;
        for (int i = 0; i < n; i++) {
            REAL u = g[i] * (s[i / inner] + base);
            out[row * n + i] = r * (u - mean_g - (in[i] - mean) * r * mean_yg);
        }
    }
}

/* Mean and r of each row, one after the other. */
KERNEL void modulated_norm_stats(int rows, int n, int centred, REAL eps, GLOBAL const REAL *x, GLOBAL REAL *stats) {
    FOR_EACH(row, rows) {
        GLOBAL const REAL *in = x + row * n;
        REAL mean = row_mean(in, n, centred);
        stats[2 * row] = mean;
        stats[2 * row + 1] = row_rstd(in, mean, n, eps);
    }
}

/* The sum of g z over an entry's places: places of a row first, rows in their order. */
KERNEL void modulated_norm_grad_scale(
        int rows, int n, int table_rows, int repeat, int inner, GLOBAL const REAL *x, GLOBAL const REAL *stats,
        GLOBAL const REAL *g, GLOBAL REAL *out) {
    int columns = n / inner;
    INT64 places = (INT64) (rows / table_rows) * inner;
    FOR_EACH(e, (INT64) table_rows * columns) {
        int column = (int) (e % columns);
        INT64 s = e / columns;
        REAL sum;
#define USER(p) ((((p) / inner) / repeat * table_rows + s) * repeat + ((p) / inner) % repeat)
#define PLACE(p) (USER(p) * n + (INT64) column * inner + (p) % inner)
        TREE_SUM(sum, places, g[PLACE(i)] * ((x[PLACE(i)] - stats[2 * USER(i)]) * stats[2 * USER(i) + 1]));
        out[e] = sum;
    }
}
