package org.fewstep.op;

import org.fewstep.kernels.Buffer;
import org.fewstep.kernels.Elementwise;
import org.fewstep.tensor.Op;
import org.fewstep.tensor.Shape;
import org.fewstep.tensor.Tensor;
import org.jspecify.annotations.Nullable;

/** x W + b for x (M, K), W (K, N), b (N), the bias added on the product's tile. */
record Linear() implements Op {
    @Override
    public String name() {
        return "linear";
    }

    @Override
    public Tensor forward(Tensor... in) {
        requireFit(in[0], in[1], in[2]);
        Shape shape = Shape.of(in[0].dim(0), in[1].dim(1));
        Tensor y = Tensor.of(in[0].device().allocate(in[0].dtype(), shape.count()), shape);
        run(in[0], in[1], in[2], null, null, y.buffer());
        return y;
    }

    /** Runs the product of operands that fit, ending in an activation where one is given. */
    static void run(
            Tensor x, Tensor w, Tensor b, Elementwise.@Nullable Code activation, @Nullable Buffer pre, Buffer y) {
        int m = x.dim(0);
        int n = w.dim(1);
        y.device()
                .run(new org.fewstep.kernels.MatMul(
                        1,
                        m,
                        n,
                        x.dim(1),
                        false,
                        false,
                        false,
                        false,
                        x.buffer(),
                        w.buffer(),
                        b.buffer(),
                        activation,
                        pre,
                        y));
    }

    static void requireFit(Tensor x, Tensor w, Tensor b) {
        if (x.rank() != 2
                || w.rank() != 2
                || b.rank() != 1
                || x.dim(1) != w.dim(0)
                || w.dim(1) != b.dim(0)
                || !x.dtype().floating()
                || x.dtype() != w.dtype()
                || x.dtype() != b.dtype()) {
            throw new IllegalArgumentException("linear: got x " + x.dtype() + " " + x.shape() + ", W " + w.dtype() + " "
                    + w.shape() + ", b " + b.dtype() + " " + b.shape()
                    + "; expected (M, K), (K, N) and (N) of F32 or F64, the same for all");
        }
    }

    @Override
    public Tensor vjp(int i, Tensor g, Tensor y, Tensor... in) {
        return switch (i) {
            case 0 -> Ops.matmul(g, in[1], false, true);
            case 1 -> Ops.matmul(in[0], g, true, false);
            default -> Ops.sum(g, 0);
        };
    }

    @Override
    public @Nullable Tensor jvp(@Nullable Tensor[] dx, Tensor y, Tensor... in) {
        Tensor d = dx[0];
        Tensor dw = dx[1];
        Tensor db = dx[2];
        Tensor sum = d == null ? null : Ops.matmul(d, in[1]);
        if (dw != null) {
            Tensor term = Ops.matmul(in[0], dw);
            sum = sum == null ? term : Ops.add(sum, term);
        }
        if (db != null) {
            sum = sum == null ? Ops.broadcastTo(db, y.shape()) : Ops.add(sum, db);
        }
        return sum;
    }

    @Override
    public boolean savesInput(int i) {
        return i < 2;
    }
}
