package org.fewstep.kernels;

import org.fewstep.kernels.gpu.OpenCl;

/** {@link RecordingTest} on OpenCL. */
class OpenClRecordingTest extends RecordingTest {
    @Override
    PooledDevice open() {
        return OpenCl.open(1 << 28, false);
    }
}
