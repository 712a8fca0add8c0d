package org.fewstep.op;

import org.fewstep.kernels.Norm;
import org.fewstep.tensor.Shape;
import org.fewstep.tensor.Tensor;
import org.jspecify.annotations.Nullable;

/** Runs the row kernels over a tensor's last axis. */
final class Rows {
    private Rows() {}

    static Tensor softmax(String name, org.fewstep.kernels.Softmax.Code code, Tensor x, @Nullable Tensor g) {
        int rows = rows(name, x, g);
        Tensor y = Tensor.of(x.device().allocate(x.dtype(), x.shape().count()), x.shape());
        y.device()
                .run(new org.fewstep.kernels.Softmax(
                        code, rows, x.dim(-1), x.buffer(), g == null ? null : g.buffer(), y.buffer()));
        return y;
    }

    static Tensor norm(String name, Norm.Code code, double eps, Tensor x, @Nullable Tensor g) {
        int rows = rows(name, x, g);
        if (!(eps > 0 && eps < Double.POSITIVE_INFINITY)) {
            throw new IllegalArgumentException(name + ": got eps " + eps + "; expected a positive number");
        }
        Shape shape = x.shape();
        if (code.rstd()) {
            int[] sizes = shape.sizes();
            sizes[sizes.length - 1] = 1;
            shape = Shape.of(sizes);
        }
        Tensor y = Tensor.of(x.device().allocate(x.dtype(), shape.count()), shape);
        y.device().run(new Norm(code, rows, x.dim(-1), eps, x.buffer(), g == null ? null : g.buffer(), y.buffer()));
        return y;
    }

    private static int rows(String name, Tensor x, @Nullable Tensor g) {
        if (g == null) {
            Args.requireFloats(name, x);
        } else {
            Args.requireFloats(name, x, g);
        }
        if (x.rank() < 1 || x.dim(-1) == 0 || (g != null && !g.shape().equals(x.shape()))) {
            throw new IllegalArgumentException(name + ": got " + x.shape() + (g == null ? "" : " and " + g.shape())
                    + "; expected a last axis of at least 1" + (g == null ? "" : " and equal shapes"));
        }
        return x.shape().count() / x.dim(-1);
    }
}
