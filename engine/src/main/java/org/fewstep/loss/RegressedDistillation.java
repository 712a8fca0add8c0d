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
 * DMD with its regression: L = L_score + lambda L_pairs. The pairs tie each noise to the end of the teacher's ODE from it, so that
 * no mode is lost. The two terms see noises of their own.
 *
 * @paper Yin et al.: One-step Diffusion with Distribution Matching Distillation, 2023, arXiv:2311.18828
 * @shape source and x0 (B, ...); total (), perSample (B)
 */
public final class RegressedDistillation implements Loss<ScoreDistillation.Nets, RegressedDistillation.Draw> {
    /**
     * The randomness of a step.
     *
     * @param score of the first term
     * @param pairs of the second
     */
    public record Draw(ScoreDistillation.Draw score, KnowledgeDistillation.Draw pairs) {}

    private final ScoreDistillation score;
    private final KnowledgeDistillation pairs;
    private final double weight;

    /**
     * The loss.
     *
     * @param weight lambda, at least 0
     */
    public RegressedDistillation(ScoreDistillation score, KnowledgeDistillation pairs, double weight) {
        if (!(weight >= 0) || Double.isInfinite(weight)) {
            throw new IllegalArgumentException(
                    "regression: got weight " + weight + "; expected a finite number of at least 0");
        }
        this.score = score;
        this.pairs = pairs;
        this.weight = weight;
    }

    @Override
    public Draw draw(Batch batch, Rng rng, int step) {
        return new Draw(score.draw(batch, rng, step), pairs.draw(batch, rng, step));
    }

    @Override
    public List<Tensor> inputs(Draw draw) {
        List<Tensor> first = score.inputs(draw.score);
        if (first.isEmpty()) {
            return first;
        }
        List<Tensor> inputs = new ArrayList<>(first);
        inputs.addAll(pairs.inputs(draw.pairs));
        return inputs;
    }

    @Override
    public LossResult loss(ScoreDistillation.Nets nets, Draw draw) {
        LossResult matched = score.loss(nets, draw.score);
        LossResult regressed = pairs.loss(nets.student(), draw.pairs);
        Map<String, Tensor> parts = new LinkedHashMap<>(matched.parts());
        parts.put("regression", regressed.perSample());
        Tensor perSample = add(matched.perSample(), scale(regressed.perSample(), weight));
        return new LossResult(mean(perSample), mean(stopGradient(regressed.perSample())), perSample, parts);
    }

    @Override
    public Coupling coupling() {
        return score.coupling();
    }

    @Override
    public Draw slice(Draw draw, int from, int to) {
        return new Draw(score.slice(draw.score, from, to), pairs.slice(draw.pairs, from, to));
    }
}
