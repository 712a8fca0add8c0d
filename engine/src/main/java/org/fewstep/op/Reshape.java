package org.fewstep.op;

import org.fewstep.tensor.Shape;
import org.fewstep.tensor.Tensor;

/** The same elements in row-major order with another shape; shares the buffer. */
record Reshape(Shape shape) implements LinearOp {
    @Override
    public String name() {
        return "reshape";
    }

    @Override
    public Tensor forward(Tensor... in) {
        if (in[0].shape().count() != shape.count()) {
            throw new IllegalArgumentException(
                    "reshape: got " + in[0].shape() + " for " + shape + "; expected as many elements");
        }
        return Tensor.of(in[0].buffer(), shape);
    }

    @Override
    public Tensor transpose(Tensor g, Tensor x) {
        return Ops.reshape(g, x.shape());
    }
}
