package org.fewstep.study;

import static org.fewstep.op.Ops.add;
import static org.fewstep.op.Ops.concat;
import static org.fewstep.op.Ops.scale;
import static org.fewstep.op.Ops.scaleShift;
import static org.fewstep.op.Ops.sin;
import static org.fewstep.op.Ops.slice;

import org.fewstep.model.SigmaScaling;
import org.fewstep.path.GridPoint;
import org.fewstep.solver.Field;
import org.fewstep.tensor.Tensor;

/**
 * A denoiser of the plane with a smooth error as a network has it: in the network's own coordinates c_in x, of the size a c_out,
 * which vanishes with the noise.
 *
 * <p>D'(x, sigma) = D(x, sigma) + a c_out(sigma) (sin(2 u_2 + 1), sin(2 u_1 + 1)) with u = c_in x, where sigma is above a
 * threshold.
 *
 * @param exact D, in EDM's coordinates
 * @param scaling gives c_in and c_out
 * @param size a, at least 0
 * @param above least sigma with the error; 0 for all
 */
record WrongDenoiser(Field exact, SigmaScaling scaling, double size, double above) implements Field {
    private static final double RATE = 2;
    private static final double PHASE = 1;

    @Override
    public Tensor at(Tensor x, GridPoint point) {
        Tensor right = exact.at(x, point);
        double sigma = point.sigma();
        if (size == 0 || sigma <= above) {
            return right;
        }
        Tensor swapped = concat(1, slice(x, 1, 1, 2), slice(x, 1, 0, 1));
        Tensor error = sin(scaleShift(swapped, RATE * scaling.in(sigma), PHASE));
        return add(right, scale(error, size * scaling.out(sigma)));
    }
}
