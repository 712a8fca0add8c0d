/*
 * O = P V, P = softmax(S) by rows, S = scale Q K^T, for each batch item and head, and its derivatives; memory beside the
 * operands is linear in the number of tokens.
 *
 * Compiled for one number of CHANNELS. Number (item, head, part, token, channel) of an operand stands at the sum of index
 * times step. "stats" hold a few numbers a query: greatest score, sum of e^(s - greatest), and what the code needs.
 *
 * v1: a thread a query (and a thread a key for what is summed over queries); scores are computed anew in each pass, the
 * first pass keeps greatest and sum as it goes (Milakov and Gimelshein 2018, arXiv:1805.02867). A thread holds a token's
 * channels, and has too few registers for 32 and more (16 in F64): v2 is attention_tensor.cl, v3 attention_tiles.cl.
 * Bytes: x and the result, and K and V once a query from cache; flops: FORWARD 4, TANGENT 12, GRAD 18, CURVATURE 48, times
 * B heads T^2 channels.
 */
#include "portable.h"
#include "attention.h"

DEVICE REAL product(const REAL *a, GLOBAL const REAL *b, int b_step) {
    REAL sum = 0;
    for (int c = 0; c < CHANNELS; c++) {
        sum = fma(a[c], b[c * b_step], sum);
    }
    return sum;
}

DEVICE void fetch(REAL *to, GLOBAL const REAL *from, int step) {
    for (int c = 0; c < CHANNELS; c++) {
        to[c] = from[c * step];
    }
}

DEVICE void clear(REAL *to) {
    for (int c = 0; c < CHANNELS; c++) {
        to[c] = 0;
    }
}

DEVICE void add_times(REAL *to, REAL factor, GLOBAL const REAL *from, int step) {
    for (int c = 0; c < CHANNELS; c++) {
        to[c] = fma(factor, from[c * step], to[c]);
    }
}

DEVICE void times(REAL *x, REAL factor) {
    for (int c = 0; c < CHANNELS; c++) {
        x[c] *= factor;
    }
}

DEVICE void put(GLOBAL REAL *to, int step, const REAL *from) {
    for (int c = 0; c < CHANNELS; c++) {
        to[c * step] = from[c];
    }
}

KERNEL void attention_forward(Heads in, Heads out, REAL scale, GLOBAL const REAL *x, GLOBAL REAL *result) {
    FOR_EACH(e, (INT64) in.batch * in.heads * in.tokens) {
        int token = (int) (e % in.tokens);
        GLOBAL const REAL *keys = x + head_at(in, e) + in.part_step;
        GLOBAL const REAL *values = keys + in.part_step;
        REAL q[CHANNELS];
        REAL o[CHANNELS];
        fetch(q, x + head_at(in, e) + token * in.token_step, in.channel_step);
        clear(o);
        REAL most = 0;
        REAL sum = 0;
        for (int j = 0; j < in.tokens; j++) {
            REAL s = scale * product(q, keys + j * in.token_step, in.channel_step);
            if (j == 0 || s > most) {
                REAL shrink = j == 0 ? (REAL) 0 : exp(most - s);
                sum *= shrink;
                times(o, shrink);
                most = s;
            }
            REAL p = exp(s - most);
            sum += p;
            add_times(o, p, values + j * in.token_step, in.channel_step);
        }
        times(o, R(1.0) / sum);
        put(result + head_at(out, e) + token * out.token_step, out.channel_step, o);
    }
}

