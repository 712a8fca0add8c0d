package org.fewstep.bench.machine;

import org.fewstep.kernels.cpu.Provider;

/** A fixed number of F32 fused multiply-adds that only wait for the arithmetic units: the roof of all products. */
public abstract class FmaPeak {
    /** Floating-point operations of one {@link #run}, two a fused multiply-add. */
    public static final long FLOPS = 2L * 12 * 16 * (1 << 19);

    /** Vectors of the preferred width where the JVM has the module, else loops. */
    public static FmaPeak best() {
        return Provider.vectorUsable() ? new FmaPeakVectors() : new FmaPeakLoops();
    }

    /** Does the operations; the result says nothing, but must be used. */
    public abstract float run();

    /** How, in words. */
    public abstract String how();
}
