package org.fewstep.train;

import org.fewstep.loss.TrigFlowDerivative;
import org.fewstep.path.TimeSampler;
import org.fewstep.path.TruncatedTimes;

/** How the derivative of the velocity along the flow is found. */
public enum Tangent {
    /** exactly */
    FORWARD,
    /** by a central difference along each sample's own path, which only training on data follows */
    PATH_DIFFERENCE,
    /** exactly in the state, by a backward difference in time */
    SEMI_CONTINUOUS,
    /** by a step along the flow, the pair of times in the place of the derivative */
    DISCRETE;

    /** Least distance of times from the ends of (0, pi/2), where a weight is infinite; FastGen's. */
    private static final double MARGIN = 1e-4;

    TrigFlowDerivative derivative(double difference) {
        return switch (this) {
            case FORWARD -> new TrigFlowDerivative.ForwardMode();
            case PATH_DIFFERENCE -> new TrigFlowDerivative.DataPathDifference(difference);
            case SEMI_CONTINUOUS -> new TrigFlowDerivative.SemiContinuous(difference);
            case DISCRETE -> new TrigFlowDerivative.Discrete(difference);
        };
    }

    /** The law within the times that the derivative can look around at. */
    TimeSampler within(TimeSampler law, double difference) {
        double from = this == SEMI_CONTINUOUS || this == DISCRETE ? difference + MARGIN : MARGIN;
        double to = Math.PI / 2 - MARGIN;
        return new TruncatedTimes(law, from, this == PATH_DIFFERENCE ? to / (1 + difference) : to);
    }
}
