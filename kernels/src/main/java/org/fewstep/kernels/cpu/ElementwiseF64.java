// twin: F32
package org.fewstep.kernels.cpu;

import org.fewstep.kernels.Elementwise;

/**
 * Reference of the elementwise family.
 *
 * <p>Where all operands are walked in order, one loop runs over the arrays themselves. Otherwise chunks of points are
 * copied to scratch by layout, computed there by the same loops, and copied back. Transcendental functions are
 * {@link StrictMath}'s, whose bits do not depend on JIT compilation or JVM.
 */
@SuppressWarnings("cast") // the casts narrow in the twin
final class ElementwiseF64 {
    /** Points a part. */
    static final int PART = 4096;

    /** Points a chunk of scratch. */
    static final int CHUNK = 512;

    private ElementwiseF64() {}

    static Prepared prepare(Elementwise w, Threads threads) {
        return prepare(w, threads, nanosEach(w.code()), ElementwiseF64::apply);
    }

    /** With the given loops, which cost about {@code nanosEach} a point. */
    static Prepared prepare(Elementwise w, Threads threads, double nanosEach, PointsF64 loops) {
        int points = w.points();
        int parts = (points + PART - 1) / PART;
        double[] y = CpuBuffer.f64(w.out().buffer());
        double[] a = w.operands() > 0 ? CpuBuffer.f64(w.in(0).buffer()) : y;
        double[] b = w.operands() > 1 ? CpuBuffer.f64(w.in(1).buffer()) : y;
        double[] c = w.operands() > 2 ? CpuBuffer.f64(w.in(2).buffer()) : y;
        double p = (double) w.a();
        double q = (double) w.b();
        if (w.flat()) {
            return Prepared.of(threads, parts, (long) (points * nanosEach), part -> {
                int lo = part * PART;
                loops.apply(w.code(), p, q, y, a, b, c, lo, Math.min(points, lo + PART));
            });
        }
        return Prepared.of(threads, parts, (long) (points * (nanosEach + 0.5 * w.operands())), part -> {
            int lo = part * PART;
            strided(w, loops, p, q, y, a, b, c, lo, Math.min(points, lo + PART));
        });
    }

    private static void strided(
            Elementwise w,
            PointsF64 loops,
            double p,
            double q,
            double[] y,
            double[] a,
            double[] b,
            double[] c,
            int lo,
            int hi) {
        Scratch scratch = Scratch.mine();
        double[] ys = scratch.f64(0, CHUNK);
        double[] as = scratch.f64(1, CHUNK);
        double[] bs = scratch.f64(2, CHUNK);
        double[] cs = scratch.f64(3, CHUNK);
        for (int from = lo; from < hi; from += CHUNK) {
            int to = Math.min(hi, from + CHUNK);
            if (w.operands() > 0) {
                StridedF64.load(a, w.in(0), w.shape(), from, to, as);
            }
            if (w.operands() > 1) {
                StridedF64.load(b, w.in(1), w.shape(), from, to, bs);
            }
            if (w.operands() > 2) {
                StridedF64.load(c, w.in(2), w.shape(), from, to, cs);
            }
            if (w.code() == Elementwise.Code.COPY) {
                StridedF64.store(as, w.out(), w.shape(), from, to, y);
            } else {
                loops.apply(w.code(), p, q, ys, as, bs, cs, 0, to - from);
                StridedF64.store(ys, w.out(), w.shape(), from, to, y);
            }
        }
    }

    /** Rough cost of a point on one thread. */
    static double nanosEach(Elementwise.Code code) {
        return switch (code) {
            case EXP,
                    LOG,
                    POW,
                    POWER,
                    SIN,
                    COS,
                    TANH,
                    SIGMOID,
                    SOFTPLUS,
                    SILU,
                    SILU_SLOPE,
                    SILU_CURVATURE,
                    SILU_ALONG -> 25;
            case ERF, GELU, GELU_CURVATURE, GELU_ALONG, GELU_TANH, GELU_TANH_CURVATURE, GELU_TANH_ALONG -> 60;
            case SQRT, RSQRT, DIV, RECIPROCAL -> 1;
            default -> 0.3;
        };
    }

