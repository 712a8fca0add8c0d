package org.fewstep.loss;

import org.fewstep.model.FlowMapNet;
import org.fewstep.model.VelocityNet;
import org.jspecify.annotations.Nullable;

/**
 * The networks of a loss that holds a map against a velocity.
 *
 * @param map the student X_{s,t}(x) = x + (t - s) u(x, s, t)
 * @param velocity b_t(x): a teacher's, or the student's own or averaged u(x, t, t)
 * @param uncertainty learned weight; null for none
 */
public record MapStudent(
        FlowMapNet map, VelocityNet velocity, @Nullable MapUncertainty uncertainty) {
    /** Self-distillation without a learned weight: the map's own velocity. */
    public static MapStudent self(FlowMapNet map) {
        return new MapStudent(map, map, null);
    }
}
