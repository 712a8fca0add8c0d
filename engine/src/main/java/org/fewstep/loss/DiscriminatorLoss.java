package org.fewstep.loss;

import static org.fewstep.op.Ops.add;
import static org.fewstep.op.Ops.mean;
import static org.fewstep.op.Ops.scale;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.fewstep.model.CriticNet;
import org.fewstep.op.Ops;
import org.fewstep.tensor.NoGrad;
import org.fewstep.tensor.Noise;
import org.fewstep.tensor.Rng;
import org.fewstep.tensor.Tensor;

/**
 * What a discriminator C makes small: L = E a(C(x_real), C(x_fake)) + gamma / 2 E R, with a of {@link Adversarial} and R of
 * {@link GradientPenalty} on real samples. Generated samples get no gradient.
 *
 * <p>Cost: one evaluation of the generator forward a step, two of the discriminator forward and backward, and for R one more
 * of twice the cost (exact) or two (finite noise).
 *
 * @param <D> the generator's draw
 * @paper Goodfellow et al.: Generative Adversarial Networks, 2014, arXiv:1406.2661; Mescheder, Geiger, Nowozin: Which Training
 *     Methods for GANs do actually Converge?, 2018, arXiv:1801.04406
 * @shape x0 (B, ...); total (), perSample (B)
 */
public final class DiscriminatorLoss<D> implements Loss<CriticNet, DiscriminatorLoss.Draw<D>> {
    /**
     * The choices.
     *
     * @param adversarial a
     * @param penalty R
     * @param gamma weight of R, at least 0; 0 leaves it out
     */
    public record Config(Adversarial adversarial, GradientPenalty penalty, double gamma) {
        public Config {
            if (!(gamma >= 0) || Double.isInfinite(gamma)) {
                throw new IllegalArgumentException(
                        "discriminator: got gamma " + gamma + "; expected a finite number of at least 0");
            }
        }
    }

    /**
     * The randomness of a step.
     *
     * @param pairs of the generated samples
     * @param noise of the penalty (B, ...)
     */
    public record Draw<D>(D pairs, Tensor noise) {}

    private final Config config;
    private final Generated<D> generated;

    public DiscriminatorLoss(Config config, Generated<D> generated) {
        this.config = config;
        this.generated = generated;
    }

    @Override
    public Draw<D> draw(Batch batch, Rng rng, int step) {
        Tensor x0 = batch.x0();
        Tensor noise = Noise.normal(x0.device(), x0.dtype(), rng.stream("penalty"), 0, step, x0.shape());
        return new Draw<>(generated.draw(batch, rng, step), noise);
    }

    @Override
    public List<Tensor> inputs(Draw<D> draw) {
        List<Tensor> inner = generated.inputs(draw.pairs);
        if (inner.isEmpty()) {
            return inner;
        }
        List<Tensor> inputs = new ArrayList<>(inner);
        inputs.add(draw.noise);
        return inputs;
    }

    @Override
    public LossResult loss(CriticNet critic, Draw<D> draw) {
        Generated.Pairs pairs;
        try (NoGrad off = NoGrad.open()) {
            pairs = generated.of(draw.pairs);
        }
        Tensor real = critic.logits(pairs.real(), pairs.t(), pairs.cond());
        Tensor fake = critic.logits(pairs.fake(), pairs.t(), pairs.cond());
        Tensor adversarial = PerSample.meanOf(config.adversarial.discriminator(real, fake));
        Map<String, Tensor> parts = new LinkedHashMap<>();
        parts.put("fake", pairs.fake());
        parts.put("real logits", real);
        parts.put("fake logits", fake);
        Tensor perSample = adversarial;
        if (config.gamma > 0) {
            Tensor penalty = config.penalty.of(critic, pairs.real(), draw.noise, pairs.t(), pairs.cond());
            parts.put("penalty", penalty);
            perSample = add(adversarial, scale(penalty, config.gamma / 2));
        }
        return new LossResult(mean(perSample), mean(Ops.stopGradient(adversarial)), perSample, parts);
    }

    @Override
    public Coupling coupling() {
        return Coupling.NONE;
    }

    @Override
    public Draw<D> slice(Draw<D> draw, int from, int to) {
        return new Draw<>(generated.slice(draw.pairs, from, to), Ops.slice(draw.noise, 0, from, to));
    }
}
