package org.fewstep.model;

import org.fewstep.op.Ops;
import org.fewstep.tensor.Shape;
import org.fewstep.tensor.Tensor;

/** Root mean square normalisation (Zhang and Sennrich 2019, arXiv:1910.07467) over the last axis with a scale. */
public final class RmsNorm extends Module {
    private final Parameter weight;
    private final double eps;

    /** A layer with scale 1. */
    public RmsNorm(Init init, int features, double eps) {
        this.eps = eps;
        this.weight = parameter(init, "weight", Shape.of(features), Starts.constant(features, 1));
    }

    /** x (..., features), normalised and scaled. */
    public Tensor of(Tensor x) {
        return Ops.rmsNorm(x, weight.tensor(), eps);
    }
}