    /** The loops of all codes; {@link PointsF64#apply}. */
    static void apply(
            Elementwise.Code code, double p, double q, double[] y, double[] a, double[] b, double[] c, int lo, int hi) {
        switch (code) {
            case COPY -> System.arraycopy(a, lo, y, lo, hi - lo);
            case FILL -> fill(p, y, lo, hi);
            case NEG -> neg(y, a, lo, hi);
            case AFFINE -> affine(p, q, y, a, lo, hi);
            case ABS -> abs(y, a, lo, hi);
            case SIGN -> sign(y, a, lo, hi);
            case EXP -> exp(y, a, lo, hi);
            case LOG -> log(y, a, lo, hi);
            case SQRT -> sqrt(y, a, lo, hi);
            case RSQRT -> rsqrt(y, a, lo, hi);
            case RECIPROCAL -> reciprocal(y, a, lo, hi);
            case SQUARE -> square(y, a, lo, hi);
            case POW -> pow(p, y, a, lo, hi);
            case SIN -> sin(y, a, lo, hi);
            case COS -> cos(y, a, lo, hi);
            case TANH -> tanh(y, a, lo, hi);
            case SIGMOID -> sigmoid(y, a, lo, hi);
            case SOFTPLUS -> softplus(y, a, lo, hi);
            case SILU -> silu(y, a, lo, hi);
            case SILU_SLOPE -> siluSlope(y, a, lo, hi);
            case SILU_CURVATURE -> siluCurvature(y, a, lo, hi);
            case ERF -> erf(y, a, lo, hi);
            case GELU -> gelu(y, a, lo, hi);
            case GELU_CURVATURE -> geluCurvature(y, a, lo, hi);
            case GELU_TANH -> geluTanh(y, a, lo, hi);
            case GELU_TANH_CURVATURE -> geluTanhCurvature(y, a, lo, hi);
            case RELU -> relu(y, a, lo, hi);
            case LEAKY_RELU -> leakyRelu(p, y, a, lo, hi);
            case STEP -> step(p, y, a, lo, hi);
            case CLAMP -> clamp(p, q, y, a, lo, hi);
            case INSIDE -> inside(p, q, y, a, lo, hi);
            case ADD -> add(y, a, b, lo, hi);
            case SUB -> sub(y, a, b, lo, hi);
            case MUL -> mul(y, a, b, lo, hi);
            case DIV -> div(y, a, b, lo, hi);
            case MAX -> max(y, a, b, lo, hi);
            case MIN -> min(y, a, b, lo, hi);
            case POWER -> power(y, a, b, lo, hi);
            case GREATER -> greater(y, a, b, lo, hi);
            case GREATER_EQUAL -> greaterEqual(y, a, b, lo, hi);
            case EQUAL -> equal(y, a, b, lo, hi);
            case SILU_ALONG -> siluAlong(y, a, b, lo, hi);
            case GELU_ALONG -> geluAlong(y, a, b, lo, hi);
            case GELU_TANH_ALONG -> geluTanhAlong(y, a, b, lo, hi);
            case WHERE -> where(y, a, b, c, lo, hi);
            case FMA -> fma(y, a, b, c, lo, hi);
        }
    }

    private static void fill(double p, double[] y, int lo, int hi) {
        for (int i = lo; i < hi; i++) {
            y[i] = p;
        }
    }

    private static void neg(double[] y, double[] a, int lo, int hi) {
        for (int i = lo; i < hi; i++) {
            y[i] = -a[i];
        }
    }

    private static void affine(double p, double q, double[] y, double[] a, int lo, int hi) {
        for (int i = lo; i < hi; i++) {
            y[i] = p * a[i] + q;
        }
    }

    private static void abs(double[] y, double[] a, int lo, int hi) {
        for (int i = lo; i < hi; i++) {
            y[i] = Math.abs(a[i]);
        }
    }

    private static void sign(double[] y, double[] a, int lo, int hi) {
        for (int i = lo; i < hi; i++) {
            y[i] = Math.signum(a[i]);
        }
    }

    private static void exp(double[] y, double[] a, int lo, int hi) {
        for (int i = lo; i < hi; i++) {
            y[i] = (double) StrictMath.exp(a[i]);
        }
    }

    private static void log(double[] y, double[] a, int lo, int hi) {
        for (int i = lo; i < hi; i++) {
            y[i] = (double) StrictMath.log(a[i]);
        }
    }

    private static void sqrt(double[] y, double[] a, int lo, int hi) {
        for (int i = lo; i < hi; i++) {
            y[i] = (double) Math.sqrt(a[i]);
        }
    }

