package org.fewstep.op;

import org.fewstep.kernels.Elementwise;
import org.fewstep.tensor.Tensor;

/** The nonlinearities that a linear layer can end in, see {@link Ops#linear(Tensor, Tensor, Tensor, Activation)}. */
public enum Activation {
    /** x sigmoid(x) */
    SILU(new Silu()),
    /** x N(x), N the normal distribution function */
    GELU(new Gelu()),
    /** the tanh form of GELU */
    GELU_TANH(new GeluTanh()),
    /** max(x, 0) */
    RELU(new Relu());

    private final ElementwiseOp op;

    Activation(ElementwiseOp op) {
        this.op = op;
    }

    /** The activation of x. */
    public Tensor of(Tensor x) {
        return Tensor.apply(op, x);
    }

    ElementwiseOp op() {
        return op;
    }

    Elementwise.Code code() {
        return op.code();
    }
}
