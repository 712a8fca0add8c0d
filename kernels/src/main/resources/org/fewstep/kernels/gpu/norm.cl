/*
 * Layer and RMS normalisation of rows, the derivative along g, and r = 1 / sqrt(variance + eps).
 *
 * Bytes: 2 rows n sizeof(REAL), 3 with g, 1 for r alone; flops: about 8 a number. All versions have the sums of
 * portable.h's tree, so the same bits.
 *
 * v1: a thread a row, which is read from cache three to five times. Neighbouring threads read numbers n apart.
 * v2 (teams): 16 threads for each 256 numbers of a row, several rows a group where they are short. Neighbouring threads
 *    read neighbouring numbers; a row of up to 4,096 numbers is read once and stays in registers, a longer one is read
 *    three to five times.
 */
#include "portable.h"
#include "norm.h"
#include "teams.h"

/* v1 */
KERNEL void norm_value(int rows, int n, int centred, REAL eps, GLOBAL const REAL *x, GLOBAL REAL *out) {
    FOR_EACH(row, rows) {
        GLOBAL const REAL *in = x + row * n;
        REAL mean = row_mean(in, n, centred);
        REAL r = row_rstd(in, mean, n, eps);
        for (int i = 0; i < n; i++) {
            out[row * n + i] = (in[i] - mean) * r;
        }
    }
}

KERNEL void norm_rstd(int rows, int n, int centred, REAL eps, GLOBAL const REAL *x, GLOBAL REAL *out) {
    FOR_EACH(row, rows) {
        GLOBAL const REAL *in = x + row * n;
        out[row] = row_rstd(in, row_mean(in, n, centred), n, eps);
    }
}

/* J g = r (g - mean(g) - y mean(y g)) */
KERNEL void norm_along(
        int rows, int n, int centred, REAL eps, GLOBAL const REAL *x, GLOBAL const REAL *direction, GLOBAL REAL *out) {
    FOR_EACH(row, rows) {
        GLOBAL const REAL *in = x + row * n;
        GLOBAL const REAL *g = direction + row * n;
        REAL mean = row_mean(in, n, centred);
        REAL r = row_rstd(in, mean, n, eps);
        REAL mean_g = row_mean(g, n, centred);
        REAL mean_yg;
        TREE_SUM(mean_yg, n, (in[i] - mean) * g[i]);
        mean_yg = mean_yg / n * r;
        for (int i = 0; i < n; i++) {
            out[row * n + i] = r * (g[i] - mean_g - (in[i] - mean) * r * mean_yg);
        }
    }
}

/* v2 */
KERNEL void norm_value_teams(
        int rows, int n, int centred, REAL eps, int blocks, GLOBAL const REAL *x, GLOBAL REAL *out) {
    TEAMS(blocks);
    FOR_EACH_ROW_OF_TEAM {
        GLOBAL const REAL *in = x + row * n;
        REAL own[HELD];
        REAL mean;
        REAL r = 0;
        READ_ONCE(own[j] = in[i]);
        TEAM_MEAN(mean, own[j] = in[i], own[j]);
        TEAM_RSTD(r, mean, own[j] = in[i], own[j]);
        FOR_EACH_PIECE {
            READ_AGAIN(own[j] = in[i]);
            EACH_NUMBER(out[row * n + i] = (own[j] - mean) * r);
        }
    }
}

KERNEL void norm_rstd_teams(
        int rows, int n, int centred, REAL eps, int blocks, GLOBAL const REAL *x, GLOBAL REAL *out) {
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
            out[row] = r;
        }
    }
}

KERNEL void norm_along_teams(
        int rows, int n, int centred, REAL eps, int blocks, GLOBAL const REAL *x, GLOBAL const REAL *direction,
        GLOBAL REAL *out) {
    TEAMS(blocks);
    FOR_EACH_ROW_OF_TEAM {
        GLOBAL const REAL *in = x + row * n;
        GLOBAL const REAL *g = direction + row * n;
        REAL own[HELD];
        REAL own_g[HELD];
        REAL mean;
        REAL r;
        REAL mean_g;
        REAL mean_yg;
        READ_ONCE(own[j] = in[i]; own_g[j] = g[i]);
        TEAM_MEAN(mean, own[j] = in[i], own[j]);
        TEAM_RSTD(r, mean, own[j] = in[i], own[j]);
        TEAM_MEAN(mean_g, own_g[j] = g[i], own_g[j]);
        TEAM_SUM(mean_yg, own[j] = in[i]; own_g[j] = g[i], (own[j] - mean) * own_g[j]);
        mean_yg = mean_yg / n * r;
        FOR_EACH_PIECE {
            READ_AGAIN(own[j] = in[i]; own_g[j] = g[i]);
            EACH_NUMBER(out[row * n + i] = r * (own_g[j] - mean_g - (own[j] - mean) * r * mean_yg));
        }
    }
}
