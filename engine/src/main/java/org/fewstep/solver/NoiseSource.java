package org.fewstep.solver;

import org.fewstep.tensor.Noise;
import org.fewstep.tensor.Rng;
import org.fewstep.tensor.Tensor;

/** Where the standard normal draws of a stochastic solver come from. */
@FunctionalInterface
public interface NoiseSource {
    /** For deterministic solvers: throws when asked. */
    NoiseSource NONE = (number, like) -> {
        throw new IllegalStateException("noise source: got a request for draw " + number
                + " from NoiseSource.NONE; expected none; give a source to a stochastic solver");
    };

    /**
     * A standard normal tensor.
     *
     * @param number of the draw in the plan, from 0
     * @param like gives shape (B, ...), dtype and device
     */
    Tensor draw(int number, Tensor like);

    /** Draws that depend on (seed, sample, number of the draw) alone; the batch's first sample is number {@code first}. */
    static NoiseSource seeded(Rng rng, long first) {
        return (number, like) -> Noise.normal(like.device(), like.dtype(), rng, first, number, like.shape());
    }
}