/* J d in the same pass: dO = sum p (ds - mean) v + p dv, mean = sum p ds, ds = scale (dq k + q dk). */
KERNEL void attention_tangent(
        Heads in, Heads out, REAL scale, int valued, GLOBAL const REAL *x, GLOBAL const REAL *d, GLOBAL REAL *value,
        GLOBAL REAL *result) {
    FOR_EACH(e, (INT64) in.batch * in.heads * in.tokens) {
        int token = (int) (e % in.tokens);
        int head = head_at(in, e);
        GLOBAL const REAL *keys = x + head + in.part_step;
        GLOBAL const REAL *values = keys + in.part_step;
        GLOBAL const REAL *dkeys = d + head + in.part_step;
        GLOBAL const REAL *dvalues = dkeys + in.part_step;
        REAL q[CHANNELS];
        REAL dq[CHANNELS];
        REAL o[CHANNELS];
        REAL t[CHANNELS];
        fetch(q, x + head + token * in.token_step, in.channel_step);
        fetch(dq, d + head + token * in.token_step, in.channel_step);
        clear(o);
        clear(t);
        REAL most = 0;
        REAL sum = 0;
        REAL mean = 0;
        for (int j = 0; j < in.tokens; j++) {
            int at = j * in.token_step;
            REAL s = scale * product(q, keys + at, in.channel_step);
            REAL ds = scale
                    * (product(dq, keys + at, in.channel_step) + product(q, dkeys + at, in.channel_step));
            if (j == 0 || s > most) {
                REAL shrink = j == 0 ? (REAL) 0 : exp(most - s);
                sum *= shrink;
                mean *= shrink;
                times(o, shrink);
                times(t, shrink);
                most = s;
            }
            REAL p = exp(s - most);
            sum += p;
            mean = fma(p, ds, mean);
            add_times(o, p, values + at, in.channel_step);
            add_times(t, p * ds, values + at, in.channel_step);
            add_times(t, p, dvalues + at, in.channel_step);
        }
        REAL inverse = R(1.0) / sum;
        mean *= inverse;
        times(o, inverse);
        for (int c = 0; c < CHANNELS; c++) {
            t[c] = fma(-mean, o[c], t[c] * inverse);
        }
        int to = head_at(out, e) + token * out.token_step;
        put(result + to, out.channel_step, t);
        if (valued) {
            put(value + to, out.channel_step, o);
        }
    }
}

/*
 * dQ of J^T g, and the query's stats: greatest, sum, mean = sum p (g v). With dp = g v, dS = p (dp - mean),
 * dQ = scale dS K.
 */
KERNEL void attention_grad_query(
        Heads in, Heads out, REAL scale, GLOBAL const REAL *x, GLOBAL const REAL *g, GLOBAL REAL *stats,
        GLOBAL REAL *result) {
    FOR_EACH(e, (INT64) in.batch * in.heads * in.tokens) {
        int token = (int) (e % in.tokens);
        int head = head_at(in, e);
        GLOBAL const REAL *keys = x + head + in.part_step;
        GLOBAL const REAL *values = keys + in.part_step;
        REAL q[CHANNELS];
        REAL pull[CHANNELS];
        REAL dq[CHANNELS];
        fetch(q, x + head + token * in.token_step, in.channel_step);
        fetch(pull, g + head_at(out, e) + token * out.token_step, out.channel_step);
        REAL most = 0;
        REAL sum = 0;
        REAL mean = 0;
        for (int j = 0; j < in.tokens; j++) {
            int at = j * in.token_step;
            REAL s = scale * product(q, keys + at, in.channel_step);
            if (j == 0 || s > most) {
                REAL shrink = j == 0 ? (REAL) 0 : exp(most - s);
                sum *= shrink;
                mean *= shrink;
                most = s;
            }
            REAL p = exp(s - most);
            sum += p;
            mean = fma(p, product(pull, values + at, in.channel_step), mean);
        }
        mean /= sum;
        clear(dq);
        for (int j = 0; j < in.tokens; j++) {
            int at = j * in.token_step;
            REAL p = exp(scale * product(q, keys + at, in.channel_step) - most) / sum;
            add_times(dq, p * (product(pull, values + at, in.channel_step) - mean), keys + at, in.channel_step);
        }
        times(dq, scale);
        put(result + head + token * in.token_step, in.channel_step, dq);
        stats[3 * e] = most;
        stats[3 * e + 1] = sum;
        stats[3 * e + 2] = mean;
    }
}

