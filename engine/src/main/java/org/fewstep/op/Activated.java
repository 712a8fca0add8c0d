package org.fewstep.op;

import org.fewstep.kernels.Buffer;
import org.fewstep.tensor.Op;
import org.fewstep.tensor.Tensor;
import org.jspecify.annotations.Nullable;

/**
 * f of the value of {@link LinearBefore}, whose kernel has written it already: the second node of a linear layer with
 * activation. Its rules are f's.
 *
 * @param after what that kernel has written
 */
record Activated(Activation f, Buffer after) implements Op {
    @Override
    public String name() {
        return f.op().name();
    }

    @Override
    public Tensor forward(Tensor... in) {
        return Tensor.of(after, in[0].shape());
    }

    @Override
    public @Nullable Tensor vjp(int i, Tensor g, Tensor y, Tensor... in) {
        return f.op().vjp(i, g, y, in);
    }

    @Override
    public @Nullable Tensor jvp(@Nullable Tensor[] dx, Tensor y, Tensor... in) {
        return f.op().jvp(dx, y, in);
    }

    @Override
    public boolean savesInput(int i) {
        return f.op().savesInput(i);
    }

    @Override
    public boolean savesOutput() {
        return f.op().savesOutput();
    }
}
