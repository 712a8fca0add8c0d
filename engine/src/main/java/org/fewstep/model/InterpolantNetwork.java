package org.fewstep.model;

import java.util.EnumMap;
import java.util.Locale;
import java.util.Map;
import org.fewstep.tensor.Tensor;

/**
 * The fields of a stochastic interpolant, a network each: trained, averaged and stored as one, with parameters named
 * {@code b.PARAM}, {@code s.PARAM} and {@code eta.PARAM}.
 */
public final class InterpolantNetwork extends Network {
    private final InterpolantConfig config;
    private final Map<InterpolantField, VelocityNet> nets = new EnumMap<>(InterpolantField.class);

    /** A network with fresh parameters. */
    public InterpolantNetwork(Init init, InterpolantConfig config) {
        this.config = config;
        for (InterpolantField field : config.fields()) {
            String name = field.name().toLowerCase(Locale.ROOT);
            if (!(child(name, config.each().build(init.part(name))) instanceof VelocityNet net)) {
                throw new IllegalArgumentException(
                        "interpolant: got " + config.each() + "; expected a network of state and time");
            }
            nets.put(field, net);
        }
    }

    @Override
    public InterpolantConfig config() {
        return config;
    }

    /** Whether there is a network of this field. */
    public boolean has(InterpolantField field) {
        return nets.containsKey(field);
    }

    /**
     * A field's value.
     *
     * @param x state (B, ...)
     * @param t time (B), 0 at the source
     * @return (B, ...)
     * @throws IllegalArgumentException when the field is not learned
     */
    public Tensor of(InterpolantField field, Tensor x, Tensor t) {
        VelocityNet net = nets.get(field);
        if (net == null) {
            throw new IllegalArgumentException(
                    "interpolant: got field " + field + "; expected one of " + config.fields() + ", which it learned");
        }
        return net.v(x, t, Cond.NONE);
    }
}
