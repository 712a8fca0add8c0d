package org.fewstep.model;

import java.util.ArrayList;
import java.util.List;
import org.fewstep.tensor.Tensor;

/** A chain of {@link Linear} layers with an activation after every layer but the last. */
public final class Mlp extends Module {
    private final List<Linear> layers = new ArrayList<>();
    private final Activation activation;

    /**
     * A network of the given widths.
     *
     * @param widths input, hidden and output widths, at least two numbers
     */
    public Mlp(Init init, Activation activation, int... widths) {
        if (widths.length < 2) {
            throw new IllegalArgumentException("mlp: got " + widths.length + " widths; expected at least 2");
        }
        this.activation = activation;
        for (int i = 0; i + 1 < widths.length; i++) {
            String name = "layers." + i;
            layers.add(child(name, new Linear(init.part(name), widths[i], widths[i + 1], 1)));
        }
    }

    /** The layer that the output comes from. */
    Linear last() {
        return layers.get(layers.size() - 1);
    }

    /** x (B, in) to (B, out). */
    public Tensor of(Tensor x) {
        Tensor h = x;
        for (int i = 0; i < layers.size(); i++) {
            h = i + 1 < layers.size()
                    ? activation.after(layers.get(i), h)
                    : layers.get(i).of(h);
        }
        return h;
    }
}
