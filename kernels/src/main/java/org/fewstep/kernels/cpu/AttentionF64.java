// twin: F32
package org.fewstep.kernels.cpu;

import java.util.Arrays;
import org.fewstep.kernels.Attention;
import org.fewstep.kernels.Attention.Heads;
import org.fewstep.kernels.Buffer;
import org.jspecify.annotations.Nullable;

/**
 * Attention and its derivatives in panels of query rows: a panel's scores against all keys fill (rows, T) scratch, so
 * each softmax row is complete and memory is linear in T. The formulas of a panel, {@code *} elementwise, sums by rows:
 *
 * <pre>
 * S = scale Q K^T       P = softmax(S)                  O = P V
 * dS = scale (dQ K^T + Q dK^T)   dP = P * (dS - sum(P * dS))   dO = dP V + P dV
 * W = g V^T             R = P * (W - sum(P * W))
 * GRAD:      scale R K, scale R^T Q, P^T g
 * Wd = g dV^T           Rd = dP * (W - sum(P * W)) + P * (Wd - sum(dP * W + P * Wd))
 * CURVATURE: scale (Rd K + R dK), scale (Rd^T Q + R^T dQ), dP^T g
 * </pre>
 *
 * <p>A panel of FORWARD and TANGENT is a part of its own; the gradients of keys and values are sums over the panels of a
 * head in order, so there a head is a part.
 */
final class AttentionF64 {
    /** Query rows of a panel. */
    private static final int ROWS = 96;

    /** Scratch slots: keys and values with directions and gradients (T, C); rows of a panel (rows, C); panels (rows, T). */
    private static final int K = Scratch.ATTENTION;

    private static final int V = K + 1;
    private static final int DK = K + 2;
    private static final int DV = K + 3;
    private static final int GRAD_K = K + 4;
    private static final int GRAD_V = K + 5;
    private static final int Q = K + 6;
    private static final int DQ = K + 7;
    private static final int G = K + 8;
    private static final int P = K + 9;
    private static final int DP = K + 10;
    private static final int W = K + 11;
    private static final int WD = K + 12;
    private static final int MORE = K + 13;

    /** Scratch slots: three sums a row of a panel. */
    private static final int SUMS = K + 15;

    private static final int PART_Q = 0;
    private static final int PART_K = 1;
    private static final int PART_V = 2;

    private final Attention w;
    private final PanelMathF64 math;
    private final Threads threads;
    private final int tokens;
    private final int channels;
    private final int panels;
    private final double scale;
    private final double[] x;

    private AttentionF64(Attention w, PanelMathF64 math, Threads threads) {
        this.w = w;
        this.math = math;
        this.threads = threads;
        this.tokens = w.in().tokens();
        this.channels = w.in().channels();
        this.panels = (tokens + ROWS - 1) / ROWS;
        this.scale = (double) w.scale();
        this.x = CpuBuffer.f64(w.x());
    }

    static Prepared prepare(Attention w, Threads threads) {
        Prepared attention = prepare(w, threads, new EjmlPanelMathF64(), 5.0);
        return () -> {
            attention.run();
            w.device().live().ejmlFlops().addAndGet(w.productFlops());
        };
    }

    /** With the given products and exponentials, which reach about {@code flopsANano}. */
    static Prepared prepare(Attention w, Threads threads, PanelMathF64 math, double flopsANano) {
        int tokens = w.in().tokens();
        int heads = w.in().batch() * w.in().heads();
        if (tokens == 0) {
            return Prepared.NOTHING;
        }
        long nanos = (long) (w.productFlops() / flopsANano);
        boolean byPanel = w.code() == Attention.Code.FORWARD || w.code() == Attention.Code.TANGENT;
        int parts = byPanel ? heads * ((tokens + ROWS - 1) / ROWS) : heads;
        AttentionF64 attention = new AttentionF64(w, math, parts == 1 ? threads : Threads.ALONE);
        return Prepared.of(threads, parts, nanos, byPanel ? attention::push : attention::pull);
    }

    /** This thread's array of at least so many numbers. */
    private static double[] room(int slot, int size) {
        return Scratch.mine().f64(slot, size);
    }

    /** Keys or values of a head. */
    private double[] whole(double[] of, int head, int part, int slot) {
        return load(of, w.in(), head, part, 0, tokens, slot);
    }

