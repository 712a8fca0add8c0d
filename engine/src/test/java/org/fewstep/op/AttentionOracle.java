package org.fewstep.op;

import java.util.Arrays;

/** Attention and its first and second derivatives in plain loops over (B, H, T, C) heads, for one layout of x. */
final class AttentionOracle {
    private final QkvLayout layout;
    private final int batch;
    private final int heads;
    private final int tokens;
    private final int channels;
    private final double scale;

    AttentionOracle(QkvLayout layout, int batch, int heads, int tokens, int channels, double scale) {
        this.layout = layout;
        this.batch = batch;
        this.heads = heads;
        this.tokens = tokens;
        this.channels = channels;
        this.scale = scale;
    }

    AttentionRun run() {
        return new AttentionRun(layout, layout == QkvLayout.CHANNELS ? 1 : heads, scale);
    }

    int[] in() {
        return switch (layout) {
            case TOKENS -> new int[] {batch, tokens, 3 * heads * channels};
            case CHANNELS -> new int[] {batch * heads, channels, 3, tokens};
            case HEADS -> new int[] {batch, heads, tokens, 3 * channels};
        };
    }

    int[] out() {
        return switch (layout) {
            case TOKENS -> new int[] {batch, tokens, heads * channels};
            case CHANNELS -> new int[] {batch * heads, channels, tokens};
            case HEADS -> new int[] {batch, heads, tokens, channels};
        };
    }

    /** Place of (head among all, part, token, channel) among {@code parts} parts. */
    private int place(int parts, int head, int part, int t, int c) {
        int b = head / heads;
        int h = head % heads;
        return switch (layout) {
            case TOKENS -> (((b * tokens + t) * parts + part) * heads + h) * channels + c;
            case CHANNELS -> ((head * channels + c) * parts + part) * tokens + t;
            case HEADS -> ((head * tokens + t) * parts + part) * channels + c;
        };
    }

    /** One part of one head as (T, C) rows. */
    private double[][] rows(double[] x, int parts, int head, int part) {
        double[][] m = new double[tokens][channels];
        for (int t = 0; t < tokens; t++) {
            for (int c = 0; c < channels; c++) {
                m[t][c] = x[place(parts, head, part, t, c)];
            }
        }
        return m;
    }

    private void put(double[][] m, double[] x, int parts, int head, int part) {
        for (int t = 0; t < tokens; t++) {
            for (int c = 0; c < channels; c++) {
                x[place(parts, head, part, t, c)] = m[t][c];
            }
        }
    }

    private static double[][] turned(double[][] a) {
        double[][] t = new double[a.length == 0 ? 0 : a[0].length][a.length];
        for (int i = 0; i < a.length; i++) {
            for (int j = 0; j < a[i].length; j++) {
                t[j][i] = a[i][j];
            }
        }
        return t;
    }

    /** factor (A B + C D). */
    private static double[][] sum(double factor, double[][] a, double[][] b, double[][] c, double[][] d) {
        double[][] y = new double[a.length][b[0].length];
        for (int i = 0; i < y.length; i++) {
            for (int j = 0; j < y[i].length; j++) {
                for (int k = 0; k < b.length; k++) {
                    y[i][j] += factor * a[i][k] * b[k][j];
                }
                for (int k = 0; k < d.length; k++) {
                    y[i][j] += factor * c[i][k] * d[k][j];
                }
            }
        }
        return y;
    }

    private static double[][] product(double factor, double[][] a, double[][] b) {
        return sum(factor, a, b, new double[a.length][0], new double[0][]);
    }

    private static double dot(double[] a, double[] b) {
        double sum = 0;
        for (int i = 0; i < a.length; i++) {
            sum += a[i] * b[i];
        }
        return sum;
    }

    /** Row by row a (b - m). */
    private static double[] centred(double[] a, double[] b, double m) {
        double[] y = new double[a.length];
        for (int i = 0; i < y.length; i++) {
            y[i] = a[i] * (b[i] - m);
        }
        return y;
    }

