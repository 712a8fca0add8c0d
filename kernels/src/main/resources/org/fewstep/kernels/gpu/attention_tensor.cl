/*
 * The attention of attention.cl on tensor cores in BF16, F32 in memory, CUDA alone (capability 8.0); versions go on from
 * those of attention.cl.
 *
 * Compiled for heads of WIDTH channels, a multiple of 16 up to 128; heads with fewer are filled up with zeros. All operands
 * are first rounded and packed: part by part, head by head, token by token, channels beside each other.
 *
 * v2: a warp holds 16 queries and meets tiles of keys in their order; scores and sums are F32, softmax runs online (Milakov
 *    and Gimelshein 2018, arXiv:1805.02867) as in FlashAttention-2 (Dao 2023, arXiv:2307.08691), weights are rounded to
 *    BF16 before they meet the values. Value and tangent come of one pass: with s = scale q k and ds = scale (dq k + q dk),
 *    O = sum p v and dO = sum p (ds - mean) v + p dv; the mean of ds so far is taken off before p ds is rounded. The
 *    gradient makes three passes: greatest score, sum and mean of p (g v) for each query; dQ; then a warp holds 16 keys and
 *    meets the queries for dK and dV. No sum is shared between groups, so no atomics.
 *
 * Bytes: packing 4 + 2 each number, then the operands once for each 64 or 128 queries or keys; flops: FORWARD 4, TANGENT 12,
 * GRAD 18, times B heads T^2 channels.
 */
#include "portable.h"
#include "attention.h"
#include "tensor_core.h"

#if REAL_IS_FLOAT && (BACKEND_SIMULATED || __CUDA_ARCH__ >= 800)

/* Numbers of a row in shared memory: an odd number of 16 bytes, so that eight rows lie in different banks. */
#define PITCH (WIDTH + 8)
#define PAIRS (WIDTH / 16)
#define PIECES (WIDTH / 8)
#define STEPS (WIDTH / 16)

#define LOG2_OF_E 1.44269504088896340736f
#define NOTHING (-INFINITY)

/* Threads, queries of a group and keys of a tile of the forward pass, and of the others. */
#define FORWARD_THREADS 256
#define FORWARD_QUERIES 128
#define FORWARD_KEYS 64
#define THREADS 128
#define ROWS 64
#define TILE 32

/* Rounds a part of an operand: threads go along the numbers that lie beside each other. */
KERNEL void attention_pack(Heads h, int parts, int channels, GLOBAL const float *from, GLOBAL UINT16 *to) {
    int chunks = WIDTH / 8;
    int along = h.channel_step == 1;
    INT64 rows = (INT64) h.batch * h.heads * h.tokens;
    FOR_EACH(e, parts * rows * chunks) {
        int chunk = (int) (along ? e % chunks : e / h.tokens % chunks);
        int token = (int) (along ? e / chunks % h.tokens : e % h.tokens);
        INT64 head = e / chunks / h.tokens;
        int part = (int) (head / (h.batch * h.heads));
        head %= h.batch * h.heads;
        GLOBAL const float *row = from + head_at(h, head * h.tokens) + part * h.part_step + token * h.token_step;
        float eight[8];
        UNROLLED
        for (int c = 0; c < 8; c++) {
            eight[c] = chunk * 8 + c < channels ? row[(chunk * 8 + c) * h.channel_step] : 0;
        }
        *(GLOBAL uint4 *) (to + (part * rows + head * h.tokens + token) * WIDTH + chunk * 8) = make_uint4(
                two_bf16(eight[0], eight[1]), two_bf16(eight[2], eight[3]), two_bf16(eight[4], eight[5]),
                two_bf16(eight[6], eight[7]));
    }
}

/* Begins to copy rows first .. first + count - 1 of a packed head to shared memory; rows beyond its tokens become zero. */
DEVICE void fetch_rows(UINT16 *to, GLOBAL const UINT16 *from, int first, int count, int tokens, int threads) {
    UNROLLED
    for (int e = LOCAL_ID(0); e < count * PIECES; e += threads) {
        int row = e / PIECES;
        int c = e % PIECES * 8;
        int inside = first + row < tokens;
        copy_16(to + row * PITCH + c, inside ? from + (INT64) (first + row) * WIDTH + c : from, inside);
    }
}

