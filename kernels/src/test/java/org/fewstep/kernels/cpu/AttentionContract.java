package org.fewstep.kernels.cpu;

import static org.fewstep.kernels.cpu.Blocks.assertClose;
import static org.fewstep.kernels.cpu.Blocks.assertSameBits;

import java.util.Arrays;
import org.fewstep.kernels.Attention;
import org.fewstep.kernels.Attention.Code;
import org.fewstep.kernels.Attention.Heads;
import org.fewstep.kernels.Buffer;

/** Attention in three layouts against the definition, its derivatives direction by direction; heads do not mix. */
final class AttentionContract {
    private static final double SCALE = 0.7;

    /** Layout, batch, heads, tokens and channels: more than a tile of 64 tokens or 64 channels. */
    private static final int[][] WIDE = {{0, 1, 2, 70, 5}, {2, 1, 1, 67, 64}, {1, 1, 2, 35, 80}};

    private AttentionContract() {}

    static void check(Blocks blocks) {
        for (int layout = 0; layout < 3; layout++) {
            attention(blocks, layout, 2, 2, 5, 3);
            attention(blocks, layout, 1, 1, 1, 1);
            attention(blocks, layout, 0, 2, 3, 2);
            attention(blocks, layout, 2, 1, 0, 2);
        }
        attention(blocks, 0, 1, 2, 37, 4);
        for (int[] s : WIDE) {
            wide(blocks, s[0], s[1], s[2], s[3], s[4]);
        }
        longRow(blocks);
        headsAlone(blocks);
    }

    /** Three parts as (B, T, 3, H, C), (B, H, C, 3, T) or (B, H, T, 3, C). */
    private static Heads in(int layout, int b, int h, int t, int c) {
        return switch (layout) {
            case 0 -> new Heads(b, h, t, c, t * 3 * h * c, c, h * c, 3 * h * c, 1);
            case 1 -> new Heads(b, h, t, c, h * c * 3 * t, c * 3 * t, Math.max(1, t), 1, 3 * t);
            default -> new Heads(b, h, t, c, h * t * 3 * c, t * 3 * c, c, 3 * c, 1);
        };
    }

    /** One part as (B, T, H, C), (B, H, C, T) or (B, H, T, C). */
    private static Heads out(int layout, int b, int h, int t, int c) {
        return switch (layout) {
            case 0 -> new Heads(b, h, t, c, t * h * c, c, 0, h * c, 1);
            case 1 -> new Heads(b, h, t, c, h * c * t, c * t, 0, 1, t);
            default -> new Heads(b, h, t, c, h * t * c, t * c, 0, c, 1);
        };
    }

    private static int place(Heads l, int head, int part, int token, int channel) {
        return head / l.heads() * l.batchStep()
                + head % l.heads() * l.headStep()
                + part * l.partStep()
                + token * l.tokenStep()
                + channel * l.channelStep();
    }

    /** Value and tangent by the definition, head by head. */
    private static double[][] definition(Heads in, Heads out, double[] x, double[] d) {
        int t = in.tokens();
        int c = in.channels();
        double[][] result = new double[2][x.length / 3];
        for (int head = 0; head < in.batch() * in.heads(); head++) {
            for (int i = 0; i < t; i++) {
                double[] p = new double[t];
                double[] ds = new double[t];
                double sum = 0;
                for (int j = 0; j < t; j++) {
                    double s = 0;
                    for (int k = 0; k < c; k++) {
                        int q = place(in, head, 0, i, k);
                        int key = place(in, head, 1, j, k);
                        s += SCALE * x[q] * x[key];
                        ds[j] += SCALE * (d[q] * x[key] + x[q] * d[key]);
                    }
                    p[j] = Math.exp(s);
                    sum += p[j];
                }
                double mean = 0;
                for (int j = 0; j < t; j++) {
                    p[j] /= sum;
                    mean += p[j] * ds[j];
                }
                for (int k = 0; k < c; k++) {
                    int at = place(out, head, 0, i, k);
                    for (int j = 0; j < t; j++) {
                        int v = place(in, head, 2, j, k);
                        result[0][at] += p[j] * x[v];
                        result[1][at] += p[j] * ((ds[j] - mean) * x[v] + d[v]);
                    }
                }
            }
        }
        return result;
    }

    private static double dot(double[] a, double[] b) {
        double sum = 0;
        for (int i = 0; i < a.length; i++) {
            sum += a[i] * b[i];
        }
        return sum;
    }