    private static void rsqrt(double[] y, double[] a, int lo, int hi) {
        for (int i = lo; i < hi; i++) {
            y[i] = 1.0 / (double) Math.sqrt(a[i]);
        }
    }

    private static void reciprocal(double[] y, double[] a, int lo, int hi) {
        for (int i = lo; i < hi; i++) {
            y[i] = 1.0 / a[i];
        }
    }

    private static void square(double[] y, double[] a, int lo, int hi) {
        for (int i = lo; i < hi; i++) {
            y[i] = a[i] * a[i];
        }
    }

    private static void pow(double p, double[] y, double[] a, int lo, int hi) {
        for (int i = lo; i < hi; i++) {
            y[i] = (double) StrictMath.pow(a[i], p);
        }
    }

    private static void sin(double[] y, double[] a, int lo, int hi) {
        for (int i = lo; i < hi; i++) {
            y[i] = (double) StrictMath.sin(a[i]);
        }
    }

    private static void cos(double[] y, double[] a, int lo, int hi) {
        for (int i = lo; i < hi; i++) {
            y[i] = (double) StrictMath.cos(a[i]);
        }
    }

    private static void tanh(double[] y, double[] a, int lo, int hi) {
        for (int i = lo; i < hi; i++) {
            y[i] = (double) StrictMath.tanh(a[i]);
        }
    }

    private static void sigmoid(double[] y, double[] a, int lo, int hi) {
        for (int i = lo; i < hi; i++) {
            y[i] = sigmoid(a[i]);
        }
    }

    private static void softplus(double[] y, double[] a, int lo, int hi) {
        for (int i = lo; i < hi; i++) {
            y[i] = Math.max(a[i], 0.0) + (double) StrictMath.log1p((double) StrictMath.exp(-Math.abs(a[i])));
        }
    }

    private static void silu(double[] y, double[] a, int lo, int hi) {
        for (int i = lo; i < hi; i++) {
            double s = sigmoid(a[i]);
            // s is 0 far on the left, where x may be infinite.
            y[i] = s == 0.0 ? -0.0 : a[i] * s;
        }
    }

    private static void siluSlope(double[] y, double[] a, int lo, int hi) {
        for (int i = lo; i < hi; i++) {
            y[i] = siluSlope(a[i]);
        }
    }

    private static void siluCurvature(double[] y, double[] a, int lo, int hi) {
        for (int i = lo; i < hi; i++) {
            double x = a[i];
            double e = (double) StrictMath.exp(-Math.abs(x));
            double d = 1.0 / (1.0 + e);
            // s (1 - s) = e d^2 and 1 - 2 s = -sign(x) (1 - e) d, without cancellation; both ends go to 0.
            y[i] = e == 0.0 ? 0.0 : e * d * d * (2.0 - Math.abs(x) * (1.0 - e) * d);
        }
    }

    private static void erf(double[] y, double[] a, int lo, int hi) {
        for (int i = lo; i < hi; i++) {
            y[i] = (double) Erf.erf(a[i]);
        }
    }

    private static void gelu(double[] y, double[] a, int lo, int hi) {
        for (int i = lo; i < hi; i++) {
            y[i] = (double) Gelu.exact(a[i]);
        }
    }

    private static void geluCurvature(double[] y, double[] a, int lo, int hi) {
        for (int i = lo; i < hi; i++) {
            y[i] = (double) Gelu.curvature(a[i]);
        }
    }

    private static void geluTanh(double[] y, double[] a, int lo, int hi) {
        for (int i = lo; i < hi; i++) {
            y[i] = (double) Gelu.tanhForm(a[i]);
        }
    }

    private static void geluTanhCurvature(double[] y, double[] a, int lo, int hi) {
        for (int i = lo; i < hi; i++) {
            y[i] = (double) Gelu.tanhCurvature(a[i]);
        }
    }

    private static void relu(double[] y, double[] a, int lo, int hi) {
        for (int i = lo; i < hi; i++) {
            y[i] = Math.max(a[i], 0.0);
        }
    }

    private static void leakyRelu(double p, double[] y, double[] a, int lo, int hi) {
        for (int i = lo; i < hi; i++) {
            y[i] = a[i] > 0.0 ? a[i] : p * a[i];
        }
    }

