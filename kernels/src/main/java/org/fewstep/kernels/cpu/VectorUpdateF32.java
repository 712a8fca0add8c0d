package org.fewstep.kernels.cpu;

import java.util.List;
import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.VectorSpecies;
import org.fewstep.kernels.Buffer;
import org.fewstep.kernels.Slot;
import org.fewstep.kernels.Update;

/** F32 passes over all parameters on vectors, each number read and written once, with the reference's bits. */
final class VectorUpdateF32 {
    private static final VectorSpecies<Float> S = VectorLanesF32.SPECIES;
    private static final int L = VectorLanesF32.L;
    private static final int BLOCK = SumF32.BLOCK;

    /** Numbers a part; whole blocks. */
    private static final int PART = 16 * BLOCK;

    /** Scratch slots: sums of the blocks, the caller's; sums of its blocks, a part's. */
    private static final int SUMS = Scratch.CALLER;

    private static final int RESULTS = 1;

    private VectorUpdateF32() {}

    static Prepared prepare(Update w, Threads threads) {
        return switch (w.code()) {
            case ADAM -> adam(w, threads);
            case EMA -> ema(w, threads);
            case GRAD_NORM -> gradNorm(w, threads);
        };
    }

    /** What is done with numbers lo (inclusive) to hi (exclusive) of buffer i. */
    @FunctionalInterface
    private interface Piece {
        void run(int i, int lo, int hi);
    }

    private static Prepared pieces(List<Buffer> buffers, Threads threads, double nanosEach, Piece piece) {
        Chunks chunks = new Chunks(buffers, PART);
        return Prepared.of(
                threads,
                chunks.count(),
                (long) (chunks.elements() * nanosEach),
                part -> piece.run(chunks.list(part), chunks.from(part), chunks.to(part)));
    }

    private static float value(Slot slot) {
        return CpuBuffer.f32(slot.buffer())[slot.index()];
    }

    private static Prepared adam(Update w, Threads threads) {
        float beta1 = (float) w.attribute(0);
        float rest1 = (float) (1 - w.attribute(0));
        float beta2 = (float) w.attribute(1);
        float rest2 = (float) (1 - w.attribute(1));
        float eps = (float) w.attribute(2);
        return pieces(w.g(), threads, 0.6, (i, lo, hi) -> {
            float[] p = CpuBuffer.f32(w.p().get(i));
            float[] g = CpuBuffer.f32(w.g().get(i));
            float[] m = CpuBuffer.f32(w.m().get(i));
            float[] v = CpuBuffer.f32(w.v().get(i));
            float decay = value(w.slot(0));
            float rate = value(w.slot(1));
            float clip = CpuBuffer.f32(w.clip())[1];
            if (value(w.slot(3)) != 0) {
                float root = value(w.slot(2));
                adaptive(p, g, m, v, clip, beta1, rest1, beta2, rest2, decay, rate, root, eps, lo, hi);
            } else {
                plain(p, g, m, v, clip, beta1, rest1, beta2, rest2, decay, rate, lo, hi);
            }
        });
    }

    private static void adaptive(
            float[] p,
            float[] g,
            float[] m,
            float[] v,
            float clip,
            float beta1,
            float rest1,
            float beta2,
            float rest2,
            float decay,
            float rate,
            float root,
            float eps,
            int lo,
            int hi) {
        int whole = lo + (hi - lo) / L * L;
        for (int i = lo; i < whole; i += L) {
            FloatVector gi = FloatVector.fromArray(S, g, i).mul(clip);
            FloatVector mi = FloatVector.fromArray(S, m, i).mul(beta1).add(gi.mul(rest1));
            FloatVector vi =
                    FloatVector.fromArray(S, v, i).mul(beta2).add(gi.mul(rest2).mul(gi));
            FloatVector step = mi.mul(rate).div(vi.sqrt().mul(root).add(eps));
            mi.intoArray(m, i);
            vi.intoArray(v, i);
            FloatVector.fromArray(S, p, i).mul(decay).sub(step).intoArray(p, i);
        }
        for (int i = whole; i < hi; i++) {
            float gi = clip * g[i];
            m[i] = beta1 * m[i] + rest1 * gi;
            v[i] = beta2 * v[i] + rest2 * gi * gi;
            p[i] = decay * p[i] - rate * m[i] / ((float) Math.sqrt(v[i]) * root + eps);
        }
    }

