package org.fewstep.loss;

/**
 * The annealing of alpha-Flow: alpha falls along a sigmoid from 1, trajectory flow matching, to 0, MeanFlow.
 *
 * <pre>
 * alpha = 1 - sigmoid(25 p),   p = (step - (from + to) / 2) / (to - from)
 * </pre>
 *
 * <p>Within 0.005 of 0 or 1 it is 0 or 1.
 *
 * @param from step about which the fall begins
 * @param to step about which it ends; the same for a jump from 1 to 0
 */
public record AlphaSchedule(long from, long to) {
    private static final double STEEPNESS = 25;
    private static final double NEAR = 0.005;

    /** The schedule of snap-research/alphaflow's largest model: 600,000 to 1,000,000 of 1,200,000 steps. */
    public static final AlphaSchedule PUBLISHED = new AlphaSchedule(600_000, 1_000_000);

    public AlphaSchedule {
        if (!(from <= to)) {
            throw new IllegalArgumentException(
                    "alpha schedule: got steps " + from + " to " + to + "; expected them in order");
        }
    }

    /** alpha at a step, 0 to 1. */
    public double at(long step) {
        if (from == to) {
            return step < from ? 1 : 0;
        }
        double p = (step - (from + to) / 2.0) / (to - from);
        double alpha = 1 / (1 + Math.exp(STEEPNESS * p));
        return alpha < NEAR ? 0 : alpha > 1 - NEAR ? 1 : alpha;
    }
}