    private static void attention(Blocks blocks, int layout, int b, int h, int t, int c) {
        Heads in = in(layout, b, h, t, c);
        Heads out = out(layout, b, h, t, c);
        int n = b * h * t * c;
        double[] x = Blocks.random(1, 3 * n, -1, 1);
        double[] d = Blocks.random(2, 3 * n, -1, 1);
        double[] g = Blocks.random(3, n, -1, 1);
        double[][] expected = definition(in, out, x, d);
        String what = " in layout " + layout + " of (" + b + ", " + h + ", " + t + ", " + c + ")";
        double tolerance = 60 * blocks.epsilon();

        Buffer xs = blocks.of(x);
        Buffer ds = blocks.of(d);
        Buffer gs = blocks.of(g);
        Buffer value = blocks.blank(n);
        blocks.device().run(new Attention(Code.FORWARD, in, out, SCALE, xs, null, null, null, value));
        assertClose("value" + what, expected[0], blocks.read(value), tolerance);
        Buffer tangent = blocks.blank(n);
        blocks.device().run(new Attention(Code.TANGENT, in, out, SCALE, xs, ds, null, null, tangent));
        assertClose("tangent" + what, expected[1], blocks.read(tangent), tolerance);
        Buffer both = blocks.blank(n);
        blocks.device().run(new Attention(Code.TANGENT, in, out, SCALE, xs, ds, null, both, tangent));
        assertSameBits("value beside the tangent" + what, blocks.read(value), blocks.read(both));
        assertClose("tangent beside the value" + what, expected[1], blocks.read(tangent), tolerance);

        double[] grad = new double[3 * n];
        double[] curvature = new double[3 * n];
        for (int i = 0; i < 3 * n; i++) {
            double[] unit = new double[3 * n];
            unit[i] = 1;
            grad[i] = dot(g, definition(in, out, x, unit)[1]);
            // Fourth-order difference of g . J(x) d.
            double h1 = slope(in, out, x, d, g, i, 1e-3);
            double h2 = slope(in, out, x, d, g, i, 2e-3);
            curvature[i] = (4 * h1 - h2) / 3;
        }
        Buffer back = blocks.blank(3 * n);
        blocks.device().run(new Attention(Code.GRAD, in, out, SCALE, xs, null, gs, null, back));
        assertClose("gradient" + what, grad, blocks.read(back), tolerance);
        blocks.device().run(new Attention(Code.CURVATURE, in, out, SCALE, xs, ds, gs, null, back));
        assertClose("curvature" + what, curvature, blocks.read(back), 2 * tolerance + 1e-10);
    }

    private static double slope(Heads in, Heads out, double[] x, double[] d, double[] g, int i, double h) {
        double[] up = x.clone();
        double[] down = x.clone();
        up[i] += h;
        down[i] -= h;
        return (dot(g, definition(in, out, up, d)[1]) - dot(g, definition(in, out, down, d)[1])) / (2 * h);
    }

    /** As {@link #attention} for more tokens and channels, for which derivatives by one number after the other take too long. */
    static void wide(Blocks blocks, int layout, int b, int h, int t, int c) {
        Heads in = in(layout, b, h, t, c);
        Heads out = out(layout, b, h, t, c);
        int n = b * h * t * c;
        double[] x = Blocks.random(4, 3 * n, -1, 1);
        double[] d = Blocks.random(5, 3 * n, -1, 1);
        double[] g = Blocks.random(6, n, -1, 1);
        double[][] expected = definition(in, out, x, d);
        String what = " in layout " + layout + " of (" + b + ", " + h + ", " + t + ", " + c + ")";
        Buffer xs = blocks.of(x);
        Buffer ds = blocks.of(d);
        Buffer gs = blocks.of(g);
        Buffer one = blocks.blank(n);
        Buffer three = blocks.blank(3 * n);
        blocks.device().run(new Attention(Code.FORWARD, in, out, SCALE, xs, null, null, null, one));
        assertNear(blocks, "value" + what, expected[0], one, 0);
        Buffer tangent = blocks.blank(n);
        blocks.device().run(new Attention(Code.TANGENT, in, out, SCALE, xs, ds, null, one, tangent));
        assertNear(blocks, "tangent" + what, expected[1], tangent, 0);
        assertNear(blocks, "value beside the tangent" + what, expected[0], one, 0);
        blocks.device().run(new Attention(Code.GRAD, in, out, SCALE, xs, null, gs, null, three));
        assertNear(blocks, "gradient" + what, gradient(in, out, x, g), three, 0);
        blocks.device().run(new Attention(Code.CURVATURE, in, out, SCALE, xs, ds, gs, null, three));
        assertNear(blocks, "curvature" + what, change(in, out, x, d, g), three, 1e-10);
    }

    /** Errors grow with the sums that numbers are made of; the greatest number shows how great these are. */
    private static void assertNear(Blocks blocks, String what, double[] expected, Buffer actual, double error) {
        double most = Arrays.stream(expected).map(Math::abs).max().orElse(0);
        assertClose(what, expected, blocks.read(actual), (60 * blocks.epsilon() + error) * Math.max(1, most));
    }

    /** The gradient by x of g . O, head by head. */
    private static double[] gradient(Heads in, Heads out, double[] x, double[] g) {
        double[] result = new double[x.length];
        for (int head = 0; head < in.batch() * in.heads(); head++) {
            for (int i = 0; i < in.tokens(); i++) {
                addGradient(in, out, x, g, head, i, result);
            }
        }
        return result;
    }

