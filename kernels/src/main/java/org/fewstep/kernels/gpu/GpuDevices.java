package org.fewstep.kernels.gpu;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.fewstep.kernels.Device;
import org.fewstep.kernels.DeviceException;
import org.fewstep.kernels.Devices;

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

    /** A device in words. */
    static String describe(Driver.Facts facts) {
        return facts.name() + ", " + facts.version() + ", " + (facts.cpu() ? "a processor" : "a GPU") + " of "
                + facts.units() + " units, " + (facts.bytes() >> 20) + " MiB"
                + (facts.f64() ? "" : ", F32 alone");
    }

    /**
     * Opens a device.
     *
     * @param name {@code opencl:i}
     * @throws DeviceException when it is not there, with the reason
     */
    public static synchronized Device require(String name) {
        GpuDevice open = OPEN.get(name);
        if (open != null && open.isOpen()) {
            return open;
        }
        Driver driver = driver(name);
        GpuDevice device;
        try {
            Programs programs = new Programs(driver, ProgramCache.ofUser(), Source::of);
            device = open(name, driver, programs, Selection.ofUser(driver.facts()));
        } catch (RuntimeException e) {
            driver.close();
            throw e;
        }
        OPEN.put(name, device);
        return device;
    }

    /** A device of its own on an open driver. */
    static GpuDevice open(String name, Driver driver, Programs programs, Choices choices) {
        return new GpuDevice(
                name, driver, programs, choices, poolCap(driver.facts().bytes()), Boolean.getBoolean("fewstep.poison"));
    }

    /**
     * Opens the driver of a device.
     *
     * @throws DeviceException when it is not there, with the reason
     */
    static Driver driver(String name) {
        if (!name.startsWith(OPENCL + ":")) {
            throw new DeviceException("device: got \"" + name + "\"; expected opencl:i; fewstep doctor lists them");
        }
        int index = index(name);
        List<OpenClDriver.Found> found = OpenClDriver.find();
        if (index >= found.size()) {
            throw new DeviceException("device: got \"" + name + "\"; expected opencl:0 to opencl:" + (found.size() - 1)
                    + "; fewstep doctor lists them");
        }
        return new OpenClDriver(found.get(index));
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
