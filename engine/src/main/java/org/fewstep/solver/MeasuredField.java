package org.fewstep.solver;

import org.fewstep.path.GridPoint;
import org.fewstep.tensor.Tensor;

/**
 * A zero-shot edit with any denoiser: the known part of the predicted x0 is replaced by what was measured, so that a run to
 * clean data ends in it, and the rest is drawn along. In a step x' = alpha' x0 + sigma' eps the known part of the state so
 * follows the known data at the right noise level.
 *
 * <p>A solver that draws noise, as {@link Ddim} with eta 1, fits known and drawn parts together better than one that does not.
 *
 * @param field gives x0
 * @param measurement what is known
 * @param known data, of the state's shape; of them only the known part is used
 * @paper Wang et al. 2022: Zero-Shot Image Restoration Using Denoising Diffusion Null-Space Model, arXiv:2212.00490,
 *     equation 13; Song et al. 2023: Consistency Models, arXiv:2303.01469, algorithm 4
 */
public record MeasuredField(Field field, Measurement measurement, Tensor known) implements Field {
    @Override
    public Tensor at(Tensor x, GridPoint point) {
        return measurement.mix(field.at(x, point), known);
    }
}
