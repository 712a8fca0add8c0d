package org.fewstep.model;

import org.fewstep.op.Ops;
import org.fewstep.tensor.Noise;
import org.fewstep.tensor.Rng;
import org.fewstep.tensor.Shape;
import org.fewstep.tensor.Tensor;

/**
 * Inverted dropout (Srivastava et al. 2014): x mask / (1 - p). The mask of a sample depends on (seed, sample, step) alone,
 * so that a repeated step, another batch split or a recomputed forward pass drops the same numbers.
 */
public final class Dropout {
    private Dropout() {}

    /**
     * Drops where the mask is 0.
     *
     * @param mask 1 = kept, of x's shape or broadcast to it
     * @param p probability of 0 in the mask, below 1
     */
    public static Tensor of(Tensor x, Tensor mask, double p) {
        requireProbability(p);
        return p == 0 ? x : Ops.scale(Ops.mul(x, mask), 1 / (1 - p));
    }

    /**
     * Drops each number with probability p.
     *
     * @param x (B, ...)
     * @param rng a source of this layer's own, {@code rng.stream(name)}
     * @param first number of the batch's first sample
     */
    public static Tensor of(Tensor x, double p, Rng rng, long first, int step) {
        requireProbability(p);
        return p == 0 ? x : of(x, p, rng, Noise.counter(x.device(), first, step));
    }

    /** As the other with first sample and step in a {@link Noise#counter}. */
    public static Tensor of(Tensor x, double p, Rng rng, Tensor counter) {
        requireProbability(p);
        if (p == 0) {
            return x;
        }
        Tensor u = Noise.uniform(x.dtype(), rng, counter, x.shape());
        return of(x, Ops.greaterEqual(u, Tensor.full(x.device(), x.dtype(), p, Shape.of())), p);
    }

    private static void requireProbability(double p) {
        if (!(p >= 0 && p < 1)) {
            throw new IllegalArgumentException("dropout: got probability " + p + "; expected 0 <= p < 1");
        }
    }
}
