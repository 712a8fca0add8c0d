package org.fewstep.loss;

import static org.fewstep.op.Ops.add;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.fewstep.model.InterpolantConfig;
import org.fewstep.model.InterpolantField;
import org.fewstep.model.InterpolantNetwork;
import org.fewstep.tensor.Tensor;

/**
 * All fields of a stochastic interpolant at once: the sum of {@link InterpolantDrift}, {@link InterpolantScore} and {@link
 * InterpolantDenoiser} for those that are learned, on one draw. Each field has a network of its own, so the sum has the
 * gradients of the single losses.
 *
 * <p>The loss may be below 0, as its terms may. Parts are named as in the single losses, behind {@code b.}, {@code s.} and
 * {@code eta.}. Cost: two evaluations forward and backward a step for b, two for s, one for eta.
 *
 * @paper Albergo, Boffi, Vanden-Eijnden: Stochastic Interpolants: A Unifying Framework for Flows and Diffusions, 2023,
 *     arXiv:2303.08797
 * @shape source and data (B, ...); total (), perSample (B)
 */
public final class InterpolantFields extends BridgeLoss<InterpolantNetwork> {
    private final Map<InterpolantField, Single> singles = new LinkedHashMap<>();

    /** The loss of one field. */
    @FunctionalInterface
    private interface Single {
        LossResult loss(InterpolantNetwork net, ConditionalFlowMatching.Draw draw);
    }

    /**
     * The loss of some fields.
     *
     * @param fields the drift and any others, each once
     */
    public InterpolantFields(ConditionalFlowMatching.Config config, List<InterpolantField> fields) {
        super(config);
        InterpolantConfig.requireFields(fields);
        InterpolantDrift b = new InterpolantDrift(config);
        InterpolantScore s = new InterpolantScore(config);
        InterpolantDenoiser eta = new InterpolantDenoiser(config);
        for (InterpolantField field : fields) {
            singles.put(
                    field,
                    switch (field) {
                        case B -> (net, draw) -> b.loss((x, t, cond) -> net.of(field, x, t), draw);
                        case S -> (net, draw) -> s.loss((x, t, cond) -> net.of(field, x, t), draw);
                        case ETA -> (net, draw) -> eta.loss((x, t, cond) -> net.of(field, x, t), draw);
                    });
        }
    }

    @Override
    public ConditionalFlowMatching.Draw draw(Tensor source, Tensor data, Tensor eps, double[] t) {
        requireFinite("interpolant fields", "gamma'", bridge::dNoise, t);
        if (singles.containsKey(InterpolantField.S)) {
            requireFinite("interpolant fields", "1 / gamma", time -> 1 / bridge.noise(time), t);
        }
        return super.draw(source, data, eps, t);
    }

    @Override
    public LossResult loss(InterpolantNetwork net, ConditionalFlowMatching.Draw draw) {
        Tensor total = null;
        Tensor perSample = null;
        Map<String, Tensor> parts = new LinkedHashMap<>();
        for (Map.Entry<InterpolantField, Single> single : singles.entrySet()) {
            LossResult one = single.getValue().loss(net, draw);
            String prefix = single.getKey().name().toLowerCase(Locale.ROOT) + ".";
            one.parts().forEach((name, part) -> parts.put(prefix + name, part));
            total = total == null ? one.total() : add(total, one.total());
            perSample = perSample == null ? one.perSample() : add(perSample, one.perSample());
        }
        if (total == null || perSample == null) {
            throw new IllegalStateException("interpolant fields: got none; expected the drift at least");
        }
        return new LossResult(total, perSample, parts);
    }
}
