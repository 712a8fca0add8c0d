package org.fewstep.kernels.gpu;

import org.junit.jupiter.api.Tag;

/** {@link DriverContract} on OpenCL. */
@Tag("opencl")
class OpenClDriverTest extends DriverContract {
    @Override
    Driver open() {
        return TestGpu.driver();
    }

    @Override
    Driver.Backend backend() {
        return Driver.Backend.OPENCL;
    }
}
