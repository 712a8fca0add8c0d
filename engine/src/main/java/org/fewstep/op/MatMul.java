package org.fewstep.op;

import org.fewstep.tensor.Op;
import org.fewstep.tensor.Shape;
import org.fewstep.tensor.Tensor;
import org.jspecify.annotations.Nullable;

/** op(A) op(B), op = identity or transpose, for (M, K) and (K, N) matrices or batches of them of equal length. */
record MatMul(boolean transA, boolean transB) implements Op {
    @Override
    public String name() {
        return "matmul";
    }

    @Override
    public Tensor forward(Tensor... in) {
        Tensor a = in[0];
        Tensor b = in[1];
        int rank = a.rank();
        boolean fits = (rank == 2 || rank == 3) && b.rank() == rank && (rank == 2 || a.dim(0) == b.dim(0));
        int m = fits ? a.dim(transA ? -1 : -2) : 0;
        int k = fits ? a.dim(transA ? -2 : -1) : 0;
        int n = fits ? b.dim(transB ? -2 : -1) : 0;
        if (!fits || k != b.dim(transB ? -1 : -2) || a.dtype() != b.dtype()) {
            throw new IllegalArgumentException("matmul: got lhs " + a.dtype() + " " + a.shape()
                    + (transA ? " transposed" : "") + ", rhs " + b.dtype() + " " + b.shape()
                    + (transB ? " transposed" : "") + "; expected matrices, or equal batches of them, with equal inner"
                    + " sizes");
        }
        int batch = rank == 2 ? 1 : a.dim(0);
        Shape shape = rank == 2 ? Shape.of(m, n) : Shape.of(batch, m, n);
        Tensor c = Tensor.of(a.device().allocate(a.dtype(), shape.count()), shape);
        c.device()
                .run(new org.fewstep.kernels.MatMul(
                        batch, m, n, k, transA, transB, false, false, a.buffer(), b.buffer(), null, c.buffer()));
        return c;
    }

    @Override
    public Tensor vjp(int i, Tensor g, Tensor y, Tensor... in) {
        Tensor a = in[0];
        Tensor b = in[1];
        if (i == 0) {
            return transA ? Ops.matmul(b, g, transB, true) : Ops.matmul(g, b, false, !transB);
        }
        return transB ? Ops.matmul(g, a, true, transA) : Ops.matmul(a, g, !transA, false);
    }

    @Override
    public @Nullable Tensor jvp(@Nullable Tensor[] dx, Tensor y, Tensor... in) {
        Tensor da = dx[0];
        Tensor db = dx[1];
        Tensor first = da == null ? null : Tensor.apply(this, da, in[1]);
        Tensor second = db == null ? null : Tensor.apply(this, in[0], db);
        return first == null ? second : second == null ? first : Ops.add(first, second);
    }
}
