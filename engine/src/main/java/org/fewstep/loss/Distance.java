package org.fewstep.loss;

import static org.fewstep.op.Ops.abs;
import static org.fewstep.op.Ops.norm;
import static org.fewstep.op.Ops.reshape;
import static org.fewstep.op.Ops.scaleShift;
import static org.fewstep.op.Ops.sqrt;
import static org.fewstep.op.Ops.square;
import static org.fewstep.op.Ops.sub;

import org.fewstep.tensor.Tensor;

/**
 * How far a prediction is from its target, a number a sample. Sum or mean over coordinates is part of the published
 * methods: learning rates and c depend on it.
 */
public sealed interface Distance {
    /** Distances (B) of the differences (B, ...). */
    Tensor of(Tensor difference);

    /** Distances (B) of a prediction (B, ...) from its target. */
    default Tensor of(Tensor prediction, Tensor target) {
        return of(sub(prediction, target));
    }

    /** Mean of d^2 over coordinates: l2 of consistency models. */
    record MeanSquare() implements Distance {
        @Override
        public Tensor of(Tensor difference) {
            return PerSample.meanOf(square(difference));
        }
    }

    /** Mean of |d| over coordinates: l1 of consistency models. */
    record MeanAbsolute() implements Distance {
        @Override
        public Tensor of(Tensor difference) {
            return PerSample.meanOf(abs(difference));
        }
    }

    /** Sum of d^2 over coordinates. */
    record SquaredNorm() implements Distance {
        @Override
        public Tensor of(Tensor difference) {
            return PerSample.sumOf(square(difference));
        }
    }

    /** Euclidean norm over all coordinates; slope 0 at 0. */
    record Norm() implements Distance {
        @Override
        public Tensor of(Tensor difference) {
            int batch = difference.dim(0);
            return norm(
                    reshape(
                            difference,
                            batch,
                            batch == 0 ? 0 : difference.shape().count() / batch),
                    1);
        }
    }

    /**
     * sqrt(|d|^2 + c^2) - c with the norm over all coordinates (Song and Dhariwal 2023, arXiv:2310.14189, equation 7).
     *
     * @param c above 0; {@link #ofDimension} has the published one
     */
    record PseudoHuber(double c) implements Distance {
        public PseudoHuber {
            requireC(c);
        }

        /** c = 0.00054 sqrt(d) for d coordinates. */
        public static PseudoHuber ofDimension(int coordinates) {
            return new PseudoHuber(0.00054 * Math.sqrt(coordinates));
        }

        @Override
        public Tensor of(Tensor difference) {
            return scaleShift(sqrt(scaleShift(PerSample.sumOf(square(difference)), 1, c * c)), 1, -c);
        }
    }

    /**
     * Mean over coordinates of sqrt(d^2 + c^2) - c: latent consistency models.
     *
     * @param c above 0
     */
    record ElementHuber(double c) implements Distance {
        public ElementHuber {
            requireC(c);
        }

        @Override
        public Tensor of(Tensor difference) {
            return PerSample.meanOf(scaleShift(sqrt(scaleShift(square(difference), 1, c * c)), 1, -c));
        }
    }

    /** The pseudo-Huber distance, or the norm that it tends to where c is 0. */
    static Distance huberOrNorm(double c) {
        return c == 0 ? new Norm() : new PseudoHuber(c);
    }

    private static void requireC(double c) {
        if (!(c > 0) || Double.isInfinite(c)) {
            throw new IllegalArgumentException(
                    "pseudo-huber: got c " + c + "; expected a finite number above 0; for 0 take the norm");
        }
    }
}
