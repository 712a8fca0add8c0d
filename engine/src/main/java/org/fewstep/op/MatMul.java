package org.fewstep.op;

import org.fewstep.tensor.Op;
import org.fewstep.tensor.Shape;
import org.fewstep.tensor.Tensor;
import org.jspecify.annotations.Nullable;

/**
 * op(A) op(B), op = identity or transpose, for (M, K) and (K, N) matrices or batches of them, of equal length or of one
 * matrix that all share.
 */
record MatMul(boolean transA, boolean transB) implements Op {
    @Override
    public String name() {
        return "matmul";
    }

    @Override
    public Tensor forward(Tensor... in) {
        Tensor a = in[0];
        Tensor b = in[1];
        Args.requireFloats(name(), a, b);
        int rank = a.rank();
        int batchA = rank == 3 ? a.dim(0) : 1;
        int batchB = rank == 3 && b.rank() == 3 ? b.dim(0) : 1;
        if ((rank != 2 && rank != 3)
                || b.rank() != rank
                || (batchA != batchB && batchA != 1 && batchB != 1)
                || a.dim(transA ? -2 : -1) != b.dim(transB ? -1 : -2)) {
            throw Products.mismatch(a, b, transA, transB);
        }
        int m = a.dim(transA ? -1 : -2);
        int k = a.dim(transA ? -2 : -1);
        int n = b.dim(transB ? -2 : -1);
        int batch = batchA == 1 ? batchB : batchA;
        Shape shape = rank == 2 ? Shape.of(m, n) : Shape.of(batch, m, n);
        Tensor c = Tensor.of(a.device().allocate(a.dtype(), shape.count()), shape);
        boolean sharedA = batchA != batch;
        boolean sharedB = batchB != batch;
        c.device()
                .run(new org.fewstep.kernels.MatMul(
                        batch, m, n, k, transA, transB, sharedA, sharedB, a.buffer(), b.buffer(), null, c.buffer()));
        return c;
    }

    @Override
    public Tensor vjp(int i, Tensor g, Tensor y, Tensor... in) {
        Tensor a = in[0];
        Tensor b = in[1];
        if (i == 0) {
            Tensor da = transA ? Ops.matmul(b, g, transB, true) : Ops.matmul(g, b, false, !transB);
            return Ops.sumTo(da, a.shape());
        }
        Tensor db = transB ? Ops.matmul(g, a, true, transA) : Ops.matmul(a, g, !transA, false);
        return Ops.sumTo(db, b.shape());
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
