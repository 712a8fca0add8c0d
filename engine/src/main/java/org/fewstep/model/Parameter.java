package org.fewstep.model;

import org.fewstep.kernels.Buffer;
import org.fewstep.tensor.Shape;
import org.fewstep.tensor.Tensor;

/**
 * A named tensor that training changes in place, outside any tape, or a constant stored with the network; its buffer
 * belongs to its module.
 */
public final class Parameter {
    private final Shape shape;
    private final Buffer buffer;
    private final Tensor leaf;
    private final boolean trained;
    private boolean frozen;

    Parameter(Init init, Shape shape, double[] values, boolean trained) {
        this.trained = trained;
        this.frozen = !trained;
        this.shape = shape;
        this.buffer = init.device().own(init.dtype(), shape.count());
        init.device().write(buffer, values, 0, values.length);
        this.leaf = Tensor.of(buffer, shape).requireGrad();
    }

    /** The value for use in a formula: a leaf, or a constant once frozen. */
    public Tensor tensor() {
        return frozen ? leaf.stopGradient() : leaf;
    }

    /** The leaf that gradients are taken for. */
    public Tensor leaf() {
        return leaf;
    }

    public Shape shape() {
        return shape;
    }

    public Buffer buffer() {
        return buffer;
    }

    /** False for a constant that is stored but never trained. */
    public boolean trained() {
        return trained;
    }

    void freeze(boolean on) {
        frozen = on || !trained;
    }
}
