package org.fewstep.kernels.gpu;

import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.util.List;
import java.util.function.UnaryOperator;
import org.fewstep.kernels.DeviceException;

/** Opens the first OpenCL device for a test; without one the test is skipped, or fails with -Drequire.opencl=true. */
public final class OpenCl {
    private OpenCl() {}

    public static GpuDevice open(long poolCap, boolean poison) {
        return open(driver(), Source::of, poolCap, poison);
    }

    static GpuDevice open(Driver driver, UnaryOperator<String> sources, long poolCap, boolean poison) {
        return open(driver, sources, Choices.STANDARD, poolCap, poison);
    }

    static GpuDevice open(Driver driver, UnaryOperator<String> sources, Choices choices, long poolCap, boolean poison) {
        Programs programs = new Programs(driver, ProgramCache.ofUser(), sources);
        return new GpuDevice("opencl:0", driver, programs, choices, poolCap, poison);
    }

    static Driver driver() {
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
        return new OpenClDriver(found.get(0));
    }
}
