package org.fewstep.kernels.gpu;

import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.util.List;
import org.fewstep.kernels.DeviceException;

/** Opens the first OpenCL device for a test; without one the test is skipped, or fails with -Drequire.opencl=true. */
final class OpenCl {
    private OpenCl() {}

    static GpuDevice open(long poolCap, boolean poison) {
        return new GpuDevice("opencl:0", new OpenClDriver(first()), ProgramCache.ofUser(), poolCap, poison);
    }

    static OpenClDriver.Found first() {
        List<OpenClDriver.Found> found = List.of();
        String reason = "no device";
        try {
            found = OpenClDriver.find();
        } catch (DeviceException e) {
            if (Boolean.getBoolean("require.opencl")) {
                throw e;
            }
            reason = String.valueOf(e.getMessage());
        }
        assumeTrue(!found.isEmpty(), reason);
        return found.get(0);
    }
}
