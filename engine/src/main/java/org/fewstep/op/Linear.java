package org.fewstep.op;

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
        Tensor x = in[0];
        Tensor w = in[1];
        Tensor b = in[2];
        if (x.rank() != 2
                || w.rank() != 2
                || b.rank() != 1
                || x.dim(1) != w.dim(0)
                || w.dim(1) != b.dim(0)
                || x.dtype() != w.dtype()
                || x.dtype() != b.dtype()) {
            throw new IllegalArgumentException("linear: got x " + x.dtype() + " " + x.shape() + ", W " + w.dtype() + " "
                    + w.shape() + ", b " + b.dtype() + " " + b.shape()
                    + "; expected (M, K), (K, N) and (N) of one dtype");
        }
        int m = x.dim(0);
        int n = w.dim(1);
        Tensor y = Tensor.of(x.device().allocate(x.dtype(), Math.multiplyExact(m, n)), Shape.of(m, n));
        y.device()
                .run(new org.fewstep.kernels.MatMul(
                        1, m, n, x.dim(1), false, false, false, false, x.buffer(), w.buffer(), b.buffer(), y.buffer()));
        return y;
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
