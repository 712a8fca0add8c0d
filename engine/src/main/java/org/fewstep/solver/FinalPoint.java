package org.fewstep.solver;

/** Where a grid of noise levels ends. */
public enum FinalPoint {
    /** At the least level that is given. A solver may then denoise once more, for one more evaluation. */
    LEAST,
    /** At the clean end, sigma = 0, in one more step after the least level; this counts among the steps. */
    CLEAN
}
