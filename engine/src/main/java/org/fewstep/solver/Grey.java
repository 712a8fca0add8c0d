package org.fewstep.solver;

import static org.fewstep.op.Ops.broadcastTo;
import static org.fewstep.op.Ops.mul;
import static org.fewstep.op.Ops.scale;
import static org.fewstep.op.Ops.sumKeep;

import java.util.Arrays;
import org.fewstep.tensor.Tensor;

/**
 * Knows the grey level of each pixel of images (B, 3, H, W), the luma of ITU-R BT.601 with weights over their norm:
 * colourisation draws the two other directions of colour.
 *
 * @paper Song et al. 2023: Consistency Models, arXiv:2303.01469, appendix D
 */
public record Grey() implements Measurement {
    private static final double[] LUMA = {0.2989, 0.5870, 0.1140};
    private static final double SUM = LUMA[0] + LUMA[1] + LUMA[2];
    private static final double NORM = Math.sqrt(LUMA[0] * LUMA[0] + LUMA[1] * LUMA[1] + LUMA[2] * LUMA[2]);

    private static Tensor weights(Tensor like) {
        double[] unit = Arrays.stream(LUMA).map(w -> w / NORM).toArray();
        return Tensor.of(like.device(), like.dtype(), unit, 1, LUMA.length, 1, 1);
    }

    /** (B, 1, H, W). */
    @Override
    public Tensor of(Tensor x) {
        return sumKeep(mul(x, weights(x)), 1);
    }

    @Override
    public Tensor back(Tensor measured) {
        return mul(measured, weights(measured));
    }

    /** The luma in all three channels; the known part itself is tinted. */
    @Override
    public Tensor picture(Tensor x) {
        return broadcastTo(scale(of(x), NORM / SUM), x.shape());
    }

    @Override
    public void require(int... shape) {
        if (shape.length != 3 || shape[0] != LUMA.length) {
            throw new IllegalArgumentException(
                    "grey: got samples of shape " + Arrays.toString(shape) + "; expected (3, H, W), images in colour");
        }
    }
}
