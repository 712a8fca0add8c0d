package org.fewstep.model;

/** Which second time, beside the start time, a network with two times sees; derived inside, so a JVP differentiates it. */
public enum TimePair {
    /** The end time itself: (t, r). */
    END,
    /** The span from - to: (t, t - r) in the clock of MeanFlow. */
    SPAN
}
