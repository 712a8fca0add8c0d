package org.fewstep.kernels;

import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Batched matrix product C = f(op(A) op(B) (+ bias)), row-major, op = identity or transpose, f = identity or an
 * activation.
 *
 * <p>op(A) is (m, k), op(B) is (k, n), C is (m, n), bias is (n). A batch stride of 0 shares an operand among the batch.
 * The order in which the k products of one element of C are added depends on k, n and dtype only, never on m, the row
 * or the number of threads; the bias is added last. The activation's bits are those of {@link Elementwise} with its code
 * on the same device, so a fused product equals the two workloads it stands for; a kernel applies it while the finished
 * part of C is in cache.
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
    private final Elementwise.@Nullable Code activation;
    private final @Nullable Buffer pre;
    private final Buffer c;

    /** As the full form without activation. */
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
        this(batch, m, n, k, transA, transB, sharedA, sharedB, a, b, bias, null, null, c);
    }

    /**
     * Describes the work.
     *
     * @param batch number of products, at least 0
     * @param transA A is stored (k, m)
     * @param transB B is stored (n, k)
     * @param sharedA A holds one matrix for the whole batch
     * @param sharedB B holds one matrix for the whole batch
     * @param bias row added to every row of C, or null
     * @param activation f: SILU, GELU, GELU_TANH or RELU, or null for the identity
     * @param pre receives what f is applied to, of C's size; null where nobody needs it; only with an activation
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
            Elementwise.@Nullable Code activation,
            @Nullable Buffer pre,
            Buffer c) {
        super(Family.MATMUL, c.dtype(), present(a, b, bias), present(c, pre, null));
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
        if (activation == null ? pre != null : !isActivation(activation)) {
            throw new IllegalArgumentException("matmul: got activation " + activation
                    + (pre == null ? "" : " with a place for its argument")
                    + "; expected SILU, GELU, GELU_TANH or RELU, or neither");
        }
        if (pre != null) {
            requireDType("matmul", c.dtype(), pre);
            requireSize("matmul", "the activation's argument", pre, (long) batch * m * n);
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
        this.activation = activation;
        this.pre = pre;
        this.c = c;
    }

    /** True for the codes that a product can end in. */
    public static boolean isActivation(Elementwise.Code code) {
        return switch (code) {
            case SILU, GELU, GELU_TANH, RELU -> true;
            default -> false;
        };
    }

    private static List<Buffer> present(Buffer first, @Nullable Buffer second, @Nullable Buffer third) {
        List<Buffer> list = new ArrayList<>(3);
        list.add(first);
        if (second != null) {
            list.add(second);
        }
        if (third != null) {
            list.add(third);
        }
        return list;
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

    /** What the finished sums, bias included, go through, or null. */
    public Elementwise.@Nullable Code activation() {
        return activation;
    }

    /** Where the activation's argument is kept, (batch, m, n), or null. */
    public @Nullable Buffer pre() {
        return pre;
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
        int each = (bias == null ? 0 : 1) + (activation == null ? 0 : 1);
        return productFlops() + (long) each * batch * m * n;
    }
}
