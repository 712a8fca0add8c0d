package org.fewstep.kernels;

import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Batched matrix product C = op(A) op(B) (+ bias), row-major, op = identity or transpose.
 *
 * <p>op(A) is (m, k), op(B) is (k, n), C is (m, n), bias is (n). A batch stride of 0 shares an operand among the batch.
 * The order in which the k products of one element of C are added depends on k, n and dtype only, never on m, the row
 * or the number of threads; the bias is added last.
 */
public final class MatMul extends Workload {
    private final int batch;
    private final int m;
    private final int n;
    private final int k;
    private final boolean transA;
    private final boolean transB;
    private final boolean sharedA;
    private final boolean sharedB;
    private final Buffer a;
    private final Buffer b;
    private final @Nullable Buffer bias;
    private final Buffer c;

    /**
     * Describes the work.
     *
     * @param batch number of products, at least 0
     * @param transA A is stored (k, m)
     * @param transB B is stored (n, k)
     * @param sharedA A holds one matrix for the whole batch
     * @param sharedB B holds one matrix for the whole batch
     * @param bias row added to every row of C, or null
     */
    public MatMul(
            int batch,
            int m,
            int n,
            int k,
            boolean transA,
            boolean transB,
            boolean sharedA,
            boolean sharedB,
            Buffer a,
            Buffer b,
            @Nullable Buffer bias,
            Buffer c) {
        super(Family.MATMUL, c.dtype(), bias == null ? List.of(a, b) : List.of(a, b, bias), List.of(c));
        if (batch < 0 || m < 0 || n < 0 || k < 0) {
            throw new IllegalArgumentException(
                    "matmul: got batch " + batch + ", m " + m + ", n " + n + ", k " + k + "; expected at least 0");
        }
        requireFloating("matmul", c);
        requireDType("matmul", c.dtype(), a);
        requireDType("matmul", c.dtype(), b);
        requireSize("matmul", "A", a, (sharedA ? 1L : batch) * m * k);
        requireSize("matmul", "B", b, (sharedB ? 1L : batch) * k * n);
        requireSize("matmul", "C", c, (long) batch * m * n);
        if (bias != null) {
            requireDType("matmul", c.dtype(), bias);
            requireSize("matmul", "bias", bias, n);
        }
        this.batch = batch;
        this.m = m;
        this.n = n;
        this.k = k;
        this.transA = transA;
        this.transB = transB;
        this.sharedA = sharedA;
        this.sharedB = sharedB;
        this.a = a;
        this.b = b;
        this.bias = bias;
        this.c = c;
    }

    public int batch() {
        return batch;
    }

    public int m() {
        return m;
    }

    public int n() {
        return n;
    }

    public int k() {
        return k;
    }

    public boolean transA() {
        return transA;
    }

    public boolean transB() {
        return transB;
    }

    /** Place of batch item {@code i}'s A. */
    public int offsetA(int i) {
        return sharedA ? 0 : i * m * k;
    }

    /** Place of batch item {@code i}'s B. */
    public int offsetB(int i) {
        return sharedB ? 0 : i * k * n;
    }

    public boolean sharedB() {
        return sharedB;
    }

    /** True when the batch is one product of {@code batch * m} rows: B is shared, A's items follow each other. */
    public boolean rowsJoin() {
        return sharedB && !transA && (!sharedA || batch == 1);
    }

    public Buffer a() {
        return a;
    }

    public Buffer b() {
        return b;
    }

    public @Nullable Buffer bias() {
        return bias;
    }

    public Buffer c() {
        return c;
    }

    /** Floating-point operations of the products alone, without the bias. */
    @Override
    public long productFlops() {
        return 2L * batch * m * n * k;
    }

    @Override
    public long flops() {
        return productFlops() + (bias == null ? 0 : (long) batch * m * n);
    }
}