/* Sums (16, columns) += rows of "left" times rows of "right", over the channels. */
DEVICE void multiply_rows(float sums[][4], int columns, const UINT16 *left, int row, const UINT16 *right) {
    UNROLLED
    for (int l = 0; l < WIDTH; l += 16) {
        UINT32 a[4];
        load_left(a, left, PITCH, 1, row, l);
        UNROLLED
        for (int j = 0; j < columns / 16; j++) {
            UINT32 b[4];
            load_right(b, right, PITCH, 1, 16 * j, l);
            multiply_bf16(sums[2 * j], a, b[0], b[1]);
            multiply_bf16(sums[2 * j + 1], a, b[2], b[3]);
        }
    }
}

/* Two accumulators beside each other as A's next (16, 16). */
DEVICE void as_left(UINT32 a[4], const float low[4], const float high[4]) {
    a[0] = two_bf16(low[0], low[1]);
    a[1] = two_bf16(low[2], low[3]);
    a[2] = two_bf16(high[0], high[1]);
    a[3] = two_bf16(high[2], high[3]);
}

/* Sums (16, WIDTH) += a (16, 16) times rows l .. l + 15 of a tile. */
DEVICE void add_rows(float sums[PIECES][4], const UINT32 a[4], const UINT16 *tile, int l) {
    UNROLLED
    for (int j = 0; j < PAIRS; j++) {
        UINT32 b[4];
        load_right(b, tile, PITCH, 0, 16 * j, l);
        multiply_bf16(sums[2 * j], a, b[0], b[1]);
        multiply_bf16(sums[2 * j + 1], a, b[2], b[3]);
    }
}

DEVICE void clear_sums(float sums[][4], int pieces) {
    UNROLLED
    for (int j = 0; j < pieces; j++) {
        UNROLLED
        for (int e = 0; e < 4; e++) {
            sums[j][e] = 0;
        }
    }
}

/* Row g times factors[0], row g + 8 times factors[1]. */
DEVICE void scale_rows(float sums[PIECES][4], const float factors[2]) {
    UNROLLED
    for (int j = 0; j < PIECES; j++) {
        UNROLLED
        for (int e = 0; e < 4; e++) {
            sums[j][e] *= factors[e / 2];
        }
    }
}

/* The sum, or the greatest, of the four threads that hold a row. */
DEVICE float row_sum(float x) {
    x += __shfl_xor_sync(0xffffffffu, x, 1);
    return x + __shfl_xor_sync(0xffffffffu, x, 2);
}

DEVICE float row_greatest(float x) {
    x = fmaxf(x, __shfl_xor_sync(0xffffffffu, x, 1));
    return fmaxf(x, __shfl_xor_sync(0xffffffffu, x, 2));
}

/*
 * Products become weights 2^(factor product - greatest so far); keys beyond the tokens get none. "shrink" is what earlier
 * sums of a row are worth now; true where one of the warp's is less.
 */
DEVICE int weigh(float s[][4], int keys, float factor, int left, float most[2], float sum[2], float shrink[2]) {
    int t = LANE % 4;
    UNROLLED
    for (int j = 0; j < keys / 8; j++) {
        UNROLLED
        for (int e = 0; e < 4; e++) {
            s[j][e] = 8 * j + 2 * t + e % 2 < left ? s[j][e] * factor : NOTHING;
        }
    }
    UNROLLED
    for (int h = 0; h < 2; h++) {
        float greatest = most[h];
        UNROLLED
        for (int j = 0; j < keys / 8; j++) {
            greatest = fmaxf(greatest, fmaxf(s[j][2 * h], s[j][2 * h + 1]));
        }
        greatest = row_greatest(greatest);
        shrink[h] = exp2f(most[h] - greatest);
        most[h] = greatest;
        sum[h] *= shrink[h];
        UNROLLED
        for (int j = 0; j < keys / 8; j++) {
            UNROLLED
            for (int e = 2 * h; e < 2 * h + 2; e++) {
                s[j][e] = exp2f(s[j][e] - greatest);
                sum[h] += s[j][e];
            }
        }
    }
    return __any_sync(0xffffffffu, shrink[0] != 1 || shrink[1] != 1);
}

