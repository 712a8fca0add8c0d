/*
 * y = z f + h: z the normalised row, f = base + scale, h = shift, from tables: place i of row r has entry
 * (r / repeat % table_rows, i / inner). z has the bits of norm.cl, y those of fma.
 *
 * Bytes: x once, the result once, the tables, dx and dy or g where they are; x twice for the cotangent of scale. Flops:
 * about 10 a number, 20 with a tangent. All versions have the sums of portable.h's tree, so the same bits.
 *
 * v1: a thread a row; for the cotangent of scale a thread an entry, after the rows' means and r were kept. Neighbouring
 *    threads read numbers n apart.
 * v2 (teams): 16 threads for each 256 numbers of a row as in norm.cl; for the cotangent of scale 16 threads for each 256
 *    places of an entry, and the tree's higher levels by launches of their own.
 */
#include "portable.h"
#include "norm.h"
#include "teams.h"
#include "strips.h"

/* v1 */
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

/* v2 */
DEVICE int column_of(int i, int inner) {
    return inner == 1 ? i : i / inner;
}

KERNEL void modulated_norm_forward_teams(
        int rows, int n, int centred, REAL eps, int blocks, REAL base, int table_rows, int repeat, int inner,
        int shifted, GLOBAL const REAL *x, GLOBAL const REAL *scale, GLOBAL const REAL *shift, GLOBAL REAL *out) {
    TEAMS(blocks);
    FOR_EACH_ROW_OF_TEAM {
        GLOBAL const REAL *in = x + row * n;
        REAL own[HELD];
        REAL mean;
        REAL r;
        READ_ONCE(own[j] = in[i]);
        TEAM_MEAN(mean, own[j] = in[i], own[j]);
        TEAM_RSTD(r, mean, own[j] = in[i], own[j]);
        INT64 entry = row / repeat % table_rows * (n / inner);
        FOR_EACH_PIECE {
            READ_AGAIN(own[j] = in[i]);
            EACH_NUMBER(INT64 e = entry + column_of(i, inner); REAL z = (own[j] - mean) * r; REAL f = scale[e] + base;
                        out[row * n + i] = shifted ? fma(z, f, shift[e]) : z * f);
        }
    }
}

KERNEL void modulated_norm_tangent_teams(
        int rows, int n, int centred, REAL eps, int blocks, REAL base, int table_rows, int repeat, int inner,
        int shifted, GLOBAL const REAL *x, GLOBAL const REAL *scale, GLOBAL const REAL *shift, GLOBAL REAL *out,
        GLOBAL const REAL *direction, int scale_moves, GLOBAL const REAL *dscale, int shift_moves,
        GLOBAL const REAL *dshift, GLOBAL REAL *tangent) {
    TEAMS(blocks);
    FOR_EACH_ROW_OF_TEAM {
        GLOBAL const REAL *in = x + row * n;
        GLOBAL const REAL *dx = direction + row * n;
        REAL own[HELD];
        REAL own_d[HELD];
        REAL mean;
        REAL r;
        REAL mean_d;
        REAL mean_yd;
        READ_ONCE(own[j] = in[i]; own_d[j] = dx[i]);
        TEAM_MEAN(mean, own[j] = in[i], own[j]);
        TEAM_RSTD(r, mean, own[j] = in[i], own[j]);
        TEAM_MEAN(mean_d, own_d[j] = dx[i], own_d[j]);
        TEAM_SUM(mean_yd, own[j] = in[i]; own_d[j] = dx[i], (own[j] - mean) * own_d[j]);
        mean_yd = mean_yd / n * r;
        INT64 entry = row / repeat % table_rows * (n / inner);
        FOR_EACH_PIECE {
            READ_AGAIN(own[j] = in[i]; own_d[j] = dx[i]);
            EACH_NUMBER(INT64 e = entry + column_of(i, inner); REAL z = (own[j] - mean) * r; REAL f = scale[e] + base;
                        out[row * n + i] = shifted ? fma(z, f, shift[e]) : z * f;
                        REAL dy = r * (own_d[j] - mean_d - (own[j] - mean) * r * mean_yd) * f;
                        dy = scale_moves ? fma(z, dscale[e], dy) : dy;
                        tangent[row * n + i] = shift_moves ? dy + dshift[e] : dy);
        }
    }
}

