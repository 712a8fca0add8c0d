/*
 * The attention of attention.cl by tiles, CUDA alone; memory beside the operands is linear in the number of tokens.
 *
 * v3: a group of 16 x 16 threads takes a tile of 64 queries (or keys, for what is summed over queries) and meets the others
 *     in their order, 64 at a time; 32 and 32 in F64. A thread computes 4 x 4 scores of such a pair, and 4 rows by a
 *     sixteenth of the channels of each result, 2 x 2 and 2 rows in F64: products of slices that pass through shared
 *     memory, while the next slice is fetched. Compiled for one number of CHANNELS, or without it for any number: then
 *     groups share a tile, 64 channels of the result each, and each computes the scores.
 *
 * A query's first pass keeps greatest and sum as it goes (Milakov and Gimelshein 2018, arXiv:1805.02867). What its gradient
 * needs of its whole row has a kernel of its own, which leaves it in "stats", a few numbers a query: greatest score, inverse
 * of the sum of e^(s - greatest), and means. A product is computed just before it is used, and stats are read where they are
 * used, so that no thread needs more registers than there are.
 *
 * Bytes: x, d, g and the result, and what a tile meets once a tile; flops: FORWARD 4, TANGENT 12, GRAD 18, CURVATURE 42,
 * times B heads T^2 channels; without CHANNELS the scores' part once for each 64 channels.
 *
 * A row's sums are a chain for each sixteenth of a tile's keys, over all tiles, then these in order, whatever the batch and
 * the launch; they have other bits than v1's.
 */
#include "portable.h"
#include "attention.h"

#define ACROSS 16
#define THREADS (ACROSS * ACROSS)
/* Rows and columns of a tile of scores that a thread computes, and what is less than any score. */
#if REAL_IS_FLOAT
#define EACH 4
#define LOWEST R(-3e38)
#else
#define EACH 2
#define LOWEST R(-1e308)
#endif
#define SIDE (ACROSS * EACH)
/* Of rows in shared memory: neighbours begin in other banks, and each where a thread can read four at once. */
#define PITCH (SIDE + 4)
/* Channels of a slice of scores, and tokens of a slice of values: as many as threads stand side by side. */
#define DEEP ACROSS

/* Channels of a result that a group computes, and how many of these a thread does, some neighbours at a time. */
#ifdef CHANNELS
#define CHUNK CHANNELS
#else
#define CHUNK 64
#endif
#define MINE ((CHUNK + ACROSS - 1) / ACROSS)
#define NEIGHBOURS (CHUNK % (4 * ACROSS) == 0 ? 4 : CHUNK % (2 * ACROSS) == 0 ? 2 : 1)
#define WIDE (MINE * ACROSS)
#define STAGE (2 * PITCH > WIDE ? 2 * PITCH * DEEP : WIDE * DEEP)

/* A group's tile: tokens of one head from "first" on; results are written from channel first_channel of "channels" on. */
typedef struct {
    int head;
    int first;
    int tokens;
    int channels;
    int first_channel;
} Tile;

/* Where it is compiled for one number of channels, that number is known to the compiler. */
DEVICE Tile own_tile(Heads h, int channels) {
    int tiles = (h.tokens + SIDE - 1) / SIDE;
    Tile tile;
    tile.head = GROUP_ID(0) / tiles;
    tile.first = GROUP_ID(0) % tiles * SIDE;
    tile.tokens = h.tokens;
#ifdef CHANNELS
    tile.channels = CHANNELS;
    tile.first_channel = 0;
#else
    tile.channels = channels;
    tile.first_channel = GROUP_ID(1) * CHUNK;
#endif
    return tile;
}

/* Tokens by channels of one part of one head. */
typedef struct {
    GLOBAL const REAL *at;
    int token_step;
    int channel_step;
} Rows;

/* Where a part of the tile's head starts: 0 is Q, 1 is K, 2 is V. */
DEVICE int part_at(Heads h, Tile tile, int part) {
    return tile.head / h.heads * h.batch_step + tile.head % h.heads * h.head_step + part * h.part_step;
}

DEVICE Rows rows_of(Heads h, Tile tile, int part, GLOBAL const REAL *x) {
    Rows rows;
    rows.at = x + part_at(h, tile, part);
    rows.token_step = h.token_step;
    rows.channel_step = h.channel_step;
    return rows;
}

/* The thread's rows and columns of a tile: EACH neighbours. */
DEVICE int own_row(int r) {
    return LOCAL_ID(0) / ACROSS * EACH + r;
}

