package org.fewstep.loss;

import static org.fewstep.op.Ops.mean;
import static org.fewstep.op.Ops.mul;
import static org.fewstep.op.Ops.mulAdd;
import static org.fewstep.op.Ops.scale;
import static org.fewstep.op.Ops.stopGradient;
import static org.fewstep.op.Ops.sub;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.fewstep.model.CriticNet;
import org.fewstep.model.FlowMapNet;
import org.fewstep.model.PerSampleColumn;
import org.fewstep.tensor.Rng;
import org.fewstep.tensor.Shape;
import org.fewstep.tensor.Tensor;

/**
 * Align Your Flow with an adversarial term on where the map jumps to clean data.
 *
 * <pre>
 * L = L_AYF + w g(C(x0), C(f(x_t, t, 0))),   f(x_t, t, 0) = x_t - t F(x_t, t, 0)
 * </pre>
 *
 * <p>The published fine-tuning begins where distillation has ended, here a step of the run from which w is not 0; g is {@link
 * Adversarial#RELATIVISTIC} there. Two of its parts are left out: the balance of the terms by gradient norms, for which w stands,
 * and the penalty on generated samples beside that on real ones. The discriminator is of clean data alone, so that it sees no time.
 * No official code is public. Cost: one evaluation of the student more, forward and backward, and the discriminator's.
 *
 * @paper Sabour, Fidler, Kreis: Align Your Flow: Scaling Continuous-Time Flow Map Distillation, 2025, arXiv:2506.14603
 * @shape x0 (B, ...); total (), perSample (B)
 */
public final class AdversarialAlignYourFlow
        implements Loss<AdversarialAlignYourFlow.Nets, AdversarialAlignYourFlow.Draw> {
    /**
     * The networks.
     *
     * @param map student and teacher
     * @param critic discriminator of clean data
     */
    public record Nets(AlignYourFlow.Nets map, CriticNet critic) {}

    /**
     * The randomness of a step.
     *
     * @param map of the distillation
     * @param weight w ()
     */
    public record Draw(AlignYourFlow.Draw map, Tensor weight) {}

    private final AlignYourFlow distillation;
    private final GeneratorTerm term;

    public AdversarialAlignYourFlow(AlignYourFlow distillation, GeneratorTerm term) {
        this.distillation = distillation;
        this.term = term;
    }

    @Override
    public Draw draw(Batch batch, Rng rng, int step) {
        Tensor x0 = batch.x0();
        return new Draw(
                distillation.draw(batch, rng, step),
                Tensor.full(x0.device(), x0.dtype(), term.weightAt(step), Shape.of()));
    }

    @Override
    public List<Tensor> inputs(Draw draw) {
        List<Tensor> inputs = new ArrayList<>(distillation.inputs(draw.map));
        inputs.add(draw.weight);
        return inputs;
    }

    @Override
    public LossResult loss(Nets nets, Draw draw) {
        LossResult distilled = distillation.loss(nets.map, draw.map);
        Tensor data = jump(nets.map.student(), draw.map);
        Tensor adversarial = term.of(
                nets.critic,
                draw.map.pair().x0(),
                data,
                null,
                clean(draw.map),
                draw.map.pair().cond());
        Tensor perSample = mulAdd(draw.weight, adversarial, distilled.perSample());
        Map<String, Tensor> parts = new LinkedHashMap<>(distilled.parts());
        parts.put("x0", data);
        parts.put("adversarial", adversarial);
        return new LossResult(mean(perSample), stopGradient(distilled.error()), perSample, parts);
    }

    /** f(x_t, t, 0). */
    private static Tensor jump(FlowMapNet student, AlignYourFlow.Draw draw) {
        PairDraw pair = draw.pair();
        Tensor t = pair.times().t();
        Tensor xt = pair.xt();
        Tensor u = student.u(xt, t, scale(t, 0), draw.cond());
        return sub(xt, mul(PerSampleColumn.of(t, xt), u));
    }

    /** The level that the discriminator gets: 1, where its logarithm is 0. */
    private static Tensor clean(AlignYourFlow.Draw draw) {
        Tensor x0 = draw.pair().x0();
        return Tensor.full(x0.device(), x0.dtype(), 1, Shape.of(x0.dim(0)));
    }

    @Override
    public Coupling coupling() {
        return distillation.coupling();
    }

    @Override
    public Draw slice(Draw draw, int from, int to) {
        return new Draw(distillation.slice(draw.map, from, to), draw.weight);
    }

    /** The jumps of a student to clean data on draws of their own, for the discriminator's loss. */
    public static Generated<?> jumps(AlignYourFlow distillation, FlowMapNet student) {
        return new Jumps(distillation, student);
    }

    private record Jumps(AlignYourFlow distillation, FlowMapNet student) implements Generated<AlignYourFlow.Draw> {
        @Override
        public AlignYourFlow.Draw draw(Batch batch, Rng rng, int step) {
            return distillation.draw(batch, rng, step);
        }

        @Override
        public Pairs of(AlignYourFlow.Draw draw) {
            PairDraw pair = draw.pair();
            return new Pairs(pair.x0(), jump(student, draw), clean(draw), pair.cond());
        }

        @Override
        public List<Tensor> inputs(AlignYourFlow.Draw draw) {
            return distillation.inputs(draw);
        }

        @Override
        public AlignYourFlow.Draw slice(AlignYourFlow.Draw draw, int from, int to) {
            return distillation.slice(draw, from, to);
        }
    }
}
