package org.fewstep.loss;

import org.fewstep.model.Cond;
import org.fewstep.model.CriticNet;
import org.fewstep.tensor.Tensor;

/**
 * The adversarial term of a generator: w g(C(x_real, t), C(x_fake, t)) with g of {@link Adversarial}.
 *
 * @param adversarial g
 * @param weight w, at least 0
 * @param start first training step with the term, so that the discriminator can learn before; at least 0
 */
public record GeneratorTerm(Adversarial adversarial, double weight, long start) {
    /** No term. */
    public static final GeneratorTerm NONE = new GeneratorTerm(Adversarial.HINGE, 0, 0);

    public GeneratorTerm {
        if (!(weight >= 0) || Double.isInfinite(weight) || start < 0) {
            throw new IllegalArgumentException("adversarial: got weight " + weight + ", start at step " + start
                    + "; expected a finite number and a step, both at least 0");
        }
    }

    /** w of a training step. */
    public double weightAt(long step) {
        return step < start ? 0 : weight;
    }

    /** g (B), without the weight. */
    Tensor of(CriticNet critic, Tensor real, Tensor fake, Tensor t, Cond cond) {
        Tensor fakeLogits = critic.logits(fake, t, cond);
        // The other losses of a generator do not ask for it.
        Tensor realLogits = adversarial == Adversarial.RELATIVISTIC ? critic.logits(real, t, cond) : fakeLogits;
        return PerSample.meanOf(adversarial.generator(realLogits, fakeLogits));
    }
}