DEVICE int own_column(int c) {
    return LOCAL_ID(0) % ACROSS * EACH + c;
}

/* The thread's channels of a chunk. */
DEVICE int own_channel(int c) {
    return (c / NEIGHBOURS * ACROSS + LOCAL_ID(0) % ACROSS) * NEIGHBOURS + c % NEIGHBOURS;
}

/*
 * The thread's first token and channel in a slice: neighbouring threads fetch neighbouring numbers, whichever
 * of the two steps is 1.
 */
DEVICE int own_token_of(Rows from) {
    return from.channel_step == 1 ? LOCAL_ID(0) / ACROSS : LOCAL_ID(0) % ACROSS;
}

DEVICE int own_channel_of(Rows from) {
    return from.channel_step == 1 ? LOCAL_ID(0) % ACROSS : LOCAL_ID(0) / ACROSS;
}

/* The thread's numbers of DEEP channels of SIDE tokens; 0 behind the last token and channel. */
DEVICE void fetch_tokens(REAL own[EACH], Rows from, Tile tile, int first, int first_channel) {
    int token = first + own_token_of(from);
    int channel = first_channel + own_channel_of(from);
    GLOBAL const REAL *at = from.at + token * from.token_step + channel * from.channel_step;
    for (int n = 0; n < EACH; n++) {
        own[n] = token + n * ACROSS < tile.tokens && channel < tile.channels ? at[n * ACROSS * from.token_step]
                                                                             : (REAL) 0;
    }
}

DEVICE void keep_tokens(SHARED REAL *stage, const REAL own[EACH], Rows from) {
    for (int n = 0; n < EACH; n++) {
        stage[own_channel_of(from) * PITCH + own_token_of(from) + n * ACROSS] = own[n];
    }
}

/* s += rows columns^T: the tile's tokens by those from "first" on, channel by channel. */
DEVICE void add_scores(REAL s[EACH][EACH], Rows rows, Rows columns, Tile tile, int first, SHARED REAL *stage) {
    SHARED REAL *left = stage;
    SHARED REAL *right = stage + DEEP * PITCH;
    REAL next_left[EACH];
    REAL next_right[EACH];
    fetch_tokens(next_left, rows, tile, tile.first, 0);
    fetch_tokens(next_right, columns, tile, first, 0);
    int channel = 0;
    do {
        BARRIER();
        keep_tokens(left, next_left, rows);
        keep_tokens(right, next_right, columns);
        BARRIER();
        channel += DEEP;
        if (channel < tile.channels) {
            fetch_tokens(next_left, rows, tile, tile.first, channel);
            fetch_tokens(next_right, columns, tile, first, channel);
        }
#pragma unroll 4
        for (int l = 0; l < DEEP; l++) {
            REAL a[EACH];
            REAL b[EACH];
            for (int r = 0; r < EACH; r++) {
                a[r] = left[l * PITCH + own_row(r)];
                b[r] = right[l * PITCH + own_column(r)];
            }
            for (int r = 0; r < EACH; r++) {
                for (int c = 0; c < EACH; c++) {
                    s[r][c] = fma(a[r], b[c], s[r][c]);
                }
            }
        }
    } while (channel < tile.channels);
}

/* s = rows columns^T. */
DEVICE void scores_of(REAL s[EACH][EACH], Rows rows, Rows columns, Tile tile, int first, SHARED REAL *stage) {
    for (int r = 0; r < EACH; r++) {
        for (int c = 0; c < EACH; c++) {
            s[r][c] = 0;
        }
    }
    add_scores(s, rows, columns, tile, first, stage);
}

/* A tile of weights, for the products with values that follow. */
DEVICE void keep_weights(SHARED REAL *table, REAL weights[EACH][EACH]) {
    BARRIER();
    for (int r = 0; r < EACH; r++) {
        for (int c = 0; c < EACH; c++) {
            table[own_row(r) * PITCH + own_column(c)] = weights[r][c];
        }
    }
}

/* The thread's numbers of a chunk of channels of DEEP tokens; 0 behind the last token and channel. */
DEVICE void fetch_values(REAL own[MINE], Rows from, Tile tile, int first) {
    int token = first + own_token_of(from);
    int channel = tile.first_channel + own_channel_of(from);
    GLOBAL const REAL *at = from.at + token * from.token_step + channel * from.channel_step;
    for (int n = 0; n < MINE; n++) {
        own[n] = token < tile.tokens && channel + n * ACROSS < tile.channels ? at[n * ACROSS * from.channel_step]
                                                                             : (REAL) 0;
    }
}

