package org.fewstep.op;

import org.fewstep.kernels.Buffer;
import org.fewstep.tensor.Op;
import org.fewstep.tensor.Shape;
import org.fewstep.tensor.Tensor;
import org.jspecify.annotations.Nullable;

/**
 * x W + b, whose kernel also writes f of it to {@code after}: the first node of a linear layer with activation. Its rules
 * are {@link Linear}'s.
 *
 * @param after of the value's size
 */
record LinearBefore(Activation f, Buffer after) implements Op {
    private static final Linear LINEAR = new Linear();

    @Override
    public String name() {
        return LINEAR.name();
    }

    @Override
    public Tensor forward(Tensor... in) {
        Linear.requireFit(in[0], in[1], in[2]);
        Shape shape = Shape.of(in[0].dim(0), in[1].dim(1));
        Tensor pre = Tensor.of(in[0].device().allocate(in[0].dtype(), shape.count()), shape);
        Linear.run(in[0], in[1], in[2], f.code(), pre.buffer(), after);
        return pre;
    }

    @Override
    public Tensor vjp(int i, Tensor g, Tensor y, Tensor... in) {
        return LINEAR.vjp(i, g, y, in);
    }

    @Override
    public @Nullable Tensor jvp(@Nullable Tensor[] dx, Tensor y, Tensor... in) {
        return LINEAR.jvp(dx, y, in);
    }

    @Override
    public boolean savesInput(int i) {
        return LINEAR.savesInput(i);
    }
}
