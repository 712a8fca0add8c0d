package org.fewstep.model;

import java.util.List;
import org.fewstep.tensor.Tensor;

/** A discriminator in two parts, features of samples and logits of features, so that its slope in the features can be taken. */
public interface FeatureCritic extends CriticNet {
    /** The features that the logits are made of; arguments as in {@link CriticNet#logits}. */
    List<Tensor> features(Tensor x, Tensor t, Cond cond);

    /** Logits (B, heads) of {@link #features}. */
    Tensor judge(List<Tensor> features);
}
