package org.fewstep.loss;

import static org.fewstep.op.Ops.scale;
import static org.fewstep.op.Ops.sub;

import org.fewstep.model.Cond;
import org.fewstep.model.PredictionNet;
import org.fewstep.op.Ops;
import org.fewstep.tensor.Tensor;

/**
 * Classifier-free guidance as a network, p() + w (p(c) - p()). x0, eps and v are affine in each other, so w means the same for
 * each of them.
 *
 * <p>Published scales count from elsewhere: SDS and SJC in threestudio write p(c) + s (p(c) - p()), which is w = 1 + s.
 *
 * @param conditional p(c)
 * @param unconditional p(), also a negative condition; not asked where w is 1
 * @param w 1 is no guidance
 * @paper Ho, Salimans: Classifier-Free Diffusion Guidance, 2022, arXiv:2207.12598
 */
public record GuidedPrediction(PredictionNet conditional, PredictionNet unconditional, double w)
        implements PredictionNet {
    public GuidedPrediction {
        if (!Double.isFinite(w)) {
            throw new IllegalArgumentException("guidance: got w " + w + "; expected a finite number");
        }
    }

    /** Guidance of a network with K classes against its null label. */
    public static PredictionNet of(PredictionNet net, int classes, double w) {
        return new GuidedPrediction(net, (x, t, cond) -> net.of(x, t, Labels.none(classes, x)), w);
    }

    @Override
    public Tensor of(Tensor x, Tensor t, Cond cond) {
        Tensor with = conditional.of(x, t, cond);
        if (w == 1) {
            return with;
        }
        Tensor without = unconditional.of(x, t, cond);
        return Ops.add(without, scale(sub(with, without), w));
    }
}
