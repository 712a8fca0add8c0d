package org.fewstep.op;

import org.fewstep.kernels.Elementwise;
import org.fewstep.tensor.Tensor;

/** The nonlinearities that a linear layer can end in, see {@link Ops#linear(Tensor, Tensor, Tensor, Activation)}. */
public enum Activation {
    /** x sigmoid(x) */
    SILU,
    /** x N(x), N the normal distribution function */
    GELU,
    /** the tanh form of GELU */
    GELU_TANH,
    /** max(x, 0) */
    RELU;

    /** The activation of x. */
    public Tensor of(Tensor x) {
        return Tensor.apply(op(), x);
    }

    ElementwiseOp op() {
        return switch (this) {
            case SILU -> new Silu();
            case GELU -> new Gelu();
            case GELU_TANH -> new GeluTanh();
            case RELU -> new Relu();
        };
    }

    Elementwise.Code code() {
        return op().code();
    }
}
