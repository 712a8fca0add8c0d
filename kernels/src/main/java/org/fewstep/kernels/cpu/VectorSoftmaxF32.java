package org.fewstep.kernels.cpu;

import java.util.Arrays;
import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.VectorSpecies;
import org.fewstep.kernels.Softmax;
import org.fewstep.kernels.cpu.VectorGroupF32.Pass;

/**
 * F32 softmax on vectors; sums follow the tree of {@link SumF64}. In a group a holds the maxima, b the sums, t the
 * exponentials where these are not the result.
 */
final class VectorSoftmaxF32 {
    private static final VectorSpecies<Float> S = VectorLanesF32.SPECIES;
    private static final int L = VectorLanesF32.L;

    /** Numbers a part, roughly. */
    private static final int PART = 4096;

    /** Scratch slot: the last numbers of each row. */
    private static final int ENDS = 1;

    private static final Pass[] FORWARD = {
        VectorSoftmaxF32::maxima,
        rows -> exp(rows, rows.y, rows.at),
        rows -> expOfEnds(rows, rows.y, rows.at),
        rows -> VectorSumsF32.rows(rows.y, rows.at, rows.count, rows.n, rows.b),
        VectorSoftmaxF32::scale
    };
    private static final Pass[] LOG = {
        VectorSoftmaxF32::maxima,
        rows -> exp(rows, rows.t, 0),
        rows -> expOfEnds(rows, rows.t, 0),
        rows -> VectorSumsF32.rows(rows.t, 0, rows.count, rows.n, rows.b),
        VectorSoftmaxF32::subtract
    };
    private static final Pass[] ALONG = {VectorSoftmaxF32::dots, VectorSoftmaxF32::along};

    private VectorSoftmaxF32() {}

    static Prepared prepare(Softmax w, Threads threads) {
        int n = w.n();
        if (n == 0) {
            return Prepared.NOTHING;
        }
        Pass[] passes = switch (w.code()) {
            case FORWARD -> FORWARD;
            case LOG -> LOG;
            case ALONG -> ALONG;
        };
        float[] x = CpuBuffer.f32(w.x());
        float[] y = CpuBuffer.f32(w.out());
        float[] g = w.g() == null ? x : CpuBuffer.f32(w.g());
        int group = Math.max(1, PART / n);
        return Prepared.of(threads, (w.rows() + group - 1) / group, (long) w.rows() * n / 2, part -> {
            int first = part * group;
            int count = Math.min(group, w.rows() - first);
            VectorGroupF32.of(x, g, y, first * n, count, n, w.code() == Softmax.Code.LOG)
                    .run(passes)
                    .release();
        });
    }

    /** The (rows, n) at the start of x become their softmax. */
    static void inPlace(float[] x, int rows, int n) {
        int group = Math.max(1, PART / n);
        for (int first = 0; first < rows; first += group) {
            int count = Math.min(group, rows - first);
            VectorGroupF32.of(x, x, x, first * n, count, n, false).run(FORWARD).release();
        }
    }

    private static void maxima(VectorGroupF32 rows) {
        VectorReduceF32.maxima(rows.x, rows.at, rows.count, rows.n, rows.a);
    }

    /** {@code to = e^(x - max)}, as far as there are whole vectors. */
    private static void exp(VectorGroupF32 rows, float[] to, int toAt) {
        exp(rows.x, rows.at, rows.a, rows.count, rows.n / L * L, rows.n, to, toAt);
    }

    /** The rest of each row, by way of a vector of its own. */
    private static void expOfEnds(VectorGroupF32 rows, float[] to, int toAt) {
        int n = rows.n;
        int whole = n / L * L;
        if (whole == n) {
            return;
        }
        float[] ends = Scratch.mine().f32(ENDS, rows.count * L);
        for (int r = 0; r < rows.count; r++) {
            System.arraycopy(rows.x, rows.at + r * n + whole, ends, r * L, n - whole);
            Arrays.fill(ends, r * L + n - whole, (r + 1) * L, 0f);
        }
        exp(ends, 0, rows.a, rows.count, L, L, ends, 0);
        for (int r = 0; r < rows.count; r++) {
            System.arraycopy(ends, r * L, to, toAt + r * n + whole, n - whole);
        }
    }

    private static void exp(float[] x, int at, float[] maxima, int count, int whole, int step, float[] to, int toAt) {
        for (int r = 0; r < count; r++) {
            float max = maxima[r];
            int from = r * step;
            for (int i = from; i < from + whole; i += L) {
                VectorMathF32.exp(FloatVector.fromArray(S, x, at + i).sub(max)).intoArray(to, toAt + i);
            }
        }
    }

    private static void scale(VectorGroupF32 rows) {
        float[] y = rows.y;
        int n = rows.n;
        int whole = n / L * L;
        for (int r = 0; r < rows.count; r++) {
            int from = rows.at + r * n;
            float scale = 1f / rows.b[r];
            for (int i = from; i < from + whole; i += L) {
                FloatVector.fromArray(S, y, i).mul(scale).intoArray(y, i);
            }
            for (int i = from + whole; i < from + n; i++) {
                y[i] *= scale;
            }
        }
    }

    /** y = x - max - ln(sum). */
    private static void subtract(VectorGroupF32 rows) {
        float[] x = rows.x;
        float[] y = rows.y;
        int n = rows.n;
        int whole = n / L * L;
        for (int r = 0; r < rows.count; r++) {
            int from = rows.at + r * n;
            float max = rows.a[r];
            float log = (float) StrictMath.log(rows.b[r]);
            for (int i = from; i < from + whole; i += L) {
                FloatVector.fromArray(S, x, i).sub(max).sub(log).intoArray(y, i);
            }
            for (int i = from + whole; i < from + n; i++) {
                y[i] = x[i] - max - log;
            }
        }
    }

    /** b = sum of x g. */
    private static void dots(VectorGroupF32 rows) {
        VectorSumsF32.dots(rows.x, rows.at, rows.g, rows.at, rows.count, rows.n, rows.b);
    }

    /** y = x (g - b). */
    private static void along(VectorGroupF32 rows) {
        float[] x = rows.x;
        float[] g = rows.g;
        float[] y = rows.y;
        int n = rows.n;
        int whole = n / L * L;
        for (int r = 0; r < rows.count; r++) {
            int from = rows.at + r * n;
            float dot = rows.b[r];
            for (int i = from; i < from + whole; i += L) {
                FloatVector d = FloatVector.fromArray(S, g, i).sub(dot);
                FloatVector.fromArray(S, x, i).mul(d).intoArray(y, i);
            }
            for (int i = from + whole; i < from + n; i++) {
                y[i] = x[i] * (g[i] - dot);
            }
        }
    }
}