DEVICE void keep_values(SHARED REAL *stage, const REAL own[MINE], Rows from) {
    for (int n = 0; n < MINE; n++) {
        stage[own_token_of(from) * WIDE + own_channel_of(from) + n * ACROSS] = own[n];
    }
}

/* o += weights values: the table of weights by tokens from "first" on, token by token. */
DEVICE void add_product(
        REAL o[EACH][MINE], SHARED const REAL *table, Rows values, Tile tile, int first, SHARED REAL *stage) {
    REAL next[MINE];
    fetch_values(next, values, tile, first);
    int end = tile.tokens - first < SIDE ? tile.tokens - first : SIDE;
    int slice = 0;
    do {
        BARRIER();
        keep_values(stage, next, values);
        BARRIER();
        if (slice + DEEP < end) {
            fetch_values(next, values, tile, first + slice + DEEP);
        }
#pragma unroll 1
        for (int l = 0; l < DEEP; l += 4) {
            REAL a[EACH][4];
            for (int r = 0; r < EACH; r++) {
                for (int q = 0; q < 4; q++) {
                    a[r][q] = table[own_row(r) * PITCH + slice + l + q];
                }
            }
            for (int q = 0; q < 4; q++) {
                REAL b[MINE];
                for (int c = 0; c < MINE; c++) {
                    b[c] = stage[(l + q) * WIDE + own_channel(c)];
                }
                for (int r = 0; r < EACH; r++) {
                    for (int c = 0; c < MINE; c++) {
                        o[r][c] = fma(a[r][q], b[c], o[r][c]);
                    }
                }
            }
        }
        slice += DEEP;
    } while (slice < end);
}

DEVICE void clear_rows(REAL a[EACH]) {
    for (int r = 0; r < EACH; r++) {
        a[r] = 0;
    }
}

DEVICE void clear_result(REAL o[EACH][MINE]) {
    for (int r = 0; r < EACH; r++) {
        for (int c = 0; c < MINE; c++) {
            o[r][c] = 0;
        }
    }
}

DEVICE void times_rows(REAL o[EACH][MINE], const REAL factor[EACH]) {
    for (int r = 0; r < EACH; r++) {
        for (int c = 0; c < MINE; c++) {
            o[r][c] *= factor[r];
        }
    }
}

/* o -= mean of_mean, row by row. */
DEVICE void take_mean(REAL o[EACH][MINE], const REAL mean[EACH], REAL of_mean[EACH][MINE]) {
    for (int r = 0; r < EACH; r++) {
        for (int c = 0; c < MINE; c++) {
            o[r][c] = fma(-mean[r], of_mean[r][c], o[r][c]);
        }
    }
}

/* The greatest of what the threads of each row have, to each of them. */
DEVICE void greatest_of_rows(REAL most[EACH], SHARED REAL *table) {
    BARRIER();
    for (int r = 0; r < EACH; r++) {
        table[LOCAL_ID(0) % ACROSS * SIDE + own_row(r)] = most[r];
    }
    BARRIER();
    for (int i = 0; i < ACROSS; i++) {
        for (int r = 0; r < EACH; r++) {
            REAL other = table[i * SIDE + own_row(r)];
            most[r] = other > most[r] ? other : most[r];
        }
    }
}

/* Its sum. */
DEVICE void sums_of_rows(REAL sum[EACH], SHARED REAL *table) {
    BARRIER();
    for (int r = 0; r < EACH; r++) {
        table[LOCAL_ID(0) % ACROSS * SIDE + own_row(r)] = sum[r];
        sum[r] = 0;
    }
    BARRIER();
    for (int i = 0; i < ACROSS; i++) {
        for (int r = 0; r < EACH; r++) {
            sum[r] += table[i * SIDE + own_row(r)];
        }
    }
}

/* A query's row as far as it was seen: its greatest score, known to all of its threads, and the thread's part of the sum. */
typedef struct {
    REAL most[EACH];
    REAL sum[EACH];
} Seen;

DEVICE Seen nothing_seen(void) {
    Seen seen;
    for (int r = 0; r < EACH; r++) {
        seen.most[r] = LOWEST;
        seen.sum[r] = 0;
    }
    return seen;
}

