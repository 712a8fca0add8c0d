// twin: F32
package org.fewstep.kernels.cpu;

import java.util.function.IntConsumer;
import org.fewstep.kernels.Slot;
import org.fewstep.kernels.Update;

/** Reference of the passes over all parameters. */
@SuppressWarnings("cast") // the casts narrow in the twin
final class UpdateF64 {
    /** Numbers a part; a multiple of the summation block. */
    private static final int PART = 16 * SumF64.BLOCK;

    private UpdateF64() {}

    static Prepared prepare(Update w, Threads threads) {
        return switch (w.code()) {
            case ADAM -> adam(w, threads);
            case EMA -> ema(w, threads);
            case GRAD_NORM -> gradNorm(w, threads);
        };
    }

    private static double value(Slot slot) {
        return CpuBuffer.f64(slot.buffer())[slot.index()];
    }

    private static Prepared adam(Update w, Threads threads) {
        double beta1 = (double) w.attribute(0);
        double rest1 = (double) (1 - w.attribute(0));
        double beta2 = (double) w.attribute(1);
        double rest2 = (double) (1 - w.attribute(1));
        double eps = (double) w.attribute(2);
        Chunks chunks = new Chunks(w.g(), PART);
        return Prepared.of(threads, chunks.count(), 2 * chunks.elements(), part -> {
            int i = chunks.list(part);
            int lo = chunks.from(part);
            int hi = chunks.to(part);
            double[] p = CpuBuffer.f64(w.p().get(i));
            double[] g = CpuBuffer.f64(w.g().get(i));
            double[] m = CpuBuffer.f64(w.m().get(i));
            double[] v = CpuBuffer.f64(w.v().get(i));
            double decay = value(w.slot(0));
            double rate = value(w.slot(1));
            double root = value(w.slot(2));
            moments(m, v, g, CpuBuffer.f64(w.clip())[1], beta1, rest1, beta2, rest2, lo, hi);
            if (value(w.slot(3)) != 0) {
                adaptiveStep(p, m, v, decay, rate, root, eps, lo, hi);
            } else {
                plainStep(p, m, decay, rate, lo, hi);
            }
        });
    }

    private static void moments(
            double[] m,
            double[] v,
            double[] g,
            double clip,
            double beta1,
            double rest1,
            double beta2,
            double rest2,
            int lo,
            int hi) {
        for (int i = lo; i < hi; i++) {
            double gi = clip * g[i];
            m[i] = beta1 * m[i] + rest1 * gi;
            v[i] = beta2 * v[i] + rest2 * gi * gi;
        }
    }

    private static void adaptiveStep(
            double[] p, double[] m, double[] v, double decay, double rate, double root, double eps, int lo, int hi) {
        for (int i = lo; i < hi; i++) {
            p[i] = decay * p[i] - rate * m[i] / ((double) Math.sqrt(v[i]) * root + eps);
        }
    }

    private static void plainStep(double[] p, double[] m, double decay, double rate, int lo, int hi) {
        for (int i = lo; i < hi; i++) {
            p[i] = decay * p[i] - rate * m[i];
        }
    }

    private static Prepared ema(Update w, Threads threads) {
        Chunks chunks = new Chunks(w.g(), PART);
        return Prepared.of(threads, chunks.count(), chunks.elements() / 2, part -> {
            double[] p = CpuBuffer.f64(w.p().get(chunks.list(part)));
            double[] g = CpuBuffer.f64(w.g().get(chunks.list(part)));
            double decay = value(w.slot(0));
            average(p, g, decay, 1 - decay, chunks.from(part), chunks.to(part));
        });
    }

    private static void average(double[] p, double[] g, double decay, double rest, int lo, int hi) {
        for (int i = lo; i < hi; i++) {
            p[i] = decay * p[i] + rest * g[i];
        }
    }

    private static Prepared gradNorm(Update w, Threads threads) {
        Chunks chunks = new Chunks(w.g(), SumF64.BLOCK);
        int group = PART / SumF64.BLOCK;
        double[][] room = new double[1][0];
        IntConsumer body = part -> {
            double[] sums = room[0];
            double[] terms = Scratch.mine().f64(0, SumF64.BLOCK);
            for (int c = part * group; c < Math.min(chunks.count(), (part + 1) * group); c++) {
                double[] g = CpuBuffer.f64(w.g().get(chunks.list(c)));
                int from = chunks.from(c);
                int count = chunks.to(c) - from;
                for (int i = 0; i < count; i++) {
                    terms[i] = g[from + i] * g[from + i];
                }
                sums[c] = SumF64.block(terms, 0, count);
            }
        };
        return () -> {
            double[] sums = Scratch.mine().f64(Scratch.CALLER, Math.max(1, chunks.count()));
            sums[0] = 0;
            room[0] = sums;
            threads.run((chunks.count() + group - 1) / group, chunks.elements() / 2, body);
            double norm = (double) Math.sqrt(SumF64.pairwise(sums, chunks.count()));
            double[] out = CpuBuffer.f64(w.clip());
            out[0] = norm;
            out[1] = Math.min(1.0, value(w.slot(0)) / (norm + 1e-6));
            out[2] = Double.isFinite(norm) ? 0.0 : 1.0;
        };
    }
}
