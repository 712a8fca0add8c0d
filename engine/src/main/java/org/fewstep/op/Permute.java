package org.fewstep.op;

import java.util.List;
import org.fewstep.kernels.Elementwise;
import org.fewstep.kernels.Layout;
import org.fewstep.tensor.Shape;
import org.fewstep.tensor.Tensor;

/** Axes in another order: axis d of the value is axis order[d] of x. */
record Permute(List<Integer> order) implements LinearOp {
    @Override
    public String name() {
        return "permute";
    }

    @Override
    public Tensor forward(Tensor... in) {
        Tensor x = in[0];
        int rank = order.size();
        int[] from = Layout.rowMajor(x.shape().sizes());
        int[] sizes = new int[rank];
        int[] strides = new int[rank];
        for (int d = 0; d < rank; d++) {
            sizes[d] = x.dim(order.get(d));
            strides[d] = from[order.get(d)];
        }
        Shape shape = Shape.of(sizes);
        Tensor y = Tensor.of(x.device().allocate(x.dtype(), shape.count()), shape);
        y.device()
                .run(new Elementwise(
                        Elementwise.Code.COPY,
                        0,
                        0,
                        sizes,
                        Layout.contiguous(y.buffer(), sizes),
                        new Layout(x.buffer(), 0, strides)));
        return y;
    }

    @Override
    public Tensor transpose(Tensor g, Tensor x) {
        int[] inverse = new int[order.size()];
        for (int d = 0; d < inverse.length; d++) {
            inverse[order.get(d)] = d;
        }
        return Ops.permute(g, inverse);
    }
}
