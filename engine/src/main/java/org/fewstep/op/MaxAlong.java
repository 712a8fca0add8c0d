package org.fewstep.op;

import org.fewstep.kernels.Reduce;
import org.fewstep.tensor.Op;
import org.fewstep.tensor.Shape;
import org.fewstep.tensor.Tensor;
import org.jspecify.annotations.Nullable;

/** Greatest element over the last axis, kept as size 1; ties share the derivative equally. */
record MaxAlong() implements Op {
    @Override
    public String name() {
        return "max";
    }

    @Override
    public Tensor forward(Tensor... in) {
        Tensor x = in[0];
        Args.requireFloats(name(), x);
        if (x.rank() < 1 || x.dim(-1) == 0) {
            throw new IllegalArgumentException("max: got " + x.shape() + "; expected a last axis of at least 1");
        }
        int[] sizes = x.shape().sizes();
        int n = sizes[sizes.length - 1];
        sizes[sizes.length - 1] = 1;
        Shape shape = Shape.of(sizes);
        Tensor y = Tensor.of(x.device().allocate(x.dtype(), shape.count()), shape);
        y.device().run(new Reduce(Reduce.Code.MAX, shape.count(), n, 1, 1, x.buffer(), y.buffer()));
        return y;
    }

    @Override
    public Tensor vjp(int i, Tensor g, Tensor y, Tensor... in) {
        return Ops.mul(share(y, in[0]), g);
    }

    @Override
    public @Nullable Tensor jvp(@Nullable Tensor[] dx, Tensor y, Tensor... in) {
        Tensor d = dx[0];
        return d == null ? null : Ops.sumKeep(Ops.mul(share(y, in[0]), d), -1);
    }

    private static Tensor share(Tensor y, Tensor x) {
        Tensor hit = Ops.equal(x, y);
        return Ops.div(hit, Ops.sumKeep(hit, -1));
    }

    @Override
    public boolean savesOutput() {
        return true;
    }
}
