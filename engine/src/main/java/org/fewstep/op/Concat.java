package org.fewstep.op;

import org.fewstep.kernels.Elementwise;
import org.fewstep.kernels.Layout;
import org.fewstep.tensor.Op;
import org.fewstep.tensor.Shape;
import org.fewstep.tensor.Tensor;
import org.jspecify.annotations.Nullable;

/** The inputs one after another along one axis. */
record Concat(int axis) implements Op {
    @Override
    public String name() {
        return "concat";
    }

    @Override
    public Tensor forward(Tensor... in) {
        int[] sizes = in[0].shape().sizes();
        sizes[axis] = 0;
        for (Tensor x : in) {
            int[] own = x.shape().sizes();
            boolean fits = own.length == sizes.length && x.dtype() == in[0].dtype();
            for (int d = 0; fits && d < sizes.length; d++) {
                fits = d == axis || own[d] == sizes[d];
            }
            if (!fits) {
                throw new IllegalArgumentException("concat: got " + in[0].dtype() + " " + in[0].shape() + " and "
                        + x.dtype() + " " + x.shape() + "; expected sizes that differ along axis " + axis + " only");
            }
            sizes[axis] = Math.addExact(sizes[axis], own[axis]);
        }
        Shape shape = Shape.of(sizes);
        int[] strides = Layout.rowMajor(sizes);
        Tensor y = Tensor.of(in[0].device().allocate(in[0].dtype(), shape.count()), shape);
        int at = 0;
        for (Tensor x : in) {
            int[] own = x.shape().sizes();
            if (x.shape().count() > 0) {
                y.device()
                        .run(new Elementwise(
                                Elementwise.Code.COPY,
                                0,
                                0,
                                own,
                                new Layout(y.buffer(), at * strides[axis], strides),
                                Layout.contiguous(x.buffer(), own)));
            }
            at += own[axis];
        }
        return y;
    }

    @Override
    public Tensor vjp(int i, Tensor g, Tensor y, Tensor... in) {
        int from = 0;
        for (int k = 0; k < i; k++) {
            from += in[k].dim(axis);
        }
        return Ops.slice(g, axis, from, from + in[i].dim(axis));
    }

    @Override
    public Tensor jvp(@Nullable Tensor[] dx, Tensor y, Tensor... in) {
        Tensor[] all = new Tensor[in.length];
        for (int k = 0; k < in.length; k++) {
            Tensor d = dx[k];
            all[k] = d == null ? Tensor.full(y.device(), y.dtype(), 0, in[k].shape()) : d;
        }
        return Ops.concat(axis, all);
    }

    @Override
    public boolean savesInput(int i) {
        return false;
    }
}
