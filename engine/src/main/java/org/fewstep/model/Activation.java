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

        @Override
        Tensor after(Linear layer, Tensor x) {
            return layer.of(x, org.fewstep.op.Activation.SILU);
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

    /** The activation of a layer's value, in the layer's kernel where that has it. */
    Tensor after(Linear layer, Tensor x) {
        return of(layer.of(x));
    }
}
