package org.fewstep.op;

import org.fewstep.tensor.Shape;
import org.fewstep.tensor.Tensor;

/** Matrix products of tensors of any rank, made of the kernel for one batch axis. */
final class Products {
    private Products() {}

    static Tensor matmul(Tensor a, Tensor b, boolean transA, boolean transB) {
        Args.requireFloats("matmul", a, b);
        if (a.rank() < 2 || b.rank() < 2 || a.dim(transA ? -2 : -1) != b.dim(transB ? -1 : -2)) {
            throw mismatch(a, b, transA, transB);
        }
        if (a.rank() == 2 && b.rank() == 2) {
            return Tensor.apply(new MatMul(transA, transB), a, b);
        }
        Shape batchA = batch(a);
        Shape batchB = batch(b);
        if (batchB.count() == 1 && batchB.rank() <= batchA.rank() && !transA) {
            // One matrix for all: the rows of the whole batch are one product.
            Tensor rows = Ops.reshape(a, Shape.of(batchA.count() * a.dim(-2), a.dim(-1)));
            Tensor matrix = Ops.reshape(b, Shape.of(b.dim(-2), b.dim(-1)));
            Tensor c = Tensor.apply(new MatMul(false, transB), rows, matrix);
            return Ops.reshape(c, matrices(batchA, a.dim(-2), c.dim(1)));
        }
        Shape batch;
        try {
            batch = Shape.broadcast("matmul", batchA, batchB);
        } catch (IllegalArgumentException e) {
            throw mismatch(a, b, transA, transB);
        }
        Tensor c = Tensor.apply(new MatMul(transA, transB), flat(a, batchA, batch), flat(b, batchB, batch));
        return Ops.reshape(c, matrices(batch, c.dim(1), c.dim(2)));
    }

    /** x as matrices along one batch axis: repeated to the batch, or one matrix that the kernel shares. */
    private static Tensor flat(Tensor x, Shape own, Shape batch) {
        Shape all = own.count() == 1 ? own : batch;
        Tensor repeated = Ops.broadcastTo(x, matrices(all, x.dim(-2), x.dim(-1)));
        return Ops.reshape(repeated, Shape.of(all.count(), x.dim(-2), x.dim(-1)));
    }

    private static Shape batch(Tensor x) {
        int[] sizes = new int[x.rank() - 2];
        for (int d = 0; d < sizes.length; d++) {
            sizes[d] = x.dim(d);
        }
        return Shape.of(sizes);
    }

    private static Shape matrices(Shape batch, int rows, int columns) {
        int[] sizes = new int[batch.rank() + 2];
        for (int d = 0; d < batch.rank(); d++) {
            sizes[d] = batch.dim(d);
        }
        sizes[batch.rank()] = rows;
        sizes[batch.rank() + 1] = columns;
        return Shape.of(sizes);
    }

    static IllegalArgumentException mismatch(Tensor a, Tensor b, boolean transA, boolean transB) {
        return new IllegalArgumentException("matmul: got lhs " + a.shape() + (transA ? " transposed" : "") + ", rhs "
                + b.shape() + (transB ? " transposed" : "") + "; expected matrices, or batches of them that broadcast,"
                + " with equal inner sizes");
    }

    /** x (..., K) as (M, K). */
    static Tensor rows(String name, Tensor x, Tensor w) {
        if (x.rank() < 1 || w.rank() != 2) {
            throw new IllegalArgumentException(
                    name + ": got x " + x.shape() + ", W " + w.shape() + "; expected (..., K) and (K, N)");
        }
        int n = x.dim(-1);
        int count = 1;
        for (int d = 0; d + 1 < x.rank(); d++) {
            count *= x.dim(d);
        }
        return Ops.reshape(x, Shape.of(count, n));
    }

    /** y (M, N) with the leading axes of x. */
    static Tensor like(Tensor x, Tensor y) {
        int[] sizes = x.shape().sizes();
        sizes[sizes.length - 1] = y.dim(1);
        return Ops.reshape(y, Shape.of(sizes));
    }
}
