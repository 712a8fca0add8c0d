package org.fewstep.loss;

import static org.fewstep.op.Ops.pow;
import static org.fewstep.op.Ops.scaleShift;
import static org.fewstep.op.Ops.stopGradient;

import org.fewstep.tensor.Tensor;

/**
 * The weight 1 / sg[(l + c)^p] by which an error l of a sample counts.
 *
 * @param p exponent, at least 0; 0 is none
 * @param c at least 0; at 0 an exact sample has no weight
 */
record AdaptiveWeight(double p, double c) {
    AdaptiveWeight {
        if (!(p >= 0) || !(c >= 0)) {
            throw new IllegalArgumentException(
                    "adaptive weight: got p " + p + ", c " + c + "; expected both at least 0");
        }
    }

    /** The weights (B) of errors (B). */
    Tensor of(Tensor l) {
        return pow(scaleShift(stopGradient(l), 1, c), -p);
    }
}
