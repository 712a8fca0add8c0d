package org.fewstep.sample;

import org.fewstep.model.Cond;
import org.fewstep.path.Path;
import org.fewstep.path.Prediction;
import org.fewstep.solver.ConvertedField;
import org.fewstep.solver.Field;
import org.fewstep.solver.GuidedField;
import org.fewstep.solver.Threshold;
import org.jspecify.annotations.Nullable;

/**
 * What else acts on a network's prediction on the way to samples, beside guidance by the null label. Read back and evaluated
 * outside of any recording, so a loop with it is never replayed.
 *
 * @param rescale phi in [0, 1], how far a guided velocity's standard deviation is brought back to the plain one's; 0 is none
 * @param weak worse model of the same data to guide away from (autoguidance), in place of the null label; or null. It stays
 *     the caller's and must be open during calls
 * @param threshold of the predicted data, or null
 */
public record Steering(
        double rescale, @Nullable Generator weak, @Nullable Threshold threshold) {
    /** Nothing else. */
    public static final Steering NONE = new Steering(0, null, null);

    public Steering {
        if (!(rescale >= 0 && rescale <= 1)) {
            throw new IllegalArgumentException("guidance: got rescale " + rescale + "; expected 0 to 1");
        }
    }

    /**
     * The steered field.
     *
     * @param wanted what it shall give
     * @param network to be steered
     * @param path of the network's time
     * @param cond labels, scale and interval
     */
    Field field(Prediction wanted, Guidance network, Path path, Cond cond) {
        Field v = velocity(network, cond);
        if (threshold == null) {
            return new ConvertedField(v, Prediction.V, wanted, path);
        }
        Field x0 = threshold.over(new ConvertedField(v, Prediction.V, Prediction.X0, path));
        return new ConvertedField(x0, Prediction.X0, wanted, path);
    }

    private Field velocity(Guidance network, Cond cond) {
        if (cond.guidance() == 1 || (weak == null && rescale == 0)) {
            return (x, point) -> network.v(x, point.t(), cond);
        }
        Cond plain = new Cond(cond.labels(), 1, 0, 1);
        Field strong = (x, point) -> network.v(x, point.t(), plain);
        Field weaker = weak == null
                ? (x, point) -> network.unconditional(x, point.t())
                : (x, point) -> weak.guidance().v(x, point.t(), plain);
        return new GuidedField(strong, weaker, cond.guidance(), cond.guidanceFrom(), cond.guidanceTo(), rescale);
    }
}
