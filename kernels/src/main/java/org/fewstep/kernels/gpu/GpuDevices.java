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
    private static final Map<String, GpuDevice> OPEN = new HashMap<>();

    private GpuDevices() {}

    /** A way to GPUs, with the name of its devices before the colon. */
    private enum Kind {
        OPENCL("opencl") {
            @Override
            List<Seen> find() {
                List<Seen> seen = new ArrayList<>();
                for (OpenClDriver.Found found : OpenClDriver.find()) {
                    seen.add(new Seen(found.facts(), () -> new OpenClDriver(found)));
                }
                return seen;
            }
        },
        CUDA("cuda") {
            @Override
            List<Seen> find() {
                List<Seen> seen = new ArrayList<>();
                for (CudaDriver.Found found : CudaDriver.find()) {
                    seen.add(new Seen(found.facts(), () -> new CudaDriver(found)));
                }
                return seen;
            }
        };

        private final String word;

        Kind(String word) {
            this.word = word;
        }

        /**
         * Its devices, in their order.
         *
         * @throws DeviceException when there is none, with the reason
         */
        abstract List<Seen> find();
    }

    /** A device that could be opened. */
    private record Seen(Driver.Facts facts, Opener opener) {}

    /** Opens one device. */
    @FunctionalInterface
    private interface Opener {
        Driver open();
    }

    /** What there is, or why there is nothing. */
    public static List<Devices.Found> list() {
        List<Devices.Found> list = new ArrayList<>();
        for (Kind kind : Kind.values()) {
            try {
                List<Seen> seen = kind.find();
                for (int i = 0; i < seen.size(); i++) {
                    list.add(new Devices.Found(
                            kind.word + ":" + i, true, describe(seen.get(i).facts())));
                }
            } catch (DeviceException e) {
                list.add(new Devices.Found(kind.word, false, String.valueOf(e.getMessage())));
            }
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
     * @param name {@code opencl:i} or {@code cuda:i}
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
        Seen chosen = find(name);
        GpuDevice.requirePrecision(name, chosen.facts(), precision);
        Driver driver = chosen.opener().open();
        GpuDevice device;
        try {
            Programs programs = new Programs(driver, ProgramCache.ofUser(), Source::of);
            device = open(name, driver, programs, Selection.ofUser(driver.facts(), precision), precision);
        } catch (RuntimeException e) {
            driver.close();
            throw e;
        }
        OPEN.put(name, device);
        return device;
    }

    /** A device of its own on an open driver. */
    static GpuDevice open(String name, Driver driver, Programs programs, Choices choices, Precision precision) {
        return new GpuDevice(
                name,
                driver,
                programs,
                choices,
                precision,
                poolCap(driver.facts().bytes()),
                Boolean.getBoolean("fewstep.poison"));
    }

    /**
     * Opens the driver of a device.
     *
     * @throws DeviceException when it is not there, with the reason
     */
    static Driver driver(String name) {
        return find(name).opener().open();
    }

    private static Seen find(String name) {
        for (Kind kind : Kind.values()) {
            if (name.startsWith(kind.word + ":")) {
                int index = index(kind.word, name);
                List<Seen> seen = kind.find();
                if (index < seen.size()) {
                    return seen.get(index);
                }
                throw new DeviceException("device: got \"" + name + "\"; expected " + kind.word + ":0 to " + kind.word
                        + ":" + (seen.size() - 1) + "; fewstep doctor lists them");
            }
        }
        throw new DeviceException(
                "device: got \"" + name + "\"; expected cpu, opencl:i or cuda:i; fewstep doctor lists them");
    }

    private static int index(String word, String name) {
        try {
            int index = Integer.parseInt(name.substring(word.length() + 1));
            if (index >= 0) {
                return index;
            }
        } catch (NumberFormatException e) {
            throw new DeviceException("device: got \"" + name + "\"; expected " + word + ":i, i from 0", e);
        }
        throw new DeviceException("device: got \"" + name + "\"; expected " + word + ":i, i from 0");
    }

    /** Most bytes kept for reuse: {@code fewstep.pool}, or a quarter of the memory. */
    private static long poolCap(long memory) {
        return Math.max(0, Long.getLong("fewstep.pool", memory / 4));
    }
}