/* Writes a warp's rows of one part of an operand, each times its factor. */
DEVICE void put_rows(
        GLOBAL float *to, Heads h, int head, int part, int row, int channels, const float sums[PIECES][4],
        const float factors[2]) {
    int g = LANE / 4;
    int t = LANE % 4;
    GLOBAL float *start = to + head_at(h, (INT64) head * h.tokens) + part * h.part_step;
    UNROLLED
    for (int half = 0; half < 2; half++) {
        int token = row + g + 8 * half;
        if (token < h.tokens) {
            UNROLLED
            for (int j = 0; j < PIECES; j++) {
                UNROLLED
                for (int e = 0; e < 2; e++) {
                    int c = 8 * j + 2 * t + e;
                    if (c < channels) {
                        start[token * h.token_step + c * h.channel_step] = sums[j][2 * half + e] * factors[half];
                    }
                }
            }
        }
    }
}

/* A packed operand of the head that this group works on. */
DEVICE GLOBAL const UINT16 *part_of(GLOBAL const UINT16 *packed, Heads h, int head, int part) {
    return packed + ((INT64) part * h.batch * h.heads + head) * h.tokens * WIDTH;
}

/*
 * Groups (heads times tiles of 128 queries) of 256 with (128 + 2 64) PITCH UINT16 of shared memory. Values arrive while
 * scores are made, the next keys while values are added up.
 */
KERNEL BOUNDS(FORWARD_THREADS, 1) void attention_forward_bf16(
        Heads out, int channels, float scale, GLOBAL const UINT16 *x, GLOBAL float *result) {
    DYNAMIC_SHARED(UINT16, shared);
    UINT16 *queries = shared;
    UINT16 *keys = queries + FORWARD_QUERIES * PITCH;
    UINT16 *values = keys + FORWARD_KEYS * PITCH;
    int tiles = (out.tokens + FORWARD_QUERIES - 1) / FORWARD_QUERIES;
    int head = GROUP_ID(0) / tiles;
    int first = GROUP_ID(0) % tiles * FORWARD_QUERIES;
    int row = LOCAL_ID(0) / WARP * 16;
    GLOBAL const UINT16 *all_keys = part_of(x, out, head, 1);
    GLOBAL const UINT16 *all_values = part_of(x, out, head, 2);
    float factor = scale * LOG2_OF_E;
    fetch_rows(queries, part_of(x, out, head, 0), first, FORWARD_QUERIES, out.tokens, FORWARD_THREADS);
    fetch_rows(keys, all_keys, 0, FORWARD_KEYS, out.tokens, FORWARD_THREADS);
    commit_copies();
    AWAIT_COPIES(0);
    BARRIER();
    UINT32 q[STEPS][4];
    UNROLLED
    for (int l = 0; l < STEPS; l++) {
        load_left(q[l], queries, PITCH, 1, row, 16 * l);
    }
    float o[PIECES][4];
    float most[2] = {NOTHING, NOTHING};
    float sum[2] = {0, 0};
    clear_sums(o, PIECES);
    ROLLED
    for (int key = 0; key < out.tokens; key += FORWARD_KEYS) {
        AWAIT_COPIES(0);
        BARRIER();
        fetch_rows(values, all_values, key, FORWARD_KEYS, out.tokens, FORWARD_THREADS);
        commit_copies();
        float s[FORWARD_KEYS / 8][4];
        clear_sums(s, FORWARD_KEYS / 8);
        UNROLLED
        for (int l = 0; l < STEPS; l++) {
            UNROLLED
            for (int j = 0; j < FORWARD_KEYS / 16; j++) {
                UINT32 b[4];
                load_right(b, keys, PITCH, 1, 16 * j, 16 * l);
                multiply_bf16(s[2 * j], q[l], b[0], b[1]);
                multiply_bf16(s[2 * j + 1], q[l], b[2], b[3]);
            }
        }
        AWAIT_COPIES(0);
        BARRIER();
        if (key + FORWARD_KEYS < out.tokens) {
            fetch_rows(keys, all_keys, key + FORWARD_KEYS, FORWARD_KEYS, out.tokens, FORWARD_THREADS);
        }
        commit_copies();
        float shrink[2];
        if (weigh(s, FORWARD_KEYS, factor, out.tokens - key, most, sum, shrink)) {
            scale_rows(o, shrink);
        }
        UNROLLED
        for (int j = 0; j < FORWARD_KEYS / 16; j++) {
            UINT32 p[4];
            as_left(p, s[2 * j], s[2 * j + 1]);
            add_rows(o, p, values, 16 * j);
        }
    }
    AWAIT_COPIES(0);
    float inverse[2] = {1 / row_sum(sum[0]), 1 / row_sum(sum[1])};
    put_rows(result, out, head, 0, first + row, channels, o, inverse);
}