KERNEL void modulated_norm_grad_x_teams(
        int rows, int n, int centred, REAL eps, int blocks, REAL base, int table_rows, int repeat, int inner,
        GLOBAL const REAL *x, GLOBAL const REAL *scale, GLOBAL const REAL *direction, GLOBAL REAL *out) {
    TEAMS(blocks);
    FOR_EACH_ROW_OF_TEAM {
        GLOBAL const REAL *in = x + row * n;
        GLOBAL const REAL *g = direction + row * n;
        GLOBAL const REAL *s = scale + row / repeat % table_rows * (n / inner);
        REAL own[HELD];
        REAL own_u[HELD];
        REAL mean;
        REAL r;
        REAL mean_u;
        REAL mean_yu;
        READ_ONCE(own[j] = in[i]; own_u[j] = g[i] * (s[column_of(i, inner)] + base));
        TEAM_MEAN(mean, own[j] = in[i], own[j]);
        TEAM_RSTD(r, mean, own[j] = in[i], own[j]);
        TEAM_MEAN(mean_u, own_u[j] = g[i] * (s[column_of(i, inner)] + base), own_u[j]);
        TEAM_SUM(mean_yu, own[j] = in[i]; own_u[j] = g[i] * (s[column_of(i, inner)] + base), (own[j] - mean) * own_u[j]);
        mean_yu = mean_yu / n * r;
        FOR_EACH_PIECE {
            READ_AGAIN(own[j] = in[i]; own_u[j] = g[i] * (s[column_of(i, inner)] + base));
            EACH_NUMBER(out[row * n + i] = r * (own_u[j] - mean_u - (own[j] - mean) * r * mean_yu));
        }
    }
}

KERNEL void modulated_norm_stats_teams(
        int rows, int n, int centred, REAL eps, int blocks, GLOBAL const REAL *x, GLOBAL REAL *stats) {
    TEAMS(blocks);
    FOR_EACH_ROW_OF_TEAM {
        GLOBAL const REAL *in = x + row * n;
        REAL own[HELD];
        REAL mean;
        REAL r;
        READ_ONCE(own[j] = in[i]);
        TEAM_MEAN(mean, own[j] = in[i], own[j]);
        TEAM_RSTD(r, mean, own[j] = in[i], own[j]);
        if (row < rows && team.block == 0 && team.lane == 0) {
            stats[2 * row] = mean;
            stats[2 * row + 1] = r;
        }
    }
}

/*
 * Sums of g z over blocks of 256 of an entry's places, partial (table_rows, blocks, n / inner). With inner = 1 a team has
 * neighbouring entries, otherwise one entry, whose places are neighbours.
 */
KERNEL void modulated_norm_grad_scale_strips(
        int rows, int n, int table_rows, int repeat, int inner, int blocks, int width, GLOBAL const REAL *x,
        GLOBAL const REAL *stats, GLOBAL const REAL *g, GLOBAL REAL *partial) {
    STRIPS(width);
    int columns = n / inner;
    int users = rows / table_rows;
    int places = users * inner;
    int strips = (columns + width - 1) / width;
    int units = table_rows * blocks * strips;
    FOR_EACH_UNIT(units) {
        INT64 turn = first_unit + place.number;
        int unit = turn < units ? (int) turn : 0;
        int column = unit % strips * width + place.column;
        int block = unit / strips % blocks;
        int s = unit / strips / blocks;
        int there = turn < units && column < columns;
        REAL own = 0;
        EACH_OF_LANE(block * SUM_BLOCK, there ? places : 0,
                     int user = column_of(i, inner);
                     INT64 row = users == repeat ? s * repeat + user
                                                 : (user / repeat * table_rows + s) * repeat + user % repeat;
                     INT64 at = row * n + column * inner + (i - user * inner);
                     own += g[at] * ((x[at] - stats[2 * row]) * stats[2 * row + 1]));
        strip_lanes[LOCAL_ID(0)] = own;
        BARRIER();
        if (there && place.lane == 0) {
            partial[((INT64) s * blocks + block) * columns + column] =
                    sum_of_lanes(strip_lanes + LOCAL_ID(0), width);
        }
        BARRIER();
    }
}
