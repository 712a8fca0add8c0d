package org.fewstep.train;

import java.util.List;
import java.util.Map;
import org.fewstep.kernels.Buffer;
import org.fewstep.tensor.Tensor;

/**
 * Moves a network's trained parameters along their gradients, in one fused pass.
 *
 * <p>A step is {@link #prepare}, one staging of the {@link org.fewstep.kernels.Slots} it was built on, and
 * {@link #apply}. Closing gives the state back, not the parameters.
 */
public interface Optimizer extends AutoCloseable {
    /**
     * Sets the scalars of one update in the slots.
     *
     * @param update number of the update, from 1
     * @param lr learning rate
     */
    void prepare(long update, double lr);

    /**
     * Changes the parameters.
     *
     * @param gradients one a trained parameter, in the module's order
     * @param clip (3) of {@link GradClip}: norm, factor, flag
     */
    void apply(List<Tensor> gradients, Buffer clip);

    /** State beside the parameters by name: {@code m/PARAM}, {@code v/PARAM}, each of its parameter's shape. */
    Map<String, Buffer> state();

    @Override
    void close();
}
