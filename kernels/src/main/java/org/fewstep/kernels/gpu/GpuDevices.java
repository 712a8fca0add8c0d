package org.fewstep.kernels.gpu;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.fewstep.kernels.Device;
import org.fewstep.kernels.DeviceException;
import org.fewstep.kernels.Devices;
import org.fewstep.kernels.Precision;

/** Finds and opens the devices of the GPU drivers; each is open once a process, until it is closed. */
public final class GpuDevices {
    /** Name of OpenCL devices, before the colon. */
    public static final String OPENCL = "opencl";

    private static final Map<String, GpuDevice> OPEN = new HashMap<>();

    private GpuDevices() {}

    /** What there is, or why there is nothing. */
    public static List<Devices.Found> list() {
        List<Devices.Found> list = new ArrayList<>();
        try {
            List<OpenClDriver.Found> found = OpenClDriver.find();
            for (int i = 0; i < found.size(); i++) {
                Driver.Facts facts = found.get(i).facts();
                list.add(new Devices.Found(OPENCL + ":" + i, true, describe(facts)));
            }
        } catch (DeviceException e) {
            list.add(new Devices.Found(OPENCL, false, String.valueOf(e.getMessage())));
        }
        return list;
    }

    private static String describe(Driver.Facts facts) {
        return facts.name() + ", " + facts.version() + ", " + (facts.cpu() ? "a processor" : "a GPU") + " of "
                + facts.units() + " units, " + (facts.bytes() >> 20) + " MiB"
                + (facts.f64() ? "" : ", F32 alone");
    }

    /**
     * Opens a device.
     *
     * @param name {@code opencl:i}
     * @throws DeviceException when it is not there, with the reason, cannot compute with that precision, or is open with
     *     another one
     */
    public static synchronized Device require(String name, Precision precision) {
        GpuDevice open = OPEN.get(name);
        if (open != null && open.isOpen()) {
            if (open.precision() != precision) {
                throw new DeviceException(name + ": got precision " + precision.label() + "; expected "
                        + open.precision().label() + ", with which it is open; close it first");
            }
            return open;
        }
        int index = index(name);
        List<OpenClDriver.Found> found = OpenClDriver.find();
        if (index >= found.size()) {
            throw new DeviceException("device: got \"" + name + "\"; expected opencl:0 to opencl:" + (found.size() - 1)
                    + "; fewstep doctor lists them");
        }
        OpenClDriver.Found chosen = found.get(index);
        GpuDevice.requirePrecision(name, chosen.facts(), precision);
        Driver driver = new OpenClDriver(chosen);
        GpuDevice device = new GpuDevice(
                name,
                driver,
                new Programs(driver, ProgramCache.ofUser(), Source::of),
                Choices.STANDARD,
                precision,
                poolCap(chosen.facts().bytes()),
                Boolean.getBoolean("fewstep.poison"));
        OPEN.put(name, device);
        return device;
    }

    private static int index(String name) {
        String number = name.substring(OPENCL.length() + 1);
        try {
            int index = Integer.parseInt(number);
            if (index >= 0) {
                return index;
            }
        } catch (NumberFormatException e) {
            throw new DeviceException("device: got \"" + name + "\"; expected opencl:i, i from 0", e);
        }
        throw new DeviceException("device: got \"" + name + "\"; expected opencl:i, i from 0");
    }

    /** Most bytes kept for reuse: {@code fewstep.pool}, or a quarter of the memory. */
    private static long poolCap(long memory) {
        return Math.max(0, Long.getLong("fewstep.pool", memory / 4));
    }
}