/* Products become p = e^(scale s - greatest), 0 behind the last key; what was summed before must shrink by "shrink". */
DEVICE void see(
        Seen *seen, REAL shrink[EACH], REAL s[EACH][EACH], REAL scale, Tile tile, int first, SHARED REAL *table) {
    REAL most[EACH];
    for (int r = 0; r < EACH; r++) {
        most[r] = seen->most[r];
        for (int c = 0; c < EACH; c++) {
            s[r][c] *= scale;
            if (first + own_column(c) < tile.tokens && s[r][c] > most[r]) {
                most[r] = s[r][c];
            }
        }
    }
    greatest_of_rows(most, table);
    for (int r = 0; r < EACH; r++) {
        shrink[r] = exp(seen->most[r] - most[r]);
        seen->most[r] = most[r];
        seen->sum[r] *= shrink[r];
        for (int c = 0; c < EACH; c++) {
            s[r][c] = first + own_column(c) < tile.tokens ? exp(s[r][c] - most[r]) : (REAL) 0;
            seen->sum[r] += s[r][c];
        }
    }
}

/* The thread's parts become sums of the rows, and the sum its inverse. */
DEVICE void seen_all(Seen *seen, SHARED REAL *table) {
    sums_of_rows(seen->sum, table);
    for (int r = 0; r < EACH; r++) {
        seen->sum[r] = R(1.0) / seen->sum[r];
    }
}

/* mean = shrink mean + sum p factor a, the thread's part. */
DEVICE void add_mean(
        REAL mean[EACH], const REAL shrink[EACH], REAL p[EACH][EACH], REAL factor, REAL a[EACH][EACH]) {
    for (int r = 0; r < EACH; r++) {
        mean[r] *= shrink[r];
        for (int c = 0; c < EACH; c++) {
            mean[r] = fma(p[r][c], factor * a[r][c], mean[r]);
        }
    }
}

/* Parts of means become means. */
DEVICE void means_of_rows(REAL mean[EACH], const Seen *seen, SHARED REAL *table) {
    sums_of_rows(mean, table);
    for (int r = 0; r < EACH; r++) {
        mean[r] *= seen->sum[r];
    }
}

/* Writes factor times the thread's numbers of a result whose part starts at "to". */
DEVICE void put_rows(GLOBAL REAL *to, Heads h, Tile tile, REAL factor, REAL o[EACH][MINE]) {
    for (int r = 0; r < EACH; r++) {
        int token = tile.first + own_row(r);
        for (int c = 0; c < MINE; c++) {
            int channel = tile.first_channel + own_channel(c);
            if (token < tile.tokens && own_channel(c) < CHUNK && channel < tile.channels) {
                to[token * h.token_step + channel * h.channel_step] = factor * o[r][c];
            }
        }
    }
}

/* Number "which" of "count" stats of each of the tile's queries, by the first of its threads in the first of its groups. */
DEVICE void put_stats(GLOBAL REAL *stats, int count, int which, Tile tile, const REAL a[EACH]) {
    for (int r = 0; r < EACH; r++) {
        int token = tile.first + own_row(r);
        if (token < tile.tokens && LOCAL_ID(0) % ACROSS == 0 && tile.first_channel == 0) {
            stats[((INT64) tile.head * tile.tokens + token) * count + which] = a[r];
        }
    }
}

/* The same of any query, 0 behind the last. */
DEVICE REAL stat(GLOBAL const REAL *stats, int count, int which, Tile tile, int query) {
    return query < tile.tokens ? stats[((INT64) tile.head * tile.tokens + query) * count + which] : (REAL) 0;
}

/* Products become p; rows are queries. */
DEVICE void soften_rows(
        REAL s[EACH][EACH], REAL scale, GLOBAL const REAL *stats, int count, Tile tile, int first) {
    for (int r = 0; r < EACH; r++) {
        REAL most = stat(stats, count, 0, tile, tile.first + own_row(r));
        REAL inverse = stat(stats, count, 1, tile, tile.first + own_row(r));
        for (int c = 0; c < EACH; c++) {
            s[r][c] = first + own_column(c) < tile.tokens ? exp(scale * s[r][c] - most) * inverse : (REAL) 0;
        }
    }
}

/* Columns are. */
DEVICE void soften_columns(
        REAL s[EACH][EACH], REAL scale, GLOBAL const REAL *stats, int count, Tile tile, int first) {
    for (int c = 0; c < EACH; c++) {
        int query = first + own_column(c);
        REAL most = stat(stats, count, 0, tile, query);
        REAL inverse = stat(stats, count, 1, tile, query);
        for (int r = 0; r < EACH; r++) {
            s[r][c] = query < tile.tokens ? exp(scale * s[r][c] - most) * inverse : (REAL) 0;
        }
    }
}