    /** What one query adds. */
    private static void addGradient(Heads in, Heads out, double[] x, double[] g, int head, int i, double[] to) {
        int t = in.tokens();
        double[] p = new double[t];
        double[] pull = new double[t];
        double sum = 0;
        for (int j = 0; j < t; j++) {
            double s = 0;
            for (int k = 0; k < in.channels(); k++) {
                s += SCALE * x[place(in, head, 0, i, k)] * x[place(in, head, 1, j, k)];
                pull[j] += g[place(out, head, 0, i, k)] * x[place(in, head, 2, j, k)];
            }
            p[j] = Math.exp(s);
            sum += p[j];
        }
        double mean = 0;
        for (int j = 0; j < t; j++) {
            p[j] /= sum;
            mean += p[j] * pull[j];
        }
        for (int j = 0; j < t; j++) {
            double ds = SCALE * p[j] * (pull[j] - mean);
            for (int k = 0; k < in.channels(); k++) {
                int q = place(in, head, 0, i, k);
                int key = place(in, head, 1, j, k);
                to[q] += ds * x[key];
                to[key] += ds * x[q];
                to[place(in, head, 2, j, k)] += p[j] * g[place(out, head, 0, i, k)];
            }
        }
    }

    /** The gradient's derivative along d: a fourth-order difference. */
    private static double[] change(Heads in, Heads out, double[] x, double[] d, double[] g) {
        double h = 3e-4;
        double[] change = new double[x.length];
        for (int step : new int[] {-2, -1, 1, 2}) {
            double[] moved = new double[x.length];
            for (int i = 0; i < x.length; i++) {
                moved[i] = x[i] + step * h * d[i];
            }
            double[] gradient = gradient(in, out, moved, g);
            double weight = (Math.abs(step) == 1 ? 8 : -1) * Math.signum(step) / (12 * h);
            for (int i = 0; i < x.length; i++) {
                change[i] += weight * gradient[i];
            }
        }
        return change;
    }

    /** Scores of thousands: each query must find its own key, without overflow. */
    private static void longRow(Blocks blocks) {
        int t = 600;
        Heads in = in(2, 1, 1, t, 2);
        Heads out = out(2, 1, 1, t, 2);
        double[] x = new double[6 * t];
        for (int i = 0; i < t; i++) {
            double angle = 2 * Math.PI * i / t;
            x[6 * i] = blocks.rounded(2000 * Math.cos(angle));
            x[6 * i + 1] = blocks.rounded(2000 * Math.sin(angle));
            x[6 * i + 2] = blocks.rounded(2000 * Math.cos(angle));
            x[6 * i + 3] = blocks.rounded(2000 * Math.sin(angle));
            x[6 * i + 4] = i;
            x[6 * i + 5] = -i;
        }
        Buffer value = blocks.blank(2 * t);
        blocks.device().run(new Attention(Code.FORWARD, in, out, 1, blocks.of(x), null, null, null, value));
        double[] got = blocks.read(value);
        for (int i = 0; i < t; i++) {
            assertClose("value of key " + i, i, got[2 * i], 1e-3);
            assertClose("value of key " + i, -i, got[2 * i + 1], 1e-3);
        }
    }

    private static void headsAlone(Blocks blocks) {
        int n = 45 * 6;
        double[] x = Blocks.random(1, 3 * 3 * n, -2, 2);
        double[] d = Blocks.random(2, 3 * 3 * n, -1, 1);
        double[] g = Blocks.random(3, 3 * n, -1, 1);
        for (Code code : Code.values()) {
            double[] all = run(blocks, code, 3, x, d, g);
            double[] last = run(
                    blocks,
                    code,
                    1,
                    Arrays.copyOfRange(x, 6 * n, 9 * n),
                    Arrays.copyOfRange(d, 6 * n, 9 * n),
                    Arrays.copyOfRange(g, 2 * n, 3 * n));
            assertSameBits(code + " alone", last, Arrays.copyOfRange(all, all.length - last.length, all.length));
        }
    }

    private static double[] run(Blocks blocks, Code code, int batch, double[] x, double[] d, double[] g) {
        boolean pulled = code == Code.GRAD || code == Code.CURVATURE;
        boolean directed = code == Code.TANGENT || code == Code.CURVATURE;
        Heads in = in(2, batch, 1, 45, 6);
        Heads out = out(2, batch, 1, 45, 6);
        Buffer result = blocks.blank(pulled ? x.length : g.length);
        Buffer ds = directed ? blocks.of(d) : null;
        Buffer gs = pulled ? blocks.of(g) : null;
        blocks.device().run(new Attention(code, in, out, SCALE, blocks.of(x), ds, gs, null, result));
        return blocks.read(result);
    }
}
