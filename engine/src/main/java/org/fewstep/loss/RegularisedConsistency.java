package org.fewstep.loss;

import static org.fewstep.op.Ops.add;
import static org.fewstep.op.Ops.mean;
import static org.fewstep.op.Ops.scale;
import static org.fewstep.op.Ops.stopGradient;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.fewstep.tensor.Rng;
import org.fewstep.tensor.Tensor;

/**
 * Score-regularised consistency: L = L_sCM + lambda L_DMD of {@link TrigFlowConsistency} and {@link ScoreDistillation}.
 *
 * <p>The first is a forward divergence, along the teacher's flow from data; the second a reverse one, on samples of the student's
 * own. The error to watch is the first term's. Cost: that of both.
 *
 * @paper Zheng et al.: Large Scale Diffusion Distillation via Score-Regularized Continuous-Time Consistency, 2025,
 *     arXiv:2510.08431; the form of the sum is as cited, its published numbers are unchecked
 * @shape x0 (B, ...); total (), perSample (B)
 */
public final class RegularisedConsistency implements Loss<RegularisedConsistency.Nets, RegularisedConsistency.Draw> {
    /**
     * The networks.
     *
     * @param consistency of the first term
     * @param matching of the second; its student is the consistency function of the first's
     */
    public record Nets(TrigFlowConsistency.Nets consistency, ScoreDistillation.Nets matching) {}

    /**
     * The randomness of a step.
     *
     * @param consistency of the first term
     * @param matching of the second
     */
    public record Draw(TrigFlowConsistency.Draw consistency, ScoreDistillation.Draw matching) {}

    private final TrigFlowConsistency consistency;
    private final ScoreDistillation matching;
    private final double weight;

    /**
     * The loss.
     *
     * @param weight lambda, at least 0
     */
    public RegularisedConsistency(TrigFlowConsistency consistency, ScoreDistillation matching, double weight) {
        if (!(weight >= 0) || Double.isInfinite(weight)) {
            throw new IllegalArgumentException(
                    "regularised consistency: got weight " + weight + "; expected a finite number of at least 0");
        }
        this.consistency = consistency;
        this.matching = matching;
        this.weight = weight;
    }

    @Override
    public Draw draw(Batch batch, Rng rng, int step) {
        return new Draw(consistency.draw(batch, rng, step), matching.draw(batch, rng.stream("matching"), step));
    }

    @Override
    public List<Tensor> inputs(Draw draw) {
        List<Tensor> second = matching.inputs(draw.matching);
        if (second.isEmpty()) {
            return second;
        }
        List<Tensor> inputs = new ArrayList<>(consistency.inputs(draw.consistency));
        inputs.addAll(second);
        return inputs;
    }

    @Override
    public LossResult loss(Nets nets, Draw draw) {
        LossResult first = consistency.loss(nets.consistency, draw.consistency);
        LossResult second = matching.loss(nets.matching, draw.matching);
        Map<String, Tensor> parts = new LinkedHashMap<>(first.parts());
        second.parts().forEach((name, part) -> parts.put("matching " + name, part));
        Tensor perSample = add(first.perSample(), scale(second.perSample(), weight));
        return new LossResult(mean(perSample), stopGradient(first.error()), perSample, parts);
    }

    @Override
    public Coupling coupling() {
        return matching.coupling();
    }

    @Override
    public Draw slice(Draw draw, int from, int to) {
        return new Draw(consistency.slice(draw.consistency, from, to), matching.slice(draw.matching, from, to));
    }
}
