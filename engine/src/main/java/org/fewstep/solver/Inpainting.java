package org.fewstep.solver;

import static org.fewstep.op.Ops.where;

import org.fewstep.path.GridPoint;
import org.fewstep.tensor.Tensor;

/**
 * Inpainting with any denoiser: where the mask is not 0 the predicted x0 is replaced by what is known, so that a run to clean
 * data ends in it, and the rest is drawn along.
 *
 * @param field gives x0
 * @param known data, of the state's shape or broadcast to it
 * @param mask not 0 where the data are known, of the state's shape or broadcast to it
 */
public record Inpainting(Field field, Tensor known, Tensor mask) implements Field {
    @Override
    public Tensor at(Tensor x, GridPoint point) {
        return where(mask, known, field.at(x, point));
    }
}
