package org.fewstep.op;

import org.fewstep.kernels.Buffer;
import org.fewstep.tensor.NoGrad;
import org.fewstep.tensor.Op;
import org.fewstep.tensor.Shape;
import org.fewstep.tensor.Tensor;
import org.jspecify.annotations.Nullable;

/**
 * f(x W + b) in one kernel. Its rules compute the product anew; {@link #of} avoids that where a rule will be asked, by the
 * two nodes {@link LinearBefore} and {@link Activated}, whose values one kernel writes.
 */
record LinearActivation(Activation f) implements Op {
    /** f(x W + b) with the graph of the composition f after linear. */
    static Tensor of(Activation f, Tensor x, Tensor w, Tensor b) {
        boolean taped = NoGrad.isRecording() && (x.needsGrad() || w.needsGrad() || b.needsGrad());
        if (!taped && x.tangent() == null && w.tangent() == null && b.tangent() == null) {
            return Tensor.apply(new LinearActivation(f), x, w, b);
        }
        Linear.requireFit(x, w, b);
        Buffer y = x.device().allocate(x.dtype(), Math.multiplyExact(x.dim(0), w.dim(1)));
        return Tensor.apply(new Activated(f, y), Tensor.apply(new LinearBefore(f, y), x, w, b));
    }

    @Override
    public String name() {
        return "linear";
    }

    @Override
    public Tensor forward(Tensor... in) {
        Linear.requireFit(in[0], in[1], in[2]);
        Shape shape = Shape.of(in[0].dim(0), in[1].dim(1));
        Tensor y = Tensor.of(in[0].device().allocate(in[0].dtype(), shape.count()), shape);
        Linear.run(in[0], in[1], in[2], f.code(), null, y.buffer());
        return y;
    }

    @Override
    public @Nullable Tensor vjp(int i, Tensor g, Tensor y, Tensor... in) {
        Tensor pre = Tensor.apply(new Linear(), in);
        Tensor d = f.op().along(0, g, y, pre);
        return d == null ? null : new Linear().vjp(i, d, pre, in);
    }

    @Override
    public @Nullable Tensor jvp(@Nullable Tensor[] dx, Tensor y, Tensor... in) {
        Tensor pre = Tensor.apply(new Linear(), in);
        Tensor d = new Linear().jvp(dx, pre, in);
        return d == null ? null : f.op().along(0, d, y, pre);
    }
}
