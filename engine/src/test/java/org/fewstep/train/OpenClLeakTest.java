package org.fewstep.train;

import static org.junit.jupiter.api.Assumptions.assumeTrue;

import org.fewstep.kernels.Device;
import org.fewstep.kernels.Devices;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** {@link LeakTest} on OpenCL, where blocks, programs and kernels are the driver's. */
@Tag("opencl")
class OpenClLeakTest extends LeakTest {
    @Override
    Device open() {
        boolean there = Devices.list().stream().anyMatch(f -> f.name().equals("opencl:0") && f.usable());
        assumeTrue(there || Boolean.getBoolean("require.opencl"), "no OpenCL device");
        return Devices.require("opencl:0");
    }

    @Test
    @Tag("slow")
    void aHundredThousandStepsLeaveNothingBehind() {
        staysFlat(100_000);
    }
}
