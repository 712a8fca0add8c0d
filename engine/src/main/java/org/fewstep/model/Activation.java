package org.fewstep.model;

import org.fewstep.op.Ops;
import org.fewstep.tensor.Tensor;

/** Pointwise nonlinearity between layers. */
public enum Activation {
    SILU {
        @Override
        public Tensor of(Tensor x) {
            return Ops.silu(x);
        }
    },
    TANH {
        @Override
        public Tensor of(Tensor x) {
            return Ops.tanh(x);
        }
    };

    /** The activation of x. */
    public abstract Tensor of(Tensor x);
}
