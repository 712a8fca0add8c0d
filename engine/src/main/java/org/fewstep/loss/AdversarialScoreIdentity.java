package org.fewstep.loss;

import static org.fewstep.op.Ops.add;
import static org.fewstep.op.Ops.clamp;
import static org.fewstep.op.Ops.div;
import static org.fewstep.op.Ops.mean;
import static org.fewstep.op.Ops.neg;
import static org.fewstep.op.Ops.scale;
import static org.fewstep.op.Ops.softplus;

import java.util.Map;
import org.fewstep.tensor.Tensor;

/**
 * SiDA's generator: (SiD + c N softplus(-l) / w) / 2 for samples of N coordinates, l the logits of a discriminator on the fake score
 * network's features, at most 10 in size, and w SiD's weight.
 *
 * <p>The softplus is a mean over the batch before it is divided by each sample's w, as published: a sample's own weight does not
 * meet its own logit.
 *
 * @param identity SiD
 * @param weight c, at least 0; 0.01 as published
 * @paper Zhou et al.: Adversarial Score Identity Distillation, 2024, arXiv:2410.14919
 */
public record AdversarialScoreIdentity(ScoreIdentity identity, double weight) implements ScoreTerm {
    private static final double LOGIT = 10;
    private static final double SHARE = 0.5;

    public AdversarialScoreIdentity {
        if (!(weight >= 0) || Double.isInfinite(weight) || !identity.normalised()) {
            throw new IllegalArgumentException("sida: got weight " + weight + ", " + identity
                    + "; expected a finite number of at least 0, and SiD with its weight");
        }
    }

    @Override
    public Tensor perSample(ScorePoint point, Map<String, Tensor> parts) {
        Tensor logits = clamp(point.logits(), -LOGIT, LOGIT);
        Tensor adversarial = div(mean(softplus(neg(logits))), identity.weight(point));
        parts.put("adversarial", adversarial);
        int coordinates = point.x().shape().count() / point.x().dim(0);
        return add(scale(identity.perSample(point, parts), SHARE), scale(adversarial, SHARE * weight * coordinates));
    }

    @Override
    public Coupling coupling() {
        return Coupling.BATCH;
    }
}