/* Groups (heads times tiles of 64 queries) of 128 with (2 64 + 4 32) PITCH UINT16 of shared memory; x and d packed. */
KERNEL BOUNDS(THREADS, 1) void attention_tangent_bf16(
        Heads out, int channels, float scale, int valued, GLOBAL const UINT16 *x, GLOBAL const UINT16 *d,
        GLOBAL float *value, GLOBAL float *result) {
    DYNAMIC_SHARED(UINT16, shared);
    UINT16 *queries = shared;
    UINT16 *dqueries = queries + ROWS * PITCH;
    UINT16 *keys = dqueries + ROWS * PITCH;
    UINT16 *dkeys = keys + TILE * PITCH;
    UINT16 *values = dkeys + TILE * PITCH;
    UINT16 *dvalues = values + TILE * PITCH;
    int tiles = (out.tokens + ROWS - 1) / ROWS;
    int head = GROUP_ID(0) / tiles;
    int first = GROUP_ID(0) % tiles * ROWS;
    int row = LOCAL_ID(0) / WARP * 16;
    float factor = scale * LOG2_OF_E;
    fetch_rows(queries, part_of(x, out, head, 0), first, ROWS, out.tokens, THREADS);
    fetch_rows(dqueries, part_of(d, out, head, 0), first, ROWS, out.tokens, THREADS);
    fetch_rows(keys, part_of(x, out, head, 1), 0, TILE, out.tokens, THREADS);
    fetch_rows(dkeys, part_of(d, out, head, 1), 0, TILE, out.tokens, THREADS);
    commit_copies();
    float o[PIECES][4];
    float tangent[PIECES][4];
    float most[2] = {NOTHING, NOTHING};
    float sum[2] = {0, 0};
    float mean[2] = {0, 0};
    float common[2] = {0, 0};
    clear_sums(o, PIECES);
    clear_sums(tangent, PIECES);
    ROLLED
    for (int key = 0; key < out.tokens; key += TILE) {
        AWAIT_COPIES(0);
        BARRIER();
        fetch_rows(values, part_of(x, out, head, 2), key, TILE, out.tokens, THREADS);
        fetch_rows(dvalues, part_of(d, out, head, 2), key, TILE, out.tokens, THREADS);
        commit_copies();
        float s[TILE / 8][4];
        float ds[TILE / 8][4];
        clear_sums(s, TILE / 8);
        clear_sums(ds, TILE / 8);
        multiply_rows(s, TILE, queries, row, keys);
        multiply_rows(ds, TILE, dqueries, row, keys);
        multiply_rows(ds, TILE, queries, row, dkeys);
        AWAIT_COPIES(0);
        BARRIER();
        if (key + TILE < out.tokens) {
            fetch_rows(keys, part_of(x, out, head, 1), key + TILE, TILE, out.tokens, THREADS);
            fetch_rows(dkeys, part_of(d, out, head, 1), key + TILE, TILE, out.tokens, THREADS);
        }
        commit_copies();
        float shrink[2];
        int changed = weigh(s, TILE, factor, out.tokens - key, most, sum, shrink);
        UNROLLED
        for (int h = 0; h < 2; h++) {
            mean[h] *= shrink[h];
            UNROLLED
            for (int j = 0; j < TILE / 8; j++) {
                UNROLLED
                for (int e = 2 * h; e < 2 * h + 2; e++) {
                    ds[j][e] = ds[j][e] * scale - common[h];
                    mean[h] = fma(s[j][e], ds[j][e], mean[h]);
                }
            }
        }
        if (changed) {
            /* New weights move the mean of ds: from here on it is the mean so far that is taken off. */
            float moved[2];
            UNROLLED
            for (int h = 0; h < 2; h++) {
                moved[h] = row_sum(mean[h]) / row_sum(sum[h]);
                common[h] += moved[h];
                mean[h] = fma(-moved[h], sum[h], mean[h]);
            }
            scale_rows(o, shrink);
            scale_rows(tangent, shrink);
            UNROLLED
            for (int j = 0; j < PIECES; j++) {
                UNROLLED
                for (int e = 0; e < 4; e++) {
                    tangent[j][e] = fma(-moved[e / 2], o[j][e], tangent[j][e]);
                }
            }
            UNROLLED
            for (int j = 0; j < TILE / 8; j++) {
                UNROLLED
                for (int e = 0; e < 4; e++) {
                    ds[j][e] -= moved[e / 2];
                }
            }
        }
        UNROLLED
        for (int j = 0; j < TILE / 8; j++) {
            UNROLLED
            for (int e = 0; e < 4; e++) {
                ds[j][e] *= s[j][e];
            }
        }
        UNROLLED
        for (int j = 0; j < TILE / 16; j++) {
            UINT32 p[4];
            UINT32 dp[4];
            as_left(p, s[2 * j], s[2 * j + 1]);
            as_left(dp, ds[2 * j], ds[2 * j + 1]);
            add_rows(o, p, values, 16 * j);
            add_rows(tangent, dp, values, 16 * j);
            add_rows(tangent, p, dvalues, 16 * j);
        }
    }
    AWAIT_COPIES(0);
    float inverse[2] = {1 / row_sum(sum[0]), 1 / row_sum(sum[1])};
    float one[2] = {1, 1};
    mean[0] = row_sum(mean[0]) * inverse[0];
    mean[1] = row_sum(mean[1]) * inverse[1];
    scale_rows(o, inverse);
    UNROLLED
    for (int j = 0; j < PIECES; j++) {
        UNROLLED
        for (int e = 0; e < 4; e++) {
            tangent[j][e] = fma(-mean[e / 2], o[j][e], tangent[j][e] * inverse[e / 2]);
        }
    }
    put_rows(result, out, head, 0, first + row, channels, tangent, one);
    if (valued) {
        put_rows(value, out, head, 0, first + row, channels, o, one);
    }
}

