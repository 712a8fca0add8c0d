package org.fewstep.train;

import java.nio.file.Path;

/** Watches a run, on its thread; {@link Trainer#stop} ends it cleanly. An exception ends it without a checkpoint. */
public interface Callback {
    /** Before the first step of this process. */
    default void onStart(Trainer trainer) {}

    /** After each step, before a checkpoint that is due; rows logged here belong to the step. */
    default void onStep(Trainer trainer, StepReport report) {}

    /** After a checkpoint was put in place. */
    default void onCheckpoint(Trainer trainer, Path file) {}

    /** After the last step and its checkpoint, or after a stop and its checkpoint. */
    default void onEnd(Trainer trainer) {}
}
