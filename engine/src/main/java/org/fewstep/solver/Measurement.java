package org.fewstep.solver;

import static org.fewstep.op.Ops.add;
import static org.fewstep.op.Ops.sub;

import org.fewstep.tensor.Tensor;

/**
 * What is known of data: a linear map A with orthonormal rows, A A^T = 1, so that A^T A is the projection on the known part.
 * Zero-shot edits with any denoiser or consistency model are built of it: inpainting ({@link Masked}), colourisation ({@link
 * Grey}), super-resolution ({@link BlockMeans}).
 */
public interface Measurement {
    /** The measured numbers A x of samples x (B, ...). */
    Tensor of(Tensor x);

    /** A^T y: the sample (B, ...) that is nothing but its known part, with y measured. */
    Tensor back(Tensor measured);

    /** The known part A^T A x of samples (B, ...). */
    default Tensor known(Tensor x) {
        return back(of(x));
    }

    /** x with the known part of y in place of its own: x + A^T A (y - x), all (B, ...). */
    default Tensor mix(Tensor x, Tensor y) {
        return add(x, known(sub(y, x)));
    }

    /** What is measured of samples (B, ...), as samples to look at. */
    default Tensor picture(Tensor x) {
        return known(x);
    }

    /**
     * Checks that samples of this shape can be measured.
     *
     * @param shape of one sample, as (C, H, W)
     * @throws IllegalArgumentException when they cannot
     */
    void require(int... shape);
}
