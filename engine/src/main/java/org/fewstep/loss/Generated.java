package org.fewstep.loss;

import java.util.List;
import org.fewstep.model.Cond;
import org.fewstep.tensor.Rng;
import org.fewstep.tensor.Tensor;

/**
 * A generator's samples beside real ones, for the loss of a discriminator.
 *
 * @param <D> the draw
 */
public interface Generated<D> {
    /**
     * Real samples with generated ones of the same levels and labels.
     *
     * @param real (B, ...)
     * @param fake (B, ...)
     * @param t level that a pair belongs to (B)
     */
    record Pairs(Tensor real, Tensor fake, Tensor t, Cond cond) {}

    /** Everything random of one update, as in {@link Loss#draw}. */
    D draw(Batch batch, Rng rng, int step);

    /** The samples of a draw. */
    Pairs of(D draw);

    /** Tensors through which draws differ, as in {@link Loss#inputs}. */
    List<Tensor> inputs(D draw);

    /** The draw of samples from (included) to (excluded). */
    D slice(D draw, int from, int to);
}
