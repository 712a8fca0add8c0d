package org.fewstep.kernels.cpu;

import java.util.Arrays;
import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.VectorSpecies;
import org.fewstep.kernels.Norm;
import org.fewstep.kernels.cpu.VectorGroupF32.Pass;

/**
 * F32 normalisations on vectors, with the reference's bits. In a group a holds the means, b the factors 1 / sqrt(variance
 * + eps), c and d what the derivative takes off: the means of g, and of z g times the factor.
 */
final class VectorNormF32 {
    private static final VectorSpecies<Float> S = VectorLanesF32.SPECIES;
    private static final int L = VectorLanesF32.L;

    /** Numbers a part, roughly. */
    private static final int PART = 4096;

    private static final Pass[] LAYER = {VectorNormF32::means, VectorNormF32::factors, VectorNormF32::normalise};
    private static final Pass[] RMS = {VectorNormF32::noMeans, VectorNormF32::factors, VectorNormF32::normalise};
    private static final Pass[] LAYER_ALONG = {
        VectorNormF32::means,
        VectorNormF32::factors,
        VectorNormF32::meansG,
        VectorNormF32::products,
        VectorNormF32::along
    };
    private static final Pass[] RMS_ALONG = {
        VectorNormF32::noMeans,
        VectorNormF32::factors,
        VectorNormF32::noMeansG,
        VectorNormF32::products,
        VectorNormF32::along
    };
    private static final Pass[] LAYER_RSTD = {VectorNormF32::means, VectorNormF32::factors};
    private static final Pass[] RMS_RSTD = {VectorNormF32::noMeans, VectorNormF32::factors};

    private VectorNormF32() {}

    static Prepared prepare(Norm w, Threads threads) {
        Pass[] passes = switch (w.code()) {
            case LAYER -> LAYER;
            case RMS -> RMS;
            case LAYER_ALONG -> LAYER_ALONG;
            case RMS_ALONG -> RMS_ALONG;
            case LAYER_RSTD -> LAYER_RSTD;
            case RMS_RSTD -> RMS_RSTD;
        };
        int n = w.n();
        float[] x = CpuBuffer.f32(w.x());
        float[] y = CpuBuffer.f32(w.out());
        float[] g = w.g() == null ? x : CpuBuffer.f32(w.g());
        int group = Math.max(1, PART / n);
        return Prepared.of(threads, (w.rows() + group - 1) / group, (long) w.rows() * n / 3, part -> {
            int first = part * group;
            int count = Math.min(group, w.rows() - first);
            VectorGroupF32 rows = VectorGroupF32.of(x, g, y, first * n, count, n, false);
            rows.eps = (float) w.eps();
            rows.run(passes);
            if (w.code().rstd()) {
                System.arraycopy(rows.b, 0, y, first, count);
            }
            rows.release();
        });
    }

    static void means(VectorGroupF32 rows) {
        VectorSumsF32.rows(rows.x, rows.at, rows.count, rows.n, rows.a);
        divide(rows.a, rows.count, rows.n);
    }

    static void noMeans(VectorGroupF32 rows) {
        Arrays.fill(rows.a, 0, rows.count, 0f);
    }

    static void factors(VectorGroupF32 rows) {
        VectorSumsF32.squares(rows.x, rows.at, rows.a, rows.count, rows.n, rows.b);
        for (int r = 0; r < rows.count; r++) {
            rows.b[r] = 1f / (float) Math.sqrt(rows.b[r] / rows.n + rows.eps);
        }
    }

    /** y = (x - mean) factor. */
    private static void normalise(VectorGroupF32 rows) {
        float[] x = rows.x;
        float[] y = rows.y;
        int n = rows.n;
        int whole = n / L * L;
        for (int r = 0; r < rows.count; r++) {
            int from = rows.at + r * n;
            float mean = rows.a[r];
            float factor = rows.b[r];
            for (int i = from; i < from + whole; i += L) {
                FloatVector.fromArray(S, x, i).sub(mean).mul(factor).intoArray(y, i);
            }
            for (int i = from + whole; i < from + n; i++) {
                y[i] = (x[i] - mean) * factor;
            }
        }
    }

    static void meansG(VectorGroupF32 rows) {
        VectorSumsF32.rows(rows.g, rows.gAt, rows.count, rows.n, rows.c);
        divide(rows.c, rows.count, rows.n);
    }

    static void noMeansG(VectorGroupF32 rows) {
        Arrays.fill(rows.c, 0, rows.count, 0f);
    }

    static void products(VectorGroupF32 rows) {
        VectorSumsF32.products(rows.x, rows.at, rows.a, rows.g, rows.gAt, rows.count, rows.n, rows.d);
        for (int r = 0; r < rows.count; r++) {
            rows.d[r] = rows.d[r] / rows.n * rows.b[r];
        }
    }

    /** y = factor (g - mean(g) - z mean(z g)), z = (x - mean) factor. */
    static void along(VectorGroupF32 rows) {
        float[] x = rows.x;
        float[] g = rows.g;
        float[] y = rows.y;
        int n = rows.n;
        int whole = n / L * L;
        int toG = rows.gAt - rows.at;
        for (int r = 0; r < rows.count; r++) {
            int from = rows.at + r * n;
            float mean = rows.a[r];
            float factor = rows.b[r];
            float meanG = rows.c[r];
            float meanZG = rows.d[r];
            for (int i = from; i < from + whole; i += L) {
                FloatVector z = FloatVector.fromArray(S, x, i).sub(mean).mul(factor);
                FloatVector d = FloatVector.fromArray(S, g, toG + i).sub(meanG).sub(z.mul(meanZG));
                d.mul(factor).intoArray(y, i);
            }
            for (int i = from + whole; i < from + n; i++) {
                float z = (x[i] - mean) * factor;
                y[i] = factor * (g[toG + i] - meanG - z * meanZG);
            }
        }
    }

    private static void divide(float[] sums, int count, int n) {
        for (int r = 0; r < count; r++) {
            sums[r] /= n;
        }
    }
}
