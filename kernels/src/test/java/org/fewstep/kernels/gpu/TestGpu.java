package org.fewstep.kernels.gpu;

import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.util.List;
import java.util.function.UnaryOperator;
import org.fewstep.kernels.DeviceException;

/**
 * Opens the GPU that -Dtest.device names for a test, or opencl:0; without it the test is skipped, or fails with
 * -Drequire.opencl=true or -Drequire.cuda=true.
 */
public final class TestGpu {
    /** The device that tests of GPU kernels use. */
    static final String NAME = name();

    private TestGpu() {}

    private static String name() {
        String device = System.getProperty("test.device", "cpu");
        return device.equals("cpu") ? "opencl:0" : device;
    }

    public static GpuDevice open(long poolCap, boolean poison) {
        return open(driver(), Source::of, poolCap, poison);
    }

    static GpuDevice open(Driver driver, UnaryOperator<String> sources, long poolCap, boolean poison) {
        return open(driver, sources, Choices.STANDARD, poolCap, poison);
    }

    static GpuDevice open(Driver driver, UnaryOperator<String> sources, Choices choices, long poolCap, boolean poison) {
        Programs programs = new Programs(driver, ProgramCache.ofUser(), sources);
        return new GpuDevice(NAME, driver, programs, choices, poolCap, poison);
    }

    static Driver driver() {
        String kind = NAME.substring(0, NAME.indexOf(':'));
        int index = Integer.parseInt(NAME.substring(kind.length() + 1));
        String reason = "no device " + NAME;
        try {
            if (kind.equals("cuda")) {
                List<CudaDriver.Found> found = CudaDriver.find();
                if (index < found.size()) {
                    return new CudaDriver(found.get(index));
                }
            } else {
                List<OpenClDriver.Found> found = OpenClDriver.find();
                if (index < found.size()) {
                    return new OpenClDriver(found.get(index));
                }
            }
        } catch (DeviceException e) {
            if (Boolean.getBoolean("require." + kind)) {
                throw e;
            }
            reason = String.valueOf(e.getMessage());
        }
        assumeTrue(false, reason);
        throw new IllegalStateException(reason);
    }
}