/* dK = scale dS^T Q and dV = P^T g. */
KERNEL void attention_grad_key(
        Heads in, Heads out, REAL scale, GLOBAL const REAL *x, GLOBAL const REAL *g, GLOBAL const REAL *stats,
        GLOBAL REAL *result) {
    FOR_EACH(e, (INT64) in.batch * in.heads * in.tokens) {
        int token = (int) (e % in.tokens);
        INT64 first = e - token;
        int head = head_at(in, e);
        int pulls = head_at(out, e);
        REAL k[CHANNELS];
        REAL v[CHANNELS];
        REAL dk[CHANNELS];
        REAL dv[CHANNELS];
        fetch(k, x + head + in.part_step + token * in.token_step, in.channel_step);
        fetch(v, x + head + 2 * in.part_step + token * in.token_step, in.channel_step);
        clear(dk);
        clear(dv);
        for (int i = 0; i < in.tokens; i++) {
            GLOBAL const REAL *q = x + head + i * in.token_step;
            GLOBAL const REAL *pull = g + pulls + i * out.token_step;
            GLOBAL const REAL *row = stats + 3 * (first + i);
            REAL p = exp(scale * product(k, q, in.channel_step) - row[0]) / row[1];
            add_times(dv, p, pull, out.channel_step);
            add_times(dk, p * (product(v, pull, out.channel_step) - row[2]), q, in.channel_step);
        }
        times(dk, scale);
        put(result + head + in.part_step + token * in.token_step, in.channel_step, dk);
        put(result + head + 2 * in.part_step + token * in.token_step, in.channel_step, dv);
    }
}

/*
 * The gradient of f = g . J d, with ds = scale (dq k + q dk), a = g v, b = g dv, and means over a row weighted by p:
 * f = sum p ((ds - mean ds) (a - mean a) + b). With c = (ds - mean ds) (a - mean a) + b,
 *   df/ds-score = p (c - mean c),  df/d(ds) = p (a - mean a),  df/dv = sum over queries of p (ds - mean ds) g,
 * and scores and ds carry these to Q and K: dQ = scale (sum p (c - mean c) k + p (a - mean a) dk), K likewise.
 * Stats: greatest, sum, mean ds, mean a, mean c.
 */
