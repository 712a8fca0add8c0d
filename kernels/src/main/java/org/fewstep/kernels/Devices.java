package org.fewstep.kernels;

import java.util.ArrayList;
import java.util.List;
import org.fewstep.kernels.cpu.CpuDevice;
import org.fewstep.kernels.gpu.GpuDevices;

/** Finds devices by name and says why one is not there. */
public final class Devices {
    private Devices() {}

    /**
     * One device that could be asked for.
     *
     * @param name {@code cpu}, {@code opencl:i} or {@code cuda:i}
     * @param usable whether {@link Devices#require} would give it
     * @param reason what it is, or why it cannot be used
     */
    public record Found(String name, boolean usable, String reason) {}

    /** All device kinds with what was found of them. */
    public static List<Found> list() {
        List<Found> found = new ArrayList<>();
        found.add(new Found("cpu", true, CpuDevice.shared().fingerprint()));
        found.addAll(GpuDevices.list());
        return found;
    }

    /**
     * The CPU: the kernels of the other kinds have not been measured against it yet. Another device is used when it is asked
     * for by name.
     */
    public static Device best() {
        return require("cpu");
    }

    /**
     * The device of that name, never another one, with the precision that the system property asks for.
     *
     * @throws DeviceException when it is not there, with the reason
     */
    public static Device require(String name) {
        return require(name, Precision.ofSystem());
    }

    /**
     * As above with that precision.
     *
     * @throws DeviceException when it is not there, cannot compute so, or is open with another precision
     */
    public static Device require(String name, Precision precision) {
        if (name.equals("cpu")) {
            if (precision != Precision.F32) {
                throw precision.refusal(name);
            }
            return CpuDevice.shared();
        }
        return GpuDevices.require(name, precision);
    }
}
