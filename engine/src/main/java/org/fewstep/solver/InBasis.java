package org.fewstep.solver;

import static org.fewstep.op.Ops.matmul;
import static org.fewstep.op.Ops.mul;

import java.util.Arrays;
import org.fewstep.tensor.Tensor;

/**
 * Some coordinates of another orthonormal basis are known: A x = m (x Q) with the basis in the columns of Q. The general form of
 * the zero-shot edits of consistency models (Song et al. 2023, arXiv:2303.01469, algorithm 4), for samples of one axis.
 *
 * @param q the basis (D, D), orthogonal
 * @param mask 1 where a coordinate is known, else 0 (1, D)
 */
public record InBasis(Tensor q, Tensor mask) implements Measurement {
    public InBasis {
        if (q.rank() != 2 || q.dim(0) != q.dim(1) || mask.rank() != 2 || mask.dim(0) != 1 || mask.dim(1) != q.dim(0)) {
            throw new IllegalArgumentException(
                    "basis: got Q " + q.shape() + " and mask " + mask.shape() + "; expected (D, D) and (1, D)");
        }
    }

    @Override
    public Tensor of(Tensor x) {
        return mul(matmul(x, q), mask);
    }

    @Override
    public Tensor back(Tensor measured) {
        return matmul(measured, q, false, true);
    }

    @Override
    public void require(int... shape) {
        if (shape.length != 1 || shape[0] != q.dim(0)) {
            throw new IllegalArgumentException(
                    "basis: got samples of shape " + Arrays.toString(shape) + "; expected [" + q.dim(0) + "]");
        }
    }
}
