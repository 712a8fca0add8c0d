package org.fewstep.loss;

import static org.fewstep.op.Ops.add;
import static org.fewstep.op.Ops.neg;
import static org.fewstep.op.Ops.relu;
import static org.fewstep.op.Ops.scaleShift;
import static org.fewstep.op.Ops.softplus;
import static org.fewstep.op.Ops.sub;

import org.fewstep.tensor.Tensor;

/**
 * Adversarial losses of a discriminator's logits l, high for real.
 *
 * <pre>
 *                  discriminator                            generator
 * NON_SATURATING   softplus(-l_real) + softplus(l_fake)     softplus(-l_fake)        Goodfellow et al. 2014, arXiv:1406.2661
 * HINGE            max(0, 1 - l_real) + max(0, 1 + l_fake)  -l_fake                  Lim, Ye 2017, arXiv:1705.02894
 * RELATIVISTIC     softplus(-(l_real - l_fake))             softplus(-(l_fake - l_real))   Jolicoeur-Martineau 2018,
 *                                                                                    arXiv:1807.00734, in pairs
 * </pre>
 *
 * <p>All are a number for each of a batch's pairs of real and fake samples, logits (B) or (B, ...).
 */
public enum Adversarial {
    /** Binary cross-entropy; the generator raises the logarithm of the probability of real. */
    NON_SATURATING {
        @Override
        public Tensor discriminator(Tensor real, Tensor fake) {
            return add(softplus(neg(real)), softplus(fake));
        }

        @Override
        public Tensor generator(Tensor real, Tensor fake) {
            return softplus(neg(fake));
        }
    },
    /** Margins of 1; the generator raises the logit itself. */
    HINGE {
        @Override
        public Tensor discriminator(Tensor real, Tensor fake) {
            return add(relu(scaleShift(real, -1, 1)), relu(scaleShift(fake, 1, 1)));
        }

        @Override
        public Tensor generator(Tensor real, Tensor fake) {
            return neg(fake);
        }
    },
    /** How much more real the real sample of a pair looks than the fake one. */
    RELATIVISTIC {
        @Override
        public Tensor discriminator(Tensor real, Tensor fake) {
            return softplus(sub(fake, real));
        }

        @Override
        public Tensor generator(Tensor real, Tensor fake) {
            return softplus(sub(real, fake));
        }
    };

    /** What the discriminator makes small. */
    public abstract Tensor discriminator(Tensor real, Tensor fake);

    /** What the generator makes small; {@code real} counts in {@link #RELATIVISTIC} alone. */
    public abstract Tensor generator(Tensor real, Tensor fake);
}
