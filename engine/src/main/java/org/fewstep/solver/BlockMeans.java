package org.fewstep.solver;

import static org.fewstep.op.Ops.averagePool;
import static org.fewstep.op.Ops.scale;
import static org.fewstep.op.Ops.upsampleNearest;

import java.util.Arrays;
import org.fewstep.tensor.Tensor;

/**
 * Knows the mean of each block of factor x factor pixels of images (B, C, H, W): super-resolution draws what is within. The
 * measured numbers are the means times the factor, which makes the rows orthonormal.
 *
 * @param factor side of a block, at least 1
 */
public record BlockMeans(int factor) implements Measurement {
    public BlockMeans {
        if (factor < 1) {
            throw new IllegalArgumentException("block means: got factor " + factor + "; expected at least 1");
        }
    }

    /** (B, C, H / factor, W / factor). */
    @Override
    public Tensor of(Tensor x) {
        return scale(averagePool(x, factor), factor);
    }

    @Override
    public Tensor back(Tensor measured) {
        return scale(upsampleNearest(measured, factor), 1.0 / factor);
    }

    @Override
    public void require(int... shape) {
        if (shape.length != 3 || shape[1] % factor != 0 || shape[2] % factor != 0) {
            throw new IllegalArgumentException("block means: got factor " + factor + " for samples of shape "
                    + Arrays.toString(shape) + "; expected images (C, H, W) whose sides it divides");
        }
    }
}
