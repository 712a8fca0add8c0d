package org.fewstep.op;

import org.fewstep.kernels.Buffer;
import org.fewstep.kernels.Elementwise;
import org.fewstep.kernels.Layout;
import org.fewstep.tensor.Op;
import org.fewstep.tensor.Shape;
import org.fewstep.tensor.Tensor;
import org.jspecify.annotations.Nullable;

/**
 * An operation that acts on each point alone, its inputs broadcast by NumPy's rule. It states one product, derivative
 * times direction; both modes follow from it and cannot disagree.
 */
public interface ElementwiseOp extends Op {
    Elementwise.Code code();

    /** First attribute of the code. */
    default double a() {
        return 0;
    }

    /** Second attribute of the code. */
    default double b() {
        return 0;
    }

    /**
     * d times the partial derivative by input i.
     *
     * @param d of the value's shape or of a shape that broadcasts to it
     * @return null where the derivative is zero everywhere
     */
    @Nullable
    Tensor along(int i, Tensor d, Tensor y, Tensor... in);

    @Override
    default Tensor forward(Tensor... in) {
        Shape shape = in[0].shape();
        for (Tensor x : in) {
            if (x.dtype() != in[0].dtype() || !x.dtype().floating()) {
                throw new IllegalArgumentException(name() + ": got " + in[0].dtype() + " and " + x.dtype()
                        + "; expected F32 or F64, the same for all");
            }
            shape = Shape.broadcast(name(), shape, x.shape());
        }
        Tensor y = Tensor.of(in[0].device().allocate(in[0].dtype(), shape.count()), shape);
        if (sameShape(in)) {
            Buffer[] buffers = new Buffer[in.length];
            for (int k = 0; k < in.length; k++) {
                buffers[k] = in[k].buffer();
            }
            y.device().run(Elementwise.flat(code(), a(), b(), shape.count(), y.buffer(), buffers));
            return y;
        }
        int[] sizes = shape.sizes();
        Layout[] layouts = new Layout[in.length];
        for (int k = 0; k < in.length; k++) {
            layouts[k] = Layout.broadcast(in[k].buffer(), in[k].shape().sizes(), sizes);
        }
        y.device().run(new Elementwise(code(), a(), b(), sizes, Layout.contiguous(y.buffer(), sizes), layouts));
        return y;
    }

    private static boolean sameShape(Tensor[] in) {
        boolean same = true;
        for (Tensor x : in) {
            same = same && x.shape().equals(in[0].shape());
        }
        return same;
    }

    @Override
    default @Nullable Tensor vjp(int i, Tensor g, Tensor y, Tensor... in) {
        Tensor d = along(i, g, y, in);
        return d == null ? null : Ops.sumTo(d, in[i].shape());
    }

    @Override
    default @Nullable Tensor jvp(@Nullable Tensor[] dx, Tensor y, Tensor... in) {
        Tensor sum = null;
        for (int i = 0; i < in.length; i++) {
            Tensor d = dx[i];
            Tensor term = d == null ? null : along(i, d, y, in);
            if (term != null) {
                sum = sum == null ? term : Ops.add(sum, term);
            }
        }
        return sum == null ? null : Ops.broadcastTo(sum, y.shape());
    }
}
