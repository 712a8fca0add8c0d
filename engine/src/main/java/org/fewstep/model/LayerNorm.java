package org.fewstep.model;

import org.fewstep.op.Ops;
import org.fewstep.tensor.Shape;
import org.fewstep.tensor.Tensor;

/** Layer normalisation (Ba et al. 2016, arXiv:1607.06450) over the last axis with a scale and a shift for each feature. */
public final class LayerNorm extends Module {
    private final Parameter weight;
    private final Parameter bias;
    private final double eps;

    /** A layer with scale 1 and shift 0. */
    public LayerNorm(Init init, int features, double eps) {
        this.eps = eps;
        this.weight = parameter(init, "weight", Shape.of(features), Starts.constant(features, 1));
        this.bias = parameter(init, "bias", Shape.of(features), Starts.constant(features, 0));
    }

    /** x (..., features), normalised, scaled and shifted. */
    public Tensor of(Tensor x) {
        return Ops.layerNorm(x, weight.tensor(), bias.tensor(), eps);
    }
}