/* Begins to copy a tile of two packed operands. */
DEVICE void fetch_two(
        UINT16 *to, GLOBAL const UINT16 *one, GLOBAL const UINT16 *other, int first, int tokens) {
    fetch_rows(to, one, first, TILE, tokens, THREADS);
    fetch_rows(to + TILE * PITCH, other, first, TILE, tokens, THREADS);
    commit_copies();
}

/*
 * dQ, and for each query log2 of the sum of 2^score, and the mean of p (g v): with dp = g v, dS = p (dp - mean). Groups
 * (heads times tiles of 64 queries) of 128 with (2 64 + 4 32) PITCH UINT16 of shared memory; x and g packed. Tiles of keys
 * and values pass twice, the next one while one is worked on.
 */
KERNEL BOUNDS(THREADS, 1) void attention_grad_query_bf16(
        Heads in, int channels, float scale, GLOBAL const UINT16 *x, GLOBAL const UINT16 *g, GLOBAL float *stats,
        GLOBAL float *result) {
    DYNAMIC_SHARED(UINT16, shared);
    UINT16 *queries = shared;
    UINT16 *pulls = queries + ROWS * PITCH;
    UINT16 *stages = pulls + ROWS * PITCH;
    int groups = (in.tokens + ROWS - 1) / ROWS;
    int head = GROUP_ID(0) / groups;
    int first = GROUP_ID(0) % groups * ROWS;
    int row = LOCAL_ID(0) / WARP * 16;
    int tiles = (in.tokens + TILE - 1) / TILE;
    float factor = scale * LOG2_OF_E;
    GLOBAL const UINT16 *keys = part_of(x, in, head, 1);
    GLOBAL const UINT16 *values = part_of(x, in, head, 2);
    fetch_rows(queries, part_of(x, in, head, 0), first, ROWS, in.tokens, THREADS);
    fetch_rows(pulls, part_of(g, in, head, 0), first, ROWS, in.tokens, THREADS);
    fetch_two(stages, keys, values, 0, in.tokens);
    float most[2] = {NOTHING, NOTHING};
    float sum[2] = {0, 0};
    float mean[2] = {0, 0};
    float dq[PIECES][4];
    clear_sums(dq, PIECES);
    ROLLED
    for (int step = 0; step < 2 * tiles; step++) {
        AWAIT_COPIES(0);
        BARRIER();
        if (step + 1 < 2 * tiles) {
            fetch_two(stages + (step + 1) % 2 * 2 * TILE * PITCH, keys, values, (step + 1) % tiles * TILE, in.tokens);
        }
        const UINT16 *stage = stages + step % 2 * 2 * TILE * PITCH;
        int left = in.tokens - step % tiles * TILE;
        float s[TILE / 8][4];
        float dp[TILE / 8][4];
        clear_sums(s, TILE / 8);
        clear_sums(dp, TILE / 8);
        multiply_rows(s, TILE, queries, row, stage);
        multiply_rows(dp, TILE, pulls, row, stage + TILE * PITCH);
        if (step < tiles) {
            float shrink[2];
            weigh(s, TILE, factor, left, most, sum, shrink);
            UNROLLED
            for (int h = 0; h < 2; h++) {
                mean[h] *= shrink[h];
                UNROLLED
                for (int j = 0; j < TILE / 8; j++) {
                    mean[h] = fma(s[j][2 * h], dp[j][2 * h], mean[h]);
                    mean[h] = fma(s[j][2 * h + 1], dp[j][2 * h + 1], mean[h]);
                }
            }
            if (step == tiles - 1) {
                UNROLLED
                for (int h = 0; h < 2; h++) {
                    float total = row_sum(sum[h]);
                    mean[h] = row_sum(mean[h]) / total;
                    most[h] += log2f(total);
                }
            }
        } else {
            UNROLLED
            for (int j = 0; j < TILE / 8; j++) {
                UNROLLED
                for (int e = 0; e < 4; e++) {
                    int inside = 8 * j + LANE % 4 * 2 + e % 2 < left;
                    float p = inside ? exp2f(s[j][e] * factor - most[e / 2]) : 0;
                    dp[j][e] = p * (dp[j][e] - mean[e / 2]);
                }
            }
            UNROLLED
            for (int j = 0; j < TILE / 16; j++) {
                UINT32 a[4];
                as_left(a, dp[2 * j], dp[2 * j + 1]);
                add_rows(dq, a, stage, 16 * j);
            }
        }
    }
    float scales[2] = {scale, scale};
    put_rows(result, in, head, 0, first + row, channels, dq, scales);
    UNROLLED
    for (int h = 0; h < 2; h++) {
        int token = first + row + LANE / 4 + 8 * h;
        if (LANE % 4 == 0 && token < in.tokens) {
            stats[2 * ((INT64) head * in.tokens + token)] = most[h];
            stats[2 * ((INT64) head * in.tokens + token) + 1] = mean[h];
        }
    }
}

