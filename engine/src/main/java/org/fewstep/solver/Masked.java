package org.fewstep.solver;

import static org.fewstep.op.Ops.mul;
import static org.fewstep.op.Ops.notEqual;
import static org.fewstep.op.Ops.scale;
import static org.fewstep.op.Ops.where;

import java.util.Arrays;
import org.fewstep.tensor.Tensor;

/**
 * Knows some of a sample's numbers: inpainting draws the others. {@link #mix} keeps the known ones to the bit.
 *
 * @param mask not 0 where known; of a sample's shape or broadcast to it, with a leading axis of 1 or B
 */
public record Masked(Tensor mask) implements Measurement {
    /** The numbers with 0 for those that are not known; as many as there are. */
    @Override
    public Tensor of(Tensor x) {
        return mul(x, notEqual(mask, scale(mask, 0)));
    }

    @Override
    public Tensor back(Tensor measured) {
        return of(measured);
    }

    @Override
    public Tensor mix(Tensor x, Tensor y) {
        return where(mask, y, x);
    }

    @Override
    public void require(int... shape) {
        boolean fits = mask.rank() == shape.length + 1;
        for (int d = 0; fits && d < shape.length; d++) {
            fits = mask.dim(d + 1) == 1 || mask.dim(d + 1) == shape[d];
        }
        if (!fits) {
            throw new IllegalArgumentException("mask: got shape " + mask.shape() + " for samples of shape "
                    + Arrays.toString(shape) + "; expected the same after the first axis, or 1");
        }
    }
}