    /** O or dO of a panel. */
    private void push(int part) {
        int head = part / panels;
        int first = part % panels * ROWS;
        int rows = Math.min(ROWS, tokens - first);
        double[] k = whole(x, head, PART_K, K);
        double[] v = whole(x, head, PART_V, V);
        double[] q = scaled(load(x, w.in(), head, PART_Q, first, rows, Q), rows);
        double[] p = softmax(q, k, rows);
        double[] o = room(MORE, rows * channels);
        Buffer d = w.d();
        if (d == null) {
            math.multiply(p, rows, tokens, v, false, channels, o, threads);
            store(o, w.out(), head, 0, first, rows, CpuBuffer.f64(w.result()));
            return;
        }
        double[] dk = whole(CpuBuffer.f64(d), head, PART_K, DK);
        double[] dv = whole(CpuBuffer.f64(d), head, PART_V, DV);
        double[] dq = scaled(load(CpuBuffer.f64(d), w.in(), head, PART_Q, first, rows, DQ), rows);
        double[] dp = softmaxTangent(q, dq, k, dk, p, rows);
        double[] tangent = room(G, rows * channels);
        math.multiply(dp, rows, tokens, v, false, channels, tangent, threads);
        math.multiply(p, rows, tokens, dv, false, channels, o, threads);
        add(o, tangent, rows * channels);
        store(tangent, w.out(), head, 0, first, rows, CpuBuffer.f64(w.result()));
        Buffer value = w.value();
        if (value != null) {
            math.multiply(p, rows, tokens, v, false, channels, o, threads);
            store(o, w.out(), head, 0, first, rows, CpuBuffer.f64(value));
        }
    }

    /** The gradients of a head, of first order or along d. */
    private void pull(int head) {
        double[] k = whole(x, head, PART_K, K);
        double[] v = whole(x, head, PART_V, V);
        Buffer d = w.d();
        double[] dk = d == null ? k : whole(CpuBuffer.f64(d), head, PART_K, DK);
        double[] dv = d == null ? v : whole(CpuBuffer.f64(d), head, PART_V, DV);
        double[] gradK = zeros(GRAD_K);
        double[] gradV = zeros(GRAD_V);
        for (int panel = 0; panel < panels; panel++) {
            int first = panel * ROWS;
            int rows = Math.min(ROWS, tokens - first);
            pull(head, first, rows, k, v, dk, dv, gradK, gradV);
        }
        double[] to = CpuBuffer.f64(w.result());
        store(gradK, w.in(), head, PART_K, 0, tokens, to);
        store(gradV, w.in(), head, PART_V, 0, tokens, to);
    }

    private void pull(
            int head,
            int first,
            int rows,
            double[] k,
            double[] v,
            double[] dk,
            double[] dv,
            double[] gradK,
            double[] gradV) {
        Buffer cotangent = w.g();
        if (cotangent == null) {
            throw new IllegalStateException("attention: got no cotangent; expected one");
        }
        double[] q = scaled(load(x, w.in(), head, PART_Q, first, rows, Q), rows);
        double[] g = load(CpuBuffer.f64(cotangent), w.out(), head, 0, first, rows, G);
        double[] p = softmax(q, k, rows);
        double[] pull = room(W, rows * tokens);
        math.multiply(g, rows, channels, v, true, tokens, pull, threads);
        Buffer d = w.d();
        if (d == null) {
            addTurned(p, rows, g, gradV);
            centre(p, pull, rows);
            addTurned(pull, rows, q, gradK);
            storeQuery(head, first, rows, pull, k, null, k);
            return;
        }
        double[] dq = scaled(load(CpuBuffer.f64(d), w.in(), head, PART_Q, first, rows, DQ), rows);
        double[] dp = softmaxTangent(q, dq, k, dk, p, rows);
        double[] along = room(WD, rows * tokens);
        math.multiply(g, rows, channels, dv, true, tokens, along, threads);
        addTurned(dp, rows, g, gradV);
        bend(p, dp, pull, along, rows);
        addTurned(along, rows, q, gradK);
        addTurned(pull, rows, dq, gradK);
        storeQuery(head, first, rows, along, k, pull, dk);
    }

    /** scale (A B + C D) to the gradient of the queries; C may be missing. */
    private void storeQuery(int head, int first, int rows, double[] a, double[] b, double @Nullable [] c, double[] d) {
        double[] sum = room(MORE, rows * channels);
        math.multiply(a, rows, tokens, b, false, channels, sum, threads);
        if (c != null) {
            double[] second = room(DQ, rows * channels);
            math.multiply(c, rows, tokens, d, false, channels, second, threads);
            add(second, sum, rows * channels);
        }
        store(scaled(sum, rows), w.in(), head, PART_Q, first, rows, CpuBuffer.f64(w.result()));
    }

