package org.fewstep.kernels;

import org.fewstep.kernels.gpu.TestGpu;

/** {@link RecordingTest} on OpenCL. */
class OpenClRecordingTest extends RecordingTest {
    @Override
    PooledDevice open() {
        return TestGpu.open(1 << 28, false);
    }

    /** The product's turned operand is laid straight. */
    @Override
    int ownBlocks() {
        return 1;
    }

    /** The smallest block: sums of blocks of the mean. */
    @Override
    int pooledByTheRun() {
        return 64;
    }
}
