/*
 * Softmax of rows, its logarithm, and J g = y (g - sum(y g)).
 *
 * Bytes: 2 rows n sizeof(REAL), 3 for ALONG; flops: about 4 a number. All versions have the sums of portable.h's tree, so
 * the same bits.
 *
 * v1: a thread a row, which is read from cache three times. Neighbouring threads read numbers n apart.
 * v2 (teams): 16 threads for each 256 numbers of a row, several rows a group where they are short. Neighbouring threads
 *    read neighbouring numbers; a row of up to 4,096 numbers is read once and stays in registers, of a longer one the
 *    exponentials are computed again rather than kept.
 */
#include "portable.h"
#include "teams.h"

/* v1 */
DEVICE REAL row_max(GLOBAL const REAL *x, int n) {
    REAL most = x[0];
    for (int i = 1; i < n; i++) {
        most = greater_of(most, x[i]);
    }
    return most;
}

KERNEL void softmax_forward(int rows, int n, GLOBAL const REAL *x, GLOBAL REAL *out) {
    FOR_EACH(row, rows) {
        GLOBAL const REAL *in = x + row * n;
        GLOBAL REAL *y = out + row * n;
        REAL most = row_max(in, n);
        for (int i = 0; i < n; i++) {
            y[i] = exp(in[i] - most);
        }
        REAL sum;
        TREE_SUM(sum, n, y[i]);
        for (int i = 0; i < n; i++) {
            y[i] = y[i] / sum;
        }
    }
}

KERNEL void softmax_log(int rows, int n, GLOBAL const REAL *x, GLOBAL REAL *out) {
    FOR_EACH(row, rows) {
        GLOBAL const REAL *in = x + row * n;
        GLOBAL REAL *y = out + row * n;
        REAL most = row_max(in, n);
        REAL sum;
        TREE_SUM(sum, n, exp(in[i] - most));
        sum = log(sum);
        for (int i = 0; i < n; i++) {
            y[i] = in[i] - most - sum;
        }
    }
}

KERNEL void softmax_along(int rows, int n, GLOBAL const REAL *s, GLOBAL const REAL *direction, GLOBAL REAL *out) {
    FOR_EACH(row, rows) {
        GLOBAL const REAL *p = s + row * n;
        GLOBAL const REAL *g = direction + row * n;
        REAL dot;
        TREE_SUM(dot, n, p[i] * g[i]);
        for (int i = 0; i < n; i++) {
            out[row * n + i] = p[i] * (g[i] - dot);
        }
    }
}

/* v2 */
KERNEL void softmax_forward_teams(int rows, int n, int blocks, GLOBAL const REAL *x, GLOBAL REAL *out) {
    TEAMS(blocks);
    FOR_EACH_ROW_OF_TEAM {
        GLOBAL const REAL *in = x + row * n;
        REAL own[HELD];
        REAL most;
        REAL sum;
        READ_ONCE(own[j] = in[i]);
        TEAM_MAX(most, own[j] = in[i], own[j]);
        if (team.fits) {
            INT64 piece = 0;
            EACH_HELD(own[j] = exp(own[j] - most));
        }
        TEAM_SUM(sum, own[j] = exp(in[i] - most), own[j]);
        FOR_EACH_PIECE {
            READ_AGAIN(own[j] = exp(in[i] - most));
            EACH_NUMBER(out[row * n + i] = own[j] / sum);
        }
    }
}

KERNEL void softmax_log_teams(int rows, int n, int blocks, GLOBAL const REAL *x, GLOBAL REAL *out) {
    TEAMS(blocks);
    FOR_EACH_ROW_OF_TEAM {
        GLOBAL const REAL *in = x + row * n;
        REAL own[HELD];
        REAL most;
        REAL sum;
        READ_ONCE(own[j] = in[i]);
        TEAM_MAX(most, own[j] = in[i], own[j]);
        TEAM_SUM(sum, own[j] = in[i], exp(own[j] - most));
        sum = log(sum);
        FOR_EACH_PIECE {
            READ_AGAIN(own[j] = in[i]);
            EACH_NUMBER(out[row * n + i] = own[j] - most - sum);
        }
    }
}

KERNEL void softmax_along_teams(
        int rows, int n, int blocks, GLOBAL const REAL *s, GLOBAL const REAL *direction, GLOBAL REAL *out) {
    TEAMS(blocks);
    FOR_EACH_ROW_OF_TEAM {
        GLOBAL const REAL *p = s + row * n;
        GLOBAL const REAL *g = direction + row * n;
        REAL own[HELD];
        REAL own_g[HELD];
        REAL dot;
        READ_ONCE(own[j] = p[i]; own_g[j] = g[i]);
        TEAM_SUM(dot, own[j] = p[i]; own_g[j] = g[i], own[j] * own_g[j]);
        FOR_EACH_PIECE {
            READ_AGAIN(own[j] = p[i]; own_g[j] = g[i]);
            EACH_NUMBER(out[row * n + i] = own[j] * (own_g[j] - dot));
        }
    }
}
