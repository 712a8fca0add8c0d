package org.fewstep.sample;

import org.fewstep.tensor.Tensor;

/** Sees the state of a sampling loop at every time of its grid. */
@FunctionalInterface
public interface StepObserver {
    /** Sees nothing. */
    StepObserver NONE = (step, t, x) -> {};

    /**
     * Called with the start (step 0) and after each step.
     *
     * @param step steps made so far
     * @param t time of the network's path
     * @param x state (B, ...), valid during the call
     */
    void at(int step, double t, Tensor x);
}