    /** P of a panel of scaled queries. */
    private double[] softmax(double[] q, double[] k, int rows) {
        double[] p = room(P, rows * tokens);
        math.multiply(q, rows, channels, k, true, tokens, p, threads);
        math.softmax(p, rows, tokens);
        return p;
    }

    /** dP of a panel. */
    private double[] softmaxTangent(double[] q, double[] dq, double[] k, double[] dk, double[] p, int rows) {
        double[] dp = room(DP, rows * tokens);
        double[] second = room(WD, rows * tokens);
        math.multiply(dq, rows, channels, k, true, tokens, dp, threads);
        math.multiply(q, rows, channels, dk, true, tokens, second, threads);
        add(second, dp, rows * tokens);
        centre(p, dp, rows);
        return dp;
    }

    /** Each row of a becomes p * (a - sum(p * a)). */
    private void centre(double[] p, double[] a, int rows) {
        double[] means = dots(p, a, rows, SUMS);
        for (int r = 0; r < rows; r++) {
            double mean = means[r];
            for (int j = r * tokens; j < (r + 1) * tokens; j++) {
                a[j] = p[j] * (a[j] - mean);
            }
        }
    }

    /** Each row of W becomes R, each of Wd becomes Rd. */
    private void bend(double[] p, double[] dp, double[] pull, double[] along, int rows) {
        double[] means = dots(p, pull, rows, SUMS);
        double[] first = dots(dp, pull, rows, SUMS + 1);
        double[] second = dots(p, along, rows, SUMS + 2);
        for (int r = 0; r < rows; r++) {
            double mean = means[r];
            double shift = first[r] + second[r];
            for (int j = r * tokens; j < (r + 1) * tokens; j++) {
                double centred = pull[j] - mean;
                along[j] = dp[j] * centred + p[j] * (along[j] - shift);
                pull[j] = p[j] * centred;
            }
        }
    }

    private double[] dots(double[] a, double[] b, int rows, int slot) {
        double[] sums = room(slot, rows);
        math.dots(a, b, rows, tokens, sums);
        return sums;
    }

    /** Adds A^T B to {@code sum} for A (rows, T), B (rows, C). */
    private void addTurned(double[] a, int rows, double[] b, double[] sum) {
        double[] product = room(MORE, tokens * channels);
        math.multiplyTurned(a, rows, tokens, b, channels, product, threads);
        add(product, sum, tokens * channels);
    }

    private static void add(double[] from, double[] to, int n) {
        for (int i = 0; i < n; i++) {
            to[i] += from[i];
        }
    }

    private double[] scaled(double[] rows, int count) {
        for (int i = 0; i < count * channels; i++) {
            rows[i] *= scale;
        }
        return rows;
    }

    private double[] zeros(int slot) {
        double[] block = room(slot, tokens * channels);
        Arrays.fill(block, 0, tokens * channels, 0.0);
        return block;
    }

    /** Tokens {@code first} .. {@code first + count - 1} of one part of one head as a (count, channels) block. */
    private double[] load(double[] from, Heads layout, int head, int part, int first, int count, int slot) {
        double[] to = room(slot, count * channels);
        int at = place(layout, head, part) + first * layout.tokenStep();
        for (int t = 0; t < count; t++) {
            int row = at + t * layout.tokenStep();
            if (layout.channelStep() == 1) {
                System.arraycopy(from, row, to, t * channels, channels);
            } else {
                for (int c = 0; c < channels; c++) {
                    to[t * channels + c] = from[row + c * layout.channelStep()];
                }
            }
        }
        return to;
    }

    /** The reverse of {@link #load}. */
    private void store(double[] from, Heads layout, int head, int part, int first, int count, double[] to) {
        int at = place(layout, head, part) + first * layout.tokenStep();
        for (int t = 0; t < count; t++) {
            int row = at + t * layout.tokenStep();
            if (layout.channelStep() == 1) {
                System.arraycopy(from, t * channels, to, row, channels);
            } else {
                for (int c = 0; c < channels; c++) {
                    to[row + c * layout.channelStep()] = from[t * channels + c];
                }
            }
        }
    }

    private static int place(Heads layout, int head, int part) {
        return head / layout.heads() * layout.batchStep()
                + head % layout.heads() * layout.headStep()
                + part * layout.partStep();
    }
}