/* a = factor a - mean, the mean being number "which" of the stats of each row's query, or column's. */
DEVICE void centre_rows(
        REAL a[EACH][EACH], REAL factor, GLOBAL const REAL *stats, int count, int which, Tile tile) {
    for (int r = 0; r < EACH; r++) {
        REAL mean = stat(stats, count, which, tile, tile.first + own_row(r));
        for (int c = 0; c < EACH; c++) {
            a[r][c] = factor * a[r][c] - mean;
        }
    }
}

DEVICE void centre_columns(
        REAL a[EACH][EACH], REAL factor, GLOBAL const REAL *stats, int count, int which, Tile tile, int first) {
    for (int c = 0; c < EACH; c++) {
        REAL mean = stat(stats, count, which, tile, first + own_column(c));
        for (int r = 0; r < EACH; r++) {
            a[r][c] = factor * a[r][c] - mean;
        }
    }
}

/* a = p a. */
DEVICE void weigh(REAL a[EACH][EACH], REAL p[EACH][EACH]) {
    for (int r = 0; r < EACH; r++) {
        for (int c = 0; c < EACH; c++) {
            a[r][c] *= p[r][c];
        }
    }
}

/* Groups of all kernels: tiles of all heads, by chunks of channels where a kernel writes a result. */
KERNEL BOUNDS(THREADS, 2) void attention_forward_tiles(
        Heads in, Heads out, int channels, REAL scale, GLOBAL const REAL *x, GLOBAL REAL *result) {
    SHARED_ARRAY(REAL, table, SIDE * PITCH);
    SHARED_ARRAY(REAL, stage, STAGE);
    Tile tile = own_tile(in, channels);
    Rows q = rows_of(in, tile, 0, x);
    Rows k = rows_of(in, tile, 1, x);
    Rows v = rows_of(in, tile, 2, x);
    REAL p[EACH][EACH];
    REAL o[EACH][MINE];
    Seen seen = nothing_seen();
    clear_result(o);
    int first = 0;
    do {
        REAL shrink[EACH];
        scores_of(p, q, k, tile, first, stage);
        see(&seen, shrink, p, scale, tile, first, table);
        times_rows(o, shrink);
        keep_weights(table, p);
        add_product(o, table, v, tile, first, stage);
        first += SIDE;
    } while (first < tile.tokens);
    seen_all(&seen, table);
    times_rows(o, seen.sum);
    put_rows(result + part_at(out, tile, 0), out, tile, 1, o);
}

/* J d in the same pass: dO = sum p (ds - mean) v + p dv, mean = sum p ds, ds = scale (dq k + q dk). */
KERNEL BOUNDS(THREADS, 1) void attention_tangent_tiles(
        Heads in, Heads out, int channels, REAL scale, int valued, GLOBAL const REAL *x, GLOBAL const REAL *d,
        GLOBAL REAL *value, GLOBAL REAL *result) {
    SHARED_ARRAY(REAL, table, SIDE * PITCH);
    SHARED_ARRAY(REAL, stage, STAGE);
    Tile tile = own_tile(in, channels);
    Rows q = rows_of(in, tile, 0, x);
    Rows k = rows_of(in, tile, 1, x);
    Rows v = rows_of(in, tile, 2, x);
    Rows dq = rows_of(in, tile, 0, d);
    Rows dk = rows_of(in, tile, 1, d);
    Rows dv = rows_of(in, tile, 2, d);
    REAL p[EACH][EACH];
    REAL ds[EACH][EACH];
    REAL o[EACH][MINE];
    REAL t[EACH][MINE];
    REAL mean[EACH];
    Seen seen = nothing_seen();
    clear_result(o);
    clear_result(t);
    clear_rows(mean);
    int first = 0;
    do {
        REAL shrink[EACH];
        scores_of(p, q, k, tile, first, stage);
        see(&seen, shrink, p, scale, tile, first, table);
        times_rows(o, shrink);
        times_rows(t, shrink);
        keep_weights(table, p);
        add_product(o, table, v, tile, first, stage);
        add_product(t, table, dv, tile, first, stage);
        scores_of(ds, dq, k, tile, first, stage);
        add_scores(ds, q, dk, tile, first, stage);
        add_mean(mean, shrink, p, scale, ds);
        for (int r = 0; r < EACH; r++) {
            for (int c = 0; c < EACH; c++) {
                p[r][c] *= scale * ds[r][c];
            }
        }
        keep_weights(table, p);
        add_product(t, table, v, tile, first, stage);
        first += SIDE;
    } while (first < tile.tokens);
    seen_all(&seen, table);
    means_of_rows(mean, &seen, table);
    times_rows(o, seen.sum);
    times_rows(t, seen.sum);
    take_mean(t, mean, o);
    int to = part_at(out, tile, 0);
    put_rows(result + to, out, tile, 1, t);
    if (valued) {
        put_rows(value + to, out, tile, 1, o);
    }
}

