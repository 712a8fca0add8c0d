package org.fewstep.kernels.cpu;

import java.util.Locale;
import org.fewstep.kernels.DeviceException;

/** Who computes F32; chosen once for a device, never mixed. F64 is the same under every provider. */
public enum Provider {
    /** Vectors of the module {@code jdk.incubator.vector}, which the JVM must have been started with. */
    VECTOR,
    /** Loops over separate arrays with one index, which HotSpot turns into vector code. */
    LOOPS,
    /** Matrix products by EJML, the rest by the reference loops. */
    EJML;

    /** Flag of the JVM that makes {@link #VECTOR} usable. */
    public static final String VECTOR_FLAG = "--add-modules=jdk.incubator.vector";

    /**
     * The provider of a name in lower case.
     *
     * @throws DeviceException when there is none of that name, or it is {@link #VECTOR} and the module is missing
     */
    public static Provider of(String name) {
        for (Provider provider : values()) {
            if (provider.label().equals(name)) {
                if (provider == VECTOR && !vectorUsable()) {
                    throw new DeviceException(
                            "fewstep.cpu: got vector in a JVM without the module jdk.incubator.vector;"
                                    + " expected java " + VECTOR_FLAG + " ..., or loops or ejml");
                }
                return provider;
            }
        }
        throw new DeviceException("fewstep.cpu: got \"" + name + "\"; expected vector, loops or ejml");
    }

    /** {@link #VECTOR} where the JVM was started with its module, else {@link #LOOPS}. */
    public static Provider best() {
        return vectorUsable() ? VECTOR : LOOPS;
    }

    /** True where the JVM was started with the vector module. */
    public static boolean vectorUsable() {
        return ModuleLayer.boot().findModule("jdk.incubator.vector").isPresent();
    }

    /** Name as written in properties and fingerprints. */
    public String label() {
        return name().toLowerCase(Locale.ROOT);
    }

    /** What bits may depend on: the label, and for {@link #VECTOR} the bits of a vector. */
    public String fingerprint() {
        return this == VECTOR ? label() + "/" + VectorLanesF32.bits() : label();
    }
}
