package org.fewstep.loss;

import static org.fewstep.op.Ops.abs;
import static org.fewstep.op.Ops.add;
import static org.fewstep.op.Ops.mul;
import static org.fewstep.op.Ops.norm;
import static org.fewstep.op.Ops.reshape;
import static org.fewstep.op.Ops.rsqrt;
import static org.fewstep.op.Ops.scaleShift;
import static org.fewstep.op.Ops.sqrt;
import static org.fewstep.op.Ops.square;
import static org.fewstep.op.Ops.sub;
import static org.fewstep.op.Ops.sumKeep;

import java.util.List;
import java.util.function.Function;
import org.fewstep.tensor.Tensor;

/**
 * How far a prediction is from its target, a number a sample. Sum or mean over coordinates is part of the published
 * methods: learning rates and c depend on it.
 */
public sealed interface Distance {
    /** Distances (B) of a prediction (B, ...) from its target. */
    Tensor of(Tensor prediction, Tensor target);

    /** Depends on the difference alone. */
    sealed interface OfDifference extends Distance {
        /** Distances (B) of the differences (B, ...). */
        Tensor of(Tensor difference);

        @Override
        default Tensor of(Tensor prediction, Tensor target) {
            return of(sub(prediction, target));
        }
    }

    /** Mean of d^2 over coordinates: l2 of consistency models. */
    record MeanSquare() implements OfDifference {
        @Override
        public Tensor of(Tensor difference) {
            return PerSample.meanOf(square(difference));
        }
    }

    /** Mean of |d| over coordinates: l1 of consistency models. */
    record MeanAbsolute() implements OfDifference {
        @Override
        public Tensor of(Tensor difference) {
            return PerSample.meanOf(abs(difference));
        }
    }

    /** Sum of d^2 over coordinates. */
    record SquaredNorm() implements OfDifference {
        @Override
        public Tensor of(Tensor difference) {
            return PerSample.sumOf(square(difference));
        }
    }

    /** Euclidean norm over all coordinates; slope 0 at 0. */
    record Norm() implements OfDifference {
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
    record PseudoHuber(double c) implements OfDifference {
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
    record ElementHuber(double c) implements OfDifference {
        public ElementHuber {
            requireC(c);
        }

        @Override
        public Tensor of(Tensor difference) {
            return PerSample.meanOf(scaleShift(sqrt(scaleShift(square(difference), 1, c * c)), 1, -c));
        }
    }

    /**
     * LPIPS with all channel weights 1 (Zhang et al. 2018, arXiv:1801.03924, equation 1): in the states of a trained network, each
     * place's channels made a unit vector, the squared distance of these vectors, averaged over places and summed over layers.
     * What the network does not see has no weight; the last layers of a classifier see the shapes of its classes.
     *
     * @param states of samples (B, C, H, W): images (B, channels, size, size), one a layer
     */
    record Perceptual(Function<Tensor, List<Tensor>> states) implements Distance {
        /** Below any squared norm of states that mean something; a place without states has the vector 0. */
        private static final double LEAST = 1e-10;

        @Override
        public Tensor of(Tensor prediction, Tensor target) {
            List<Tensor> predicted = states.apply(prediction);
            List<Tensor> wanted = states.apply(target);
            Tensor sum = layer(predicted.get(0), wanted.get(0));
            for (int i = 1; i < predicted.size(); i++) {
                sum = add(sum, layer(predicted.get(i), wanted.get(i)));
            }
            return sum;
        }

        private static Tensor layer(Tensor predicted, Tensor wanted) {
            Tensor apart = sumKeep(square(sub(unit(predicted), unit(wanted))), 1);
            return PerSample.meanOf(apart);
        }

        private static Tensor unit(Tensor states) {
            return mul(states, rsqrt(scaleShift(sumKeep(square(states), 1), 1, LEAST)));
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