/* Stats of J^T g: greatest, inverse of the sum, mean = sum p a, a = g v. */
KERNEL BOUNDS(THREADS, 2) void attention_grad_means_tiles(
        Heads in, Heads out, int channels, REAL scale, GLOBAL const REAL *x, GLOBAL const REAL *g,
        GLOBAL REAL *stats) {
    SHARED_ARRAY(REAL, table, SIDE * PITCH);
    SHARED_ARRAY(REAL, stage, STAGE);
    Tile tile = own_tile(in, channels);
    Rows q = rows_of(in, tile, 0, x);
    Rows k = rows_of(in, tile, 1, x);
    Rows v = rows_of(in, tile, 2, x);
    Rows pull = rows_of(out, tile, 0, g);
    REAL p[EACH][EACH];
    REAL a[EACH][EACH];
    REAL mean[EACH];
    Seen seen = nothing_seen();
    clear_rows(mean);
    int first = 0;
    do {
        REAL shrink[EACH];
        scores_of(p, q, k, tile, first, stage);
        see(&seen, shrink, p, scale, tile, first, table);
        scores_of(a, pull, v, tile, first, stage);
        add_mean(mean, shrink, p, 1, a);
        first += SIDE;
    } while (first < tile.tokens);
    seen_all(&seen, table);
    means_of_rows(mean, &seen, table);
    put_stats(stats, 3, 0, tile, seen.most);
    put_stats(stats, 3, 1, tile, seen.sum);
    put_stats(stats, 3, 2, tile, mean);
}

/* dQ = scale dS K, dS = p (a - mean). */
KERNEL BOUNDS(THREADS, 1) void attention_grad_query_tiles(
        Heads in, Heads out, int channels, REAL scale, GLOBAL const REAL *x, GLOBAL const REAL *g,
        GLOBAL const REAL *stats, GLOBAL REAL *result) {
    SHARED_ARRAY(REAL, table, SIDE * PITCH);
    SHARED_ARRAY(REAL, stage, STAGE);
    Tile tile = own_tile(in, channels);
    Rows q = rows_of(in, tile, 0, x);
    Rows k = rows_of(in, tile, 1, x);
    Rows v = rows_of(in, tile, 2, x);
    Rows pull = rows_of(out, tile, 0, g);
    REAL p[EACH][EACH];
    REAL a[EACH][EACH];
    REAL to_q[EACH][MINE];
    clear_result(to_q);
    int first = 0;
    do {
        scores_of(a, pull, v, tile, first, stage);
        centre_rows(a, 1, stats, 3, 2, tile);
        scores_of(p, q, k, tile, first, stage);
        soften_rows(p, scale, stats, 3, tile, first);
        weigh(a, p);
        keep_weights(table, a);
        add_product(to_q, table, k, tile, first, stage);
        first += SIDE;
    } while (first < tile.tokens);
    put_rows(result + part_at(in, tile, 0), in, tile, scale, to_q);
}

/* dK = scale dS^T Q, dV = P^T g: rows are keys, columns queries. */
KERNEL BOUNDS(THREADS, 1) void attention_grad_key_tiles(
        Heads in, Heads out, int channels, REAL scale, GLOBAL const REAL *x, GLOBAL const REAL *g,
        GLOBAL const REAL *stats, GLOBAL REAL *result) {
    SHARED_ARRAY(REAL, table, SIDE * PITCH);
    SHARED_ARRAY(REAL, stage, STAGE);
    Tile tile = own_tile(in, channels);
    Rows q = rows_of(in, tile, 0, x);
    Rows k = rows_of(in, tile, 1, x);
    Rows v = rows_of(in, tile, 2, x);
    Rows pull = rows_of(out, tile, 0, g);
    REAL p[EACH][EACH];
    REAL a[EACH][EACH];
    REAL to_k[EACH][MINE];
    REAL to_v[EACH][MINE];
    clear_result(to_k);
    clear_result(to_v);
    int first = 0;
    do {
        scores_of(p, k, q, tile, first, stage);
        soften_columns(p, scale, stats, 3, tile, first);
        keep_weights(table, p);
        add_product(to_v, table, pull, tile, first, stage);
        scores_of(a, v, pull, tile, first, stage);
        centre_columns(a, 1, stats, 3, 2, tile, first);
        weigh(a, p);
        keep_weights(table, a);
        add_product(to_k, table, q, tile, first, stage);
        first += SIDE;
    } while (first < tile.tokens);
    put_rows(result + part_at(in, tile, 1), in, tile, scale, to_k);
    put_rows(result + part_at(in, tile, 2), in, tile, 1, to_v);
}

