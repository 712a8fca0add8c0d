package org.fewstep.loss;

import static org.fewstep.op.Ops.mul;
import static org.fewstep.op.Ops.scale;
import static org.fewstep.op.Ops.square;
import static org.fewstep.op.Ops.stopGradient;
import static org.fewstep.op.Ops.sub;

import org.fewstep.tensor.Tensor;

/**
 * A value whose gradient with respect to samples x is a given g, times 1 / (B N) or 1 / B for B samples of N coordinates.
 *
 * <p>Published methods differ in this factor N, so learning rates do not carry over. The value says how large g is, or nothing;
 * it need not fall.
 */
public enum Surrogate {
    /** |x - sg(x - g)|^2 / 2, mean over coordinates: DMD, f-distill. */
    MEAN_SQUARE(false) {
        @Override
        Tensor each(Tensor x, Tensor g) {
            return halfSquare(x, g);
        }
    },
    /** |x - sg(x - g)|^2 / 2, sum over coordinates: SDS, VSD. */
    SQUARED_NORM(true) {
        @Override
        Tensor each(Tensor x, Tensor g) {
            return halfSquare(x, g);
        }
    },
    /** sg(g) x, sum over coordinates: Diff-Instruct. */
    PRODUCT(true) {
        @Override
        Tensor each(Tensor x, Tensor g) {
            return mul(stopGradient(g), x);
        }
    };

    private final boolean sum;

    Surrogate(boolean sum) {
        this.sum = sum;
    }

    /** Contributions of the coordinates (B, ...). */
    abstract Tensor each(Tensor x, Tensor g);

    /** Contributions of the samples (B). */
    Tensor of(Tensor each) {
        return sum ? PerSample.sumOf(each) : PerSample.meanOf(each);
    }

    private static Tensor halfSquare(Tensor x, Tensor g) {
        return scale(square(sub(x, stopGradient(sub(x, g)))), 0.5);
    }
}
