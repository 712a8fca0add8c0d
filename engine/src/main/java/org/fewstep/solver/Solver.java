package org.fewstep.solver;

/** A numerical method with fixed steps; it turns a grid into a plan and sees neither model nor state. */
public interface Solver {
    /** Name as in recipes. */
    String name();

    /**
     * The steps on a grid.
     *
     * @throws IllegalArgumentException where a coefficient is not finite
     */
    StepPlan plan(TimeGrid grid);

    /**
     * Whether a grid may start where alpha is 0, as the linear path does at its noise end; others need some data in their
     * first point.
     */
    default boolean startsFromPureNoise() {
        return false;
    }
}
