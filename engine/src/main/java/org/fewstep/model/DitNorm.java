package org.fewstep.model;

import org.fewstep.op.Ops;
import org.fewstep.tensor.Tensor;

/** The normalisation of DiT, without parameters of its own, followed by shift and scale from the condition. */
record DitNorm(boolean rms) {
    private static final double EPS = 1e-6;

    Tensor modulated(Tensor x, Tensor shift, Tensor scale) {
        return rms ? Ops.modulatedRmsNorm(x, shift, scale, EPS) : Ops.modulatedLayerNorm(x, shift, scale, EPS);
    }
}
