package org.fewstep.loss;

/** Which samples of a batch a loss couples, so which splits of a batch give the same sum. */
public enum Coupling {
    /** Each sample alone: any split. */
    NONE,
    /** Groups of neighbouring samples: splits between groups. */
    GROUP,
    /** The whole batch: no split. */
    BATCH
}