    private static void plain(
            float[] p,
            float[] g,
            float[] m,
            float[] v,
            float clip,
            float beta1,
            float rest1,
            float beta2,
            float rest2,
            float decay,
            float rate,
            int lo,
            int hi) {
        int whole = lo + (hi - lo) / L * L;
        for (int i = lo; i < whole; i += L) {
            FloatVector gi = FloatVector.fromArray(S, g, i).mul(clip);
            FloatVector mi = FloatVector.fromArray(S, m, i).mul(beta1).add(gi.mul(rest1));
            FloatVector vi =
                    FloatVector.fromArray(S, v, i).mul(beta2).add(gi.mul(rest2).mul(gi));
            mi.intoArray(m, i);
            vi.intoArray(v, i);
            FloatVector.fromArray(S, p, i).mul(decay).sub(mi.mul(rate)).intoArray(p, i);
        }
        for (int i = whole; i < hi; i++) {
            float gi = clip * g[i];
            m[i] = beta1 * m[i] + rest1 * gi;
            v[i] = beta2 * v[i] + rest2 * gi * gi;
            p[i] = decay * p[i] - rate * m[i];
        }
    }

    private static Prepared ema(Update w, Threads threads) {
        return pieces(w.g(), threads, 0.2, (i, lo, hi) -> {
            float decay = value(w.slot(0));
            average(CpuBuffer.f32(w.p().get(i)), CpuBuffer.f32(w.g().get(i)), decay, 1 - decay, lo, hi);
        });
    }

    private static void average(float[] p, float[] g, float decay, float rest, int lo, int hi) {
        int whole = lo + (hi - lo) / L * L;
        for (int i = lo; i < whole; i += L) {
            FloatVector gi = FloatVector.fromArray(S, g, i).mul(rest);
            FloatVector.fromArray(S, p, i).mul(decay).add(gi).intoArray(p, i);
        }
        for (int i = whole; i < hi; i++) {
            p[i] = decay * p[i] + rest * g[i];
        }
    }

    private static Prepared gradNorm(Update w, Threads threads) {
        List<Buffer> g = w.g();
        Chunks blocks = new Chunks(g, BLOCK);
        float[][] room = new float[1][0];
        Prepared squares = pieces(g, threads, 0.1, (i, lo, hi) -> {
            float[] sums = room[0];
            float[] x = CpuBuffer.f32(g.get(i));
            float[] results = Scratch.mine().f32(RESULTS, PART / BLOCK);
            int whole = (hi - lo) / BLOCK;
            int to = blocks.first(i) + lo / BLOCK;
            VectorSumsF32.squares(x, lo, whole, BLOCK, results);
            System.arraycopy(results, 0, sums, to, whole);
            int end = lo + whole * BLOCK;
            if (end < hi) {
                VectorSumsF32.squares(x, end, 1, hi - end, results);
                sums[to + whole] = results[0];
            }
        });
        return () -> {
            float[] sums = Scratch.mine().f32(SUMS, Math.max(1, blocks.count()));
            sums[0] = 0;
            room[0] = sums;
            squares.run();
            float norm = (float) Math.sqrt(SumF32.pairwise(sums, blocks.count()));
            float[] out = CpuBuffer.f32(w.clip());
            out[0] = norm;
            out[1] = Math.min(1f, value(w.slot(0)) / (norm + 1e-6f));
            out[2] = Float.isFinite(norm) ? 0f : 1f;
        };
    }
}