/*
 * The gradient by x of g . J d = sum p c over a query's keys, up to what does not depend on them: with a = g v, b = g dv and
 * ds as above, c = (ds - mean ds) (a - mean a) + b. Stats: greatest, inverse of the sum, means of ds, a and b; the query's
 * kernel adds the mean of c.
 */
KERNEL BOUNDS(THREADS, 1) void attention_curvature_means_tiles(
        Heads in, Heads out, int channels, REAL scale, GLOBAL const REAL *x, GLOBAL const REAL *d,
        GLOBAL const REAL *g, GLOBAL REAL *stats) {
    SHARED_ARRAY(REAL, table, SIDE * PITCH);
    SHARED_ARRAY(REAL, stage, STAGE);
    Tile tile = own_tile(in, channels);
    Rows q = rows_of(in, tile, 0, x);
    Rows k = rows_of(in, tile, 1, x);
    Rows v = rows_of(in, tile, 2, x);
    Rows dq = rows_of(in, tile, 0, d);
    Rows dk = rows_of(in, tile, 1, d);
    Rows dv = rows_of(in, tile, 2, d);
    Rows pull = rows_of(out, tile, 0, g);
    REAL p[EACH][EACH];
    REAL a[EACH][EACH];
    REAL mean_ds[EACH];
    REAL mean_a[EACH];
    REAL mean_b[EACH];
    Seen seen = nothing_seen();
    clear_rows(mean_ds);
    clear_rows(mean_a);
    clear_rows(mean_b);
    int first = 0;
    do {
        REAL shrink[EACH];
        scores_of(p, q, k, tile, first, stage);
        see(&seen, shrink, p, scale, tile, first, table);
        scores_of(a, dq, k, tile, first, stage);
        add_scores(a, q, dk, tile, first, stage);
        add_mean(mean_ds, shrink, p, scale, a);
        scores_of(a, pull, v, tile, first, stage);
        add_mean(mean_a, shrink, p, 1, a);
        scores_of(a, pull, dv, tile, first, stage);
        add_mean(mean_b, shrink, p, 1, a);
        first += SIDE;
    } while (first < tile.tokens);
    seen_all(&seen, table);
    means_of_rows(mean_ds, &seen, table);
    means_of_rows(mean_a, &seen, table);
    means_of_rows(mean_b, &seen, table);
    put_stats(stats, 6, 0, tile, seen.most);
    put_stats(stats, 6, 1, tile, seen.sum);
    put_stats(stats, 6, 2, tile, mean_ds);
    put_stats(stats, 6, 3, tile, mean_a);
    put_stats(stats, 6, 4, tile, mean_b);
}

/*
 * The gradient by q is scale sum p (c - mean c) k + p (a - mean a) dk. With c' = c - mean b, sum p (c - mean c) k =
 * sum p c' k - (sum p c') sum p k, where nothing large cancels, since the rest of c is a product of two numbers about their
 * means.
 */
