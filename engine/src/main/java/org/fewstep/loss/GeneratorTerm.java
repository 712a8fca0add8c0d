package org.fewstep.loss;

import java.util.ArrayList;
import java.util.List;
import org.fewstep.model.Cond;
import org.fewstep.model.CriticNet;
import org.fewstep.tensor.Rng;
import org.fewstep.tensor.Tensor;
import org.jspecify.annotations.Nullable;

/**
 * The adversarial term of a generator: w g(C(x_real, t), C(x_fake, t)) with g of {@link Adversarial}.
 *
 * @param adversarial g
 * @param weight w, at least 0
 * @param start first training step with the term, so that the discriminator can learn before; at least 0
 * @param levels at which the discriminator sees the samples; null where it sees them as they are, with their own levels
 */
public record GeneratorTerm(
        Adversarial adversarial,
        double weight,
        long start,
        @Nullable CriticLevels levels) {
    /** No term. */
    public static final GeneratorTerm NONE = new GeneratorTerm(Adversarial.HINGE, 0, 0);

    public GeneratorTerm {
        if (!(weight >= 0) || Double.isInfinite(weight) || start < 0) {
            throw new IllegalArgumentException("adversarial: got weight " + weight + ", start at step " + start
                    + "; expected a finite number and a step, both at least 0");
        }
    }

    /** Of samples as they are. */
    public GeneratorTerm(Adversarial adversarial, double weight, long start) {
        this(adversarial, weight, start, null);
    }

    /** w of a training step. */
    public double weightAt(long step) {
        return step < start ? 0 : weight;
    }

    /** The levels of a step, or null. */
    CriticLevels.@Nullable Draw draw(Batch batch, Rng rng, int step) {
        return levels == null ? null : levels.draw(batch, rng.stream("critic"), step);
    }

    /** The inputs of a loss with those of its levels; none where the loss has none. */
    static List<Tensor> with(List<Tensor> inputs, CriticLevels.@Nullable Draw at) {
        if (at == null || inputs.isEmpty()) {
            return inputs;
        }
        List<Tensor> all = new ArrayList<>(inputs);
        all.addAll(at.tensors());
        return all;
    }

    /**
     * g (B), without the weight.
     *
     * @param at what {@link #draw} gave
     * @param t levels of the samples' own (B)
     */
    Tensor of(CriticNet critic, Tensor real, Tensor fake, CriticLevels.@Nullable Draw at, Tensor t, Cond cond) {
        if ((levels == null) != (at == null)) {
            throw new IllegalArgumentException("adversarial: got " + (at == null ? "no" : "") + " levels for " + this
                    + "; expected those that it draws");
        }
        return at == null
                ? of(critic, real, fake, t, cond)
                : of(critic, at.noised(real), at.noised(fake), at.t(), cond);
    }

    private Tensor of(CriticNet critic, Tensor real, Tensor fake, Tensor t, Cond cond) {
        Tensor fakeLogits = critic.logits(fake, t, cond);
        // The other losses of a generator do not ask for it.
        Tensor realLogits = adversarial == Adversarial.RELATIVISTIC ? critic.logits(real, t, cond) : fakeLogits;
        return PerSample.meanOf(adversarial.generator(realLogits, fakeLogits));
    }
}
