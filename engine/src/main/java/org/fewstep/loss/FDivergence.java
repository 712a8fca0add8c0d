package org.fewstep.loss;

import static org.fewstep.op.Ops.clamp;
import static org.fewstep.op.Ops.div;
import static org.fewstep.op.Ops.reciprocal;
import static org.fewstep.op.Ops.scaleShift;
import static org.fewstep.op.Ops.sqrt;

import java.util.function.UnaryOperator;
import org.fewstep.tensor.Tensor;

/**
 * A divergence D_f(p, q) by the weight h(r) = f''(r) r^2 that it puts on distribution matching, up to a factor, where r = p / q is
 * how much more likely a sample is for the data than for the student.
 *
 * @paper Xu, Nie, Vahdat: One-step Diffusion Models with f-Divergence Distribution Matching, 2025, arXiv:2502.15681, table 1
 */
public enum FDivergence {
    /** KL(q, p): DMD. */
    REVERSE_KL(r -> scaleShift(r, 0, 1)),
    /** KL(p, q). */
    FORWARD_KL(r -> r),
    /** Jensen-Shannon. */
    JENSEN_SHANNON(r -> div(r, scaleShift(r, 1, 1))),
    /** Softened reverse KL. */
    SOFT_REVERSE_KL(r -> reciprocal(scaleShift(r, 1, 1))),
    /** Neyman's chi square. */
    NEYMAN(r -> reciprocal(clamp(r, 1e-8, Double.MAX_VALUE))),
    /** Squared Hellinger. */
    HELLINGER(r -> sqrt(r)),
    /** Jeffreys, the sum of both KL. */
    JEFFREYS(r -> scaleShift(r, 1, 1));

    @SuppressWarnings("ImmutableEnumChecker") // Functions without state.
    private final UnaryOperator<Tensor> h;

    FDivergence(UnaryOperator<Tensor> h) {
        this.h = h;
    }

    /** h(r). */
    public Tensor weight(Tensor r) {
        return h.apply(r);
    }
}
