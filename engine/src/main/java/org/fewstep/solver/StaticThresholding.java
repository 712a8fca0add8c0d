package org.fewstep.solver;

import static org.fewstep.op.Ops.clamp;

import org.fewstep.path.GridPoint;
import org.fewstep.tensor.Tensor;

/**
 * Static thresholding: a predicted x0 is clipped to [-bound, bound], the range of the data.
 *
 * @param field gives x0
 * @param bound above 0, 1 for images
 */
public record StaticThresholding(Field field, double bound) implements Field {
    public StaticThresholding {
        if (!(bound > 0) || Double.isInfinite(bound)) {
            throw new IllegalArgumentException(
                    "static thresholding: got bound " + bound + "; expected above 0, finite");
        }
    }

    @Override
    public Tensor at(Tensor x, GridPoint point) {
        return clamp(field.at(x, point), -bound, bound);
    }
}