/* A tile's stats in shared memory; a query beyond the tokens weighs nothing. */
DEVICE void fetch_stats(float *to, GLOBAL const float *stats, int first, int tokens) {
    if (LOCAL_ID(0) < TILE) {
        int token = first + LOCAL_ID(0);
        to[2 * LOCAL_ID(0)] = token < tokens ? stats[2 * token] : INFINITY;
        to[2 * LOCAL_ID(0) + 1] = token < tokens ? stats[2 * token + 1] : 0;
    }
}

/*
 * dK = scale dS^T Q and dV = P^T g. Groups (heads times tiles of 64 keys) of 128 with (2 64 + 4 32) PITCH UINT16 + 4 32
 * float of shared memory; x and g packed.
 */
KERNEL BOUNDS(THREADS, 1) void attention_grad_key_bf16(
        Heads in, int channels, float scale, GLOBAL const UINT16 *x, GLOBAL const UINT16 *g, GLOBAL const float *stats,
        GLOBAL float *result) {
    DYNAMIC_SHARED(UINT16, shared);
    UINT16 *keys = shared;
    UINT16 *values = keys + ROWS * PITCH;
    UINT16 *stages = values + ROWS * PITCH;
    float *stage_stats = (float *) (stages + 4 * TILE * PITCH);
    int groups = (in.tokens + ROWS - 1) / ROWS;
    int head = GROUP_ID(0) / groups;
    int first = GROUP_ID(0) % groups * ROWS;
    int row = LOCAL_ID(0) / WARP * 16;
    int tiles = (in.tokens + TILE - 1) / TILE;
    float factor = scale * LOG2_OF_E;
    GLOBAL const UINT16 *queries = part_of(x, in, head, 0);
    GLOBAL const UINT16 *pulls = part_of(g, in, head, 0);
    GLOBAL const float *rows = stats + 2 * (INT64) head * in.tokens;
    fetch_rows(keys, part_of(x, in, head, 1), first, ROWS, in.tokens, THREADS);
    fetch_rows(values, part_of(x, in, head, 2), first, ROWS, in.tokens, THREADS);
    fetch_two(stages, queries, pulls, 0, in.tokens);
    fetch_stats(stage_stats, rows, 0, in.tokens);
    float dk[PIECES][4];
    float dv[PIECES][4];
    clear_sums(dk, PIECES);
    clear_sums(dv, PIECES);
    ROLLED
    for (int step = 0; step < tiles; step++) {
        AWAIT_COPIES(0);
        BARRIER();
        if (step + 1 < tiles) {
            int next = (step + 1) % 2;
            fetch_two(stages + next * 2 * TILE * PITCH, queries, pulls, (step + 1) * TILE, in.tokens);
            fetch_stats(stage_stats + next * 2 * TILE, rows, (step + 1) * TILE, in.tokens);
        }
        const UINT16 *stage = stages + step % 2 * 2 * TILE * PITCH;
        const float *each = stage_stats + step % 2 * 2 * TILE;
        float p[TILE / 8][4];
        float ds[TILE / 8][4];
        clear_sums(p, TILE / 8);
        clear_sums(ds, TILE / 8);
        multiply_rows(p, TILE, keys, row, stage);
        multiply_rows(ds, TILE, values, row, stage + TILE * PITCH);
        UNROLLED
        for (int j = 0; j < TILE / 8; j++) {
            UNROLLED
            for (int e = 0; e < 4; e++) {
                int query = 8 * j + LANE % 4 * 2 + e % 2;
                p[j][e] = exp2f(p[j][e] * factor - each[2 * query]);
                ds[j][e] = p[j][e] * (ds[j][e] - each[2 * query + 1]);
            }
        }
        UNROLLED
        for (int j = 0; j < TILE / 16; j++) {
            UINT32 a[4];
            as_left(a, p[2 * j], p[2 * j + 1]);
            add_rows(dv, a, stage + TILE * PITCH, 16 * j);
            as_left(a, ds[2 * j], ds[2 * j + 1]);
            add_rows(dk, a, stage, 16 * j);
        }
    }
    float scales[2] = {scale, scale};
    float one[2] = {1, 1};
    put_rows(result, in, head, 1, first + row, channels, dk, scales);
    put_rows(result, in, head, 2, first + row, channels, dv, one);
}

#endif
