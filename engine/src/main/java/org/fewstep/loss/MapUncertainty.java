package org.fewstep.loss;

import static org.fewstep.op.Ops.add;
import static org.fewstep.op.Ops.exp;
import static org.fewstep.op.Ops.mul;
import static org.fewstep.op.Ops.neg;

import org.fewstep.tensor.Tensor;
import org.jspecify.annotations.Nullable;

/** A learned weight w of pairs of times: an error L counts as e^-w L + w, which is least where e^w is the mean of L. */
@FunctionalInterface
public interface MapUncertainty {
    /** w of start times s and end times t, each (B). */
    Tensor of(Tensor s, Tensor t);

    /** The weighted errors (B); the errors themselves without a weight. */
    static Tensor weighted(@Nullable MapUncertainty weight, Tensor error, Tensor s, Tensor t) {
        if (weight == null) {
            return error;
        }
        Tensor w = weight.of(s, t);
        return add(mul(error, exp(neg(w))), w);
    }
}