KERNEL void attention_curvature_query(
        Heads in, Heads out, REAL scale, GLOBAL const REAL *x, GLOBAL const REAL *d, GLOBAL const REAL *g,
        GLOBAL REAL *stats, GLOBAL REAL *result) {
    FOR_EACH(e, (INT64) in.batch * in.heads * in.tokens) {
        int token = (int) (e % in.tokens);
        int head = head_at(in, e);
        GLOBAL const REAL *keys = x + head + in.part_step;
        GLOBAL const REAL *values = keys + in.part_step;
        GLOBAL const REAL *dkeys = d + head + in.part_step;
        GLOBAL const REAL *dvalues = dkeys + in.part_step;
        REAL q[CHANNELS];
        REAL dq[CHANNELS];
        REAL pull[CHANNELS];
        REAL gradient[CHANNELS];
        fetch(q, x + head + token * in.token_step, in.channel_step);
        fetch(dq, d + head + token * in.token_step, in.channel_step);
        fetch(pull, g + head_at(out, e) + token * out.token_step, out.channel_step);
        REAL most = 0;
        REAL sum = 0;
        REAL mean_ds = 0;
        REAL mean_a = 0;
        for (int j = 0; j < in.tokens; j++) {
            int at = j * in.token_step;
            REAL s = scale * product(q, keys + at, in.channel_step);
            REAL ds = scale
                    * (product(dq, keys + at, in.channel_step) + product(q, dkeys + at, in.channel_step));
            if (j == 0 || s > most) {
                REAL shrink = j == 0 ? (REAL) 0 : exp(most - s);
                sum *= shrink;
                mean_ds *= shrink;
                mean_a *= shrink;
                most = s;
            }
            REAL p = exp(s - most);
            sum += p;
            mean_ds = fma(p, ds, mean_ds);
            mean_a = fma(p, product(pull, values + at, in.channel_step), mean_a);
        }
        mean_ds /= sum;
        mean_a /= sum;
        REAL mean_c = 0;
        for (int pass = 0; pass < 2; pass++) {
            REAL weighted = 0;
            clear(gradient);
            for (int j = 0; j < in.tokens; j++) {
                int at = j * in.token_step;
                REAL p = exp(scale * product(q, keys + at, in.channel_step) - most) / sum;
                REAL ds = scale
                        * (product(dq, keys + at, in.channel_step) + product(q, dkeys + at, in.channel_step));
                REAL a = product(pull, values + at, in.channel_step) - mean_a;
                REAL c = (ds - mean_ds) * a + product(pull, dvalues + at, in.channel_step);
                weighted = fma(p, c, weighted);
                if (pass == 1) {
                    add_times(gradient, p * (c - mean_c), keys + at, in.channel_step);
                    add_times(gradient, p * a, dkeys + at, in.channel_step);
                }
            }
            mean_c = weighted;
        }
        times(gradient, scale);
        put(result + head + token * in.token_step, in.channel_step, gradient);
        stats[5 * e] = most;
        stats[5 * e + 1] = sum;
        stats[5 * e + 2] = mean_ds;
        stats[5 * e + 3] = mean_a;
        stats[5 * e + 4] = mean_c;
    }
}

KERNEL void attention_curvature_key(
        Heads in, Heads out, REAL scale, GLOBAL const REAL *x, GLOBAL const REAL *d, GLOBAL const REAL *g,
        GLOBAL const REAL *stats, GLOBAL REAL *result) {
    FOR_EACH(e, (INT64) in.batch * in.heads * in.tokens) {
        int token = (int) (e % in.tokens);
        INT64 first = e - token;
        int head = head_at(in, e);
        int pulls = head_at(out, e);
        REAL k[CHANNELS];
        REAL v[CHANNELS];
        REAL dk[CHANNELS];
        REAL dv[CHANNELS];
        REAL to_k[CHANNELS];
        REAL to_v[CHANNELS];
        fetch(k, x + head + in.part_step + token * in.token_step, in.channel_step);
        fetch(v, x + head + 2 * in.part_step + token * in.token_step, in.channel_step);
        fetch(dk, d + head + in.part_step + token * in.token_step, in.channel_step);
        fetch(dv, d + head + 2 * in.part_step + token * in.token_step, in.channel_step);
        clear(to_k);
        clear(to_v);
        for (int i = 0; i < in.tokens; i++) {
            GLOBAL const REAL *q = x + head + i * in.token_step;
            GLOBAL const REAL *dq = d + head + i * in.token_step;
            GLOBAL const REAL *pull = g + pulls + i * out.token_step;
            GLOBAL const REAL *row = stats + 5 * (first + i);
            REAL p = exp(scale * product(k, q, in.channel_step) - row[0]) / row[1];
            REAL ds = scale * (product(k, dq, in.channel_step) + product(dk, q, in.channel_step)) - row[2];
            REAL a = product(v, pull, out.channel_step) - row[3];
            REAL c = ds * a + product(dv, pull, out.channel_step);
            add_times(to_k, p * (c - row[4]), q, in.channel_step);
            add_times(to_k, p * a, dq, in.channel_step);
            add_times(to_v, p * ds, pull, out.channel_step);
        }
        times(to_k, scale);
        put(result + head + in.part_step + token * in.token_step, in.channel_step, to_k);
        put(result + head + 2 * in.part_step + token * in.token_step, in.channel_step, to_v);
    }
}
