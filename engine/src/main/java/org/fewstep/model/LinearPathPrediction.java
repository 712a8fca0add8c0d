package org.fewstep.model;

import org.fewstep.op.Ops;
import org.fewstep.tensor.Tensor;

/**
 * The clean data x - t v(x, t) that a velocity on the linear path with noise at 1 stands for.
 *
 * @param net velocity
 */
public record LinearPathPrediction(VelocityNet net) implements PredictionNet {
    @Override
    public Tensor of(Tensor x, Tensor t, Cond cond) {
        return Ops.sub(x, Ops.mul(PerSampleColumn.of(t, x), net.v(x, t, cond)));
    }
}
