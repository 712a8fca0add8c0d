package org.fewstep.loss;

import static org.fewstep.op.Ops.clamp;
import static org.fewstep.op.Ops.exp;
import static org.fewstep.op.Ops.mul;
import static org.fewstep.op.Ops.neg;
import static org.fewstep.op.Ops.reshape;
import static org.fewstep.op.Ops.scale;
import static org.fewstep.op.Ops.sqrt;
import static org.fewstep.op.Ops.square;
import static org.fewstep.op.Ops.sub;
import static org.fewstep.op.Ops.sum;

import org.fewstep.tensor.Tensor;

/**
 * The Laplace kernel k(a, b) = exp(-w max(|a - b|, c) / D) of the Euclidean distance, for groups of particles of D
 * coordinates.
 *
 * <p>The distance is floored under the root, so the gradient is exactly 0 where two particles coincide, and not infinite.
 *
 * @param floor how c is given; it sets k(a, a), and no gradient
 * @param least 1e-8, above 0
 * @paper Zhou, Ermon, Song: Inductive Moment Matching, 2025, arXiv:2503.07565
 */
public record LaplaceKernel(Floor floor, double least) {
    /** What is floored. */
    public enum Floor {
        /** The distance: c = least. */
        DISTANCE,
        /** The squared distance: c = sqrt(least). */
        SQUARED_DISTANCE
    }

    /** The distance floored at 1e-8. */
    public static final LaplaceKernel DEFAULT = new LaplaceKernel(Floor.DISTANCE, 1e-8);

    public LaplaceKernel {
        if (!(least > 0) || Double.isInfinite(least)) {
            throw new IllegalArgumentException(
                    "laplace kernel: got a floor of " + least + "; expected a finite number above 0");
        }
    }

    /**
     * The kernel of all pairs of a group.
     *
     * @param a particles (G, M, D)
     * @param b particles (G, M, D)
     * @param weight w (G, 1, 1)
     * @return k(a_j, b_l) (G, M, M)
     */
    public Tensor of(Tensor a, Tensor b, Tensor weight) {
        int groups = a.dim(0);
        int particles = a.dim(1);
        int dims = a.dim(2);
        Tensor difference = sub(reshape(a, groups, particles, 1, dims), reshape(b, groups, 1, b.dim(1), dims));
        double lowest = floor == Floor.DISTANCE ? least * least : least;
        Tensor distance = sqrt(clamp(sum(square(difference), 3), lowest, Double.POSITIVE_INFINITY));
        return exp(neg(scale(mul(distance, weight), 1.0 / dims)));
    }
}
