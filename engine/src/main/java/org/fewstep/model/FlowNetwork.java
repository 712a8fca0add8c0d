package org.fewstep.model;

import java.util.List;
import org.fewstep.tensor.Tensor;

/**
 * A network over samples of a fixed shape with one time (a velocity) or two (an average velocity).
 *
 * <p>With one time, {@link #u} with two different times has no meaning and throws.
 */
public abstract class FlowNetwork extends Network implements FlowMapNet {
    @Override
    public final Tensor u(Tensor x, Tensor from, Tensor to, Cond cond) {
        if (config().times() == 1 && from != to) {
            throw new IllegalArgumentException("network: got two times; expected one, since it was built with times 1;"
                    + " train a network with times 2 for flow maps");
        }
        return call(x, () -> forward(x, from, to, cond));
    }

    /** Leaves of the layer that the output comes from, by whose gradients the terms of a loss can be balanced. */
    public abstract List<Tensor> lastLayer();

    /** The pass itself; {@code to} is {@code from} for a network with one time. */
    protected abstract Tensor forward(Tensor x, Tensor from, Tensor to, Cond cond);
}
