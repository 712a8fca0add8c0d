package org.fewstep.model;

import java.util.List;
import org.fewstep.tensor.Tensor;
import org.jspecify.annotations.Nullable;

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

    /**
     * Average velocity and velocity, for a network with a head for each; the interval of guidance is that of the condition.
     *
     * @param x state (B, ...) at time {@code from}
     * @param from start time (B)
     * @param to end time (B)
     */
    public final TwoHeadNet.Heads heads(Tensor x, Tensor from, Tensor to, Cond cond) {
        if (!config().velocityHead()) {
            throw new IllegalArgumentException(
                    "network: got one without a head for the velocity; expected one that was built with it");
        }
        List<Tensor> both = callAll(x, () -> forwardHeads(x, from, to, cond));
        return new TwoHeadNet.Heads(both.get(0), both.get(1));
    }

    /**
     * Starts a flow map as the velocity of a network that lacks the second time and else has the same structure: u(x, s, t) is
     * v(x, s) for all t.
     *
     * @throws IllegalArgumentException for a velocity of another structure
     */
    public final void startAs(FlowNetwork velocity) {
        Module second = second();
        if (second == null || !velocity.config().equals(config().withOneTime())) {
            throw new IllegalArgumentException("start: got " + velocity.config() + " for " + config()
                    + "; expected the same with one time, of an architecture other than mlp");
        }
        copyShared(velocity, second);
    }

    /** The part that what the network makes of the second time passes through, linear; null where there is none. */
    @Nullable
    Module second() {
        return null;
    }

    /** Leaves of the layer that the output comes from, by whose gradients the terms of a loss can be balanced. */
    public abstract List<Tensor> lastLayer();

    /** The pass itself; {@code to} is {@code from} for a network with one time. */
    protected abstract Tensor forward(Tensor x, Tensor from, Tensor to, Cond cond);

    /** Average velocity and velocity by a pass of both heads; for an architecture that can have them. */
    protected List<Tensor> forwardHeads(Tensor x, Tensor from, Tensor to, Cond cond) {
        throw new UnsupportedOperationException("network: got " + getClass().getSimpleName()
                + ", which has no head for the velocity; expected one whose configuration has it");
    }
}