    private double[][] weights(double[] x, int head) {
        double[][] p = product(scale, rows(x, 3, head, 0), turned(rows(x, 3, head, 1)));
        for (double[] row : p) {
            double max = Arrays.stream(row).max().orElseThrow();
            double sum = 0;
            for (int j = 0; j < row.length; j++) {
                row[j] = Math.exp(row[j] - max);
                sum += row[j];
            }
            for (int j = 0; j < row.length; j++) {
                row[j] /= sum;
            }
        }
        return p;
    }

    private double[][] weightsAlong(double[] x, double[] d, int head, double[][] p) {
        double[][] s = sum(
                scale,
                rows(d, 3, head, 0),
                turned(rows(x, 3, head, 1)),
                rows(x, 3, head, 0),
                turned(rows(d, 3, head, 1)));
        double[][] along = new double[tokens][];
        for (int i = 0; i < tokens; i++) {
            along[i] = centred(p[i], s[i], dot(p[i], s[i]));
        }
        return along;
    }

    double[] value(double[] x) {
        double[] y = new double[x.length / 3];
        for (int head = 0; head < batch * heads; head++) {
            put(product(1, weights(x, head), rows(x, 3, head, 2)), y, 1, head, 0);
        }
        return y;
    }

    double[] tangent(double[] x, double[] d) {
        double[] y = new double[x.length / 3];
        for (int head = 0; head < batch * heads; head++) {
            double[][] p = weights(x, head);
            double[][] along = weightsAlong(x, d, head, p);
            put(sum(1, along, rows(x, 3, head, 2), p, rows(d, 3, head, 2)), y, 1, head, 0);
        }
        return y;
    }

    double[] grad(double[] x, double[] g) {
        double[] y = new double[x.length];
        for (int head = 0; head < batch * heads; head++) {
            double[][] p = weights(x, head);
            double[][] ct = rows(g, 1, head, 0);
            double[][] r = product(1, ct, turned(rows(x, 3, head, 2)));
            for (int i = 0; i < tokens; i++) {
                r[i] = centred(p[i], r[i], dot(p[i], r[i]));
            }
            put(product(scale, r, rows(x, 3, head, 1)), y, 3, head, 0);
            put(product(scale, turned(r), rows(x, 3, head, 0)), y, 3, head, 1);
            put(product(1, turned(p), ct), y, 3, head, 2);
        }
        return y;
    }

    /** The derivative of {@link #grad} along d by the product rule. */
    double[] curvature(double[] x, double[] d, double[] g) {
        double[] y = new double[x.length];
        for (int head = 0; head < batch * heads; head++) {
            double[][] p = weights(x, head);
            double[][] along = weightsAlong(x, d, head, p);
            double[][] ct = rows(g, 1, head, 0);
            double[][] w = product(1, ct, turned(rows(x, 3, head, 2)));
            double[][] wd = product(1, ct, turned(rows(d, 3, head, 2)));
            double[][] r = new double[tokens][];
            double[][] rd = new double[tokens][tokens];
            for (int i = 0; i < tokens; i++) {
                double mean = dot(p[i], w[i]);
                double shift = dot(along[i], w[i]) + dot(p[i], wd[i]);
                r[i] = centred(p[i], w[i], mean);
                for (int j = 0; j < tokens; j++) {
                    rd[i][j] = along[i][j] * (w[i][j] - mean) + p[i][j] * (wd[i][j] - shift);
                }
            }
            put(sum(scale, rd, rows(x, 3, head, 1), r, rows(d, 3, head, 1)), y, 3, head, 0);
            put(sum(scale, turned(rd), rows(x, 3, head, 0), turned(r), rows(d, 3, head, 0)), y, 3, head, 1);
            put(product(1, turned(along), ct), y, 3, head, 2);
        }
        return y;
    }
}
