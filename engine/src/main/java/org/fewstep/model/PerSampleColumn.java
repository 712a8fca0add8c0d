package org.fewstep.model;

import java.util.Arrays;
import org.fewstep.op.Ops;
import org.fewstep.tensor.Shape;
import org.fewstep.tensor.Tensor;

/** One number a sample, shaped to multiply states. */
public final class PerSampleColumn {
    private PerSampleColumn() {}

    /** Numbers (B) as (B, 1, ..., 1) beside the state {@code like} (B, ...). */
    public static Tensor of(Tensor numbers, Tensor like) {
        int[] sizes = new int[like.rank()];
        Arrays.fill(sizes, 1);
        sizes[0] = numbers.dim(0);
        return Ops.reshape(numbers, Shape.of(sizes));
    }
}