KERNEL BOUNDS(THREADS, 1) void attention_curvature_query_tiles(
        Heads in, Heads out, int channels, REAL scale, GLOBAL const REAL *x, GLOBAL const REAL *d,
        GLOBAL const REAL *g, GLOBAL REAL *stats, GLOBAL REAL *result) {
    SHARED_ARRAY(REAL, table, SIDE * PITCH);
    SHARED_ARRAY(REAL, stage, STAGE);
    Tile tile = own_tile(in, channels);
    Rows q = rows_of(in, tile, 0, x);
    Rows k = rows_of(in, tile, 1, x);
    Rows v = rows_of(in, tile, 2, x);
    Rows dq = rows_of(in, tile, 0, d);
    Rows dk = rows_of(in, tile, 1, d);
    Rows dv = rows_of(in, tile, 2, d);
    Rows pull = rows_of(out, tile, 0, g);
    REAL p[EACH][EACH];
    REAL a[EACH][EACH];
    REAL b[EACH][EACH];
    REAL mean_c[EACH];
    REAL to_q[EACH][MINE];
    REAL plain[EACH][MINE];
    clear_rows(mean_c);
    clear_result(to_q);
    clear_result(plain);
    int first = 0;
    do {
        scores_of(p, q, k, tile, first, stage);
        soften_rows(p, scale, stats, 6, tile, first);
        keep_weights(table, p);
        add_product(plain, table, k, tile, first, stage);
        scores_of(a, pull, v, tile, first, stage);
        centre_rows(a, 1, stats, 6, 3, tile);
        weigh(a, p);
        keep_weights(table, a);
        add_product(to_q, table, dk, tile, first, stage);
        scores_of(b, dq, k, tile, first, stage);
        add_scores(b, q, dk, tile, first, stage);
        centre_rows(b, scale, stats, 6, 2, tile);
        weigh(a, b);
        scores_of(b, pull, dv, tile, first, stage);
        centre_rows(b, 1, stats, 6, 4, tile);
        for (int r = 0; r < EACH; r++) {
            for (int c = 0; c < EACH; c++) {
                b[r][c] = fma(p[r][c], b[r][c], a[r][c]);
                mean_c[r] += b[r][c];
            }
        }
        keep_weights(table, b);
        add_product(to_q, table, k, tile, first, stage);
        first += SIDE;
    } while (first < tile.tokens);
    sums_of_rows(mean_c, table);
    take_mean(to_q, mean_c, plain);
    put_rows(result + part_at(in, tile, 0), in, tile, scale, to_q);
    for (int r = 0; r < EACH; r++) {
        mean_c[r] += stat(stats, 6, 4, tile, tile.first + own_row(r));
    }
    put_stats(stats, 6, 5, tile, mean_c);
}

/*
 * By k: scale sum p (c - mean c) q + p (a - mean a) dq; by v: sum p (ds - mean ds) g; both over queries, which are the
 * columns.
 */
KERNEL BOUNDS(THREADS, 1) void attention_curvature_key_tiles(
        Heads in, Heads out, int channels, REAL scale, GLOBAL const REAL *x, GLOBAL const REAL *d,
        GLOBAL const REAL *g, GLOBAL const REAL *stats, GLOBAL REAL *result) {
    SHARED_ARRAY(REAL, table, SIDE * PITCH);
    SHARED_ARRAY(REAL, stage, STAGE);
    Tile tile = own_tile(in, channels);
    Rows q = rows_of(in, tile, 0, x);
    Rows k = rows_of(in, tile, 1, x);
    Rows v = rows_of(in, tile, 2, x);
    Rows dq = rows_of(in, tile, 0, d);
    Rows dk = rows_of(in, tile, 1, d);
    Rows dv = rows_of(in, tile, 2, d);
    Rows pull = rows_of(out, tile, 0, g);
    REAL p[EACH][EACH];
    REAL a[EACH][EACH];
    REAL b[EACH][EACH];
    REAL to_k[EACH][MINE];
    REAL to_v[EACH][MINE];
    clear_result(to_k);
    clear_result(to_v);
    int first = 0;
    do {
        scores_of(p, k, q, tile, first, stage);
        soften_columns(p, scale, stats, 6, tile, first);
        scores_of(b, k, dq, tile, first, stage);
        add_scores(b, dk, q, tile, first, stage);
        centre_columns(b, scale, stats, 6, 2, tile, first);
        weigh(b, p);
        keep_weights(table, b);
        add_product(to_v, table, pull, tile, first, stage);
        scores_of(a, v, pull, tile, first, stage);
        centre_columns(a, 1, stats, 6, 3, tile, first);
        weigh(b, a);
        weigh(a, p);
        keep_weights(table, a);
        add_product(to_k, table, dq, tile, first, stage);
        scores_of(a, dv, pull, tile, first, stage);
        centre_columns(a, 1, stats, 6, 5, tile, first);
        for (int r = 0; r < EACH; r++) {
            for (int c = 0; c < EACH; c++) {
                b[r][c] = fma(p[r][c], a[r][c], b[r][c]);
            }
        }
        keep_weights(table, b);
        add_product(to_k, table, q, tile, first, stage);
        first += SIDE;
    } while (first < tile.tokens);
    put_rows(result + part_at(in, tile, 1), in, tile, scale, to_k);
    put_rows(result + part_at(in, tile, 2), in, tile, 1, to_v);
}