    private static void step(double p, double[] y, double[] a, int lo, int hi) {
        for (int i = lo; i < hi; i++) {
            y[i] = a[i] > 0.0 ? 1.0 : p;
        }
    }

    private static void clamp(double p, double q, double[] y, double[] a, int lo, int hi) {
        for (int i = lo; i < hi; i++) {
            y[i] = Math.min(Math.max(a[i], p), q);
        }
    }

    private static void inside(double p, double q, double[] y, double[] a, int lo, int hi) {
        for (int i = lo; i < hi; i++) {
            y[i] = p <= a[i] && a[i] <= q ? 1.0 : 0.0;
        }
    }

    private static void add(double[] y, double[] a, double[] b, int lo, int hi) {
        for (int i = lo; i < hi; i++) {
            y[i] = a[i] + b[i];
        }
    }

    private static void sub(double[] y, double[] a, double[] b, int lo, int hi) {
        for (int i = lo; i < hi; i++) {
            y[i] = a[i] - b[i];
        }
    }

    private static void mul(double[] y, double[] a, double[] b, int lo, int hi) {
        for (int i = lo; i < hi; i++) {
            y[i] = a[i] * b[i];
        }
    }

    private static void div(double[] y, double[] a, double[] b, int lo, int hi) {
        for (int i = lo; i < hi; i++) {
            y[i] = a[i] / b[i];
        }
    }

    private static void max(double[] y, double[] a, double[] b, int lo, int hi) {
        for (int i = lo; i < hi; i++) {
            y[i] = Math.max(a[i], b[i]);
        }
    }

    private static void min(double[] y, double[] a, double[] b, int lo, int hi) {
        for (int i = lo; i < hi; i++) {
            y[i] = Math.min(a[i], b[i]);
        }
    }

    private static void power(double[] y, double[] a, double[] b, int lo, int hi) {
        for (int i = lo; i < hi; i++) {
            y[i] = (double) StrictMath.pow(a[i], b[i]);
        }
    }

    private static void greater(double[] y, double[] a, double[] b, int lo, int hi) {
        for (int i = lo; i < hi; i++) {
            y[i] = a[i] > b[i] ? 1.0 : 0.0;
        }
    }

    private static void greaterEqual(double[] y, double[] a, double[] b, int lo, int hi) {
        for (int i = lo; i < hi; i++) {
            y[i] = a[i] >= b[i] ? 1.0 : 0.0;
        }
    }

    private static void equal(double[] y, double[] a, double[] b, int lo, int hi) {
        for (int i = lo; i < hi; i++) {
            y[i] = a[i] == b[i] ? 1.0 : 0.0;
        }
    }

    private static void siluAlong(double[] y, double[] a, double[] b, int lo, int hi) {
        for (int i = lo; i < hi; i++) {
            y[i] = a[i] * siluSlope(b[i]);
        }
    }

    private static void geluAlong(double[] y, double[] a, double[] b, int lo, int hi) {
        for (int i = lo; i < hi; i++) {
            y[i] = a[i] * (double) Gelu.slope(b[i]);
        }
    }

    private static void geluTanhAlong(double[] y, double[] a, double[] b, int lo, int hi) {
        for (int i = lo; i < hi; i++) {
            y[i] = a[i] * (double) Gelu.tanhSlope(b[i]);
        }
    }

    private static void where(double[] y, double[] a, double[] b, double[] c, int lo, int hi) {
        for (int i = lo; i < hi; i++) {
            y[i] = a[i] != 0.0 ? b[i] : c[i];
        }
    }

    private static void fma(double[] y, double[] a, double[] b, double[] c, int lo, int hi) {
        for (int i = lo; i < hi; i++) {
            y[i] = Math.fma(a[i], b[i], c[i]);
        }
    }

    private static double sigmoid(double x) {
        double e = (double) StrictMath.exp(-Math.abs(x));
        return x >= 0.0 ? 1.0 / (1.0 + e) : e / (1.0 + e);
    }

    private static double siluSlope(double x) {
        double e = (double) StrictMath.exp(-Math.abs(x));
        if (e == 0.0) {
            return x > 0.0 ? 1.0 : 0.0;
        }
        double d = 1.0 / (1.0 + e);
        double s = x >= 0.0 ? d : e * d;
        double rest = x >= 0.0 ? e * d : d;
        return s * (1.0 + x * rest);
    }
}
