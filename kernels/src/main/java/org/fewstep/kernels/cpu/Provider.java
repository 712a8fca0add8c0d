package org.fewstep.kernels.cpu;

import java.util.Locale;
import org.fewstep.kernels.DeviceException;

/** Who computes F32; chosen once for a device, never mixed. F64 is the same under every provider. */
public enum Provider {
    /** Loops over separate arrays with one index, which HotSpot turns into vector code. */
    LOOPS,
    /** Matrix products by EJML, the rest by the reference loops. */
    EJML;

    /**
     * The provider of a name in lower case.
     *
     * @throws DeviceException when there is none of that name
     */
    public static Provider of(String name) {
        for (Provider provider : values()) {
            if (provider.label().equals(name)) {
                return provider;
            }
        }
        throw new DeviceException("fewstep.cpu: got \"" + name + "\"; expected loops or ejml");
    }

    /** Name as written in properties and fingerprints. */
    public String label() {
        return name().toLowerCase(Locale.ROOT);
    }
}
