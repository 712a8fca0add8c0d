package org.fewstep.kernels;

/**
 * The blocks of one recording and of the plan made of it. Blocks given back are used again inside the recording, since a
 * replay has the same order; they return to the device's pool when the arena closes.
 *
 * <p>Handles of an arena's buffers keep naming their blocks after their last hold is gone, so that the plan can be
 * prepared from the workloads that were noted.
 */
public interface Arena extends AutoCloseable {
    /** Takes a block that is free now, or a new one. */
    Buffer take(DType dtype, int size);

    /** Takes a block that nothing else in the recording has used or will use: what is written to it once stays. */
    Buffer takeConstant(DType dtype, int size);

    /** Bytes of the blocks that it holds. */
    long bytes();

    /** True for buffers taken here. */
    boolean owns(Buffer buffer);

    /** Gives all blocks back; one that a live handle stands for follows when that handle goes. */
    @Override
    void close();
}
