package org.fewstep.kernels;

import java.util.Locale;

/**
 * How exactly F32 products may be computed: what the operands of matrix products, attention and convolution are rounded to.
 * Sums, all other work, buffers, weights and optimizer state stay F32; F64 is never touched.
 *
 * <p>System property {@code fewstep.precision} = f32 (default), tf32 or bf16 sets it for {@link Devices#require(String)}.
 * Less than F32 needs a CUDA device with compute capability 8.0, and is named in its {@link Device#fingerprint}.
 */
public enum Precision {
    /** 24 bits: every product and sum is F32's */
    F32(0x1p-24),
    /** 11 bits and F32's range, rounded to nearest, ties away from zero */
    TF32(0x1p-11),
    /** 8 bits and F32's range, rounded to nearest, ties to even; allows TF32 too */
    BF16(0x1p-8);

    private static final String PROPERTY = "fewstep.precision";

    private final String label = name().toLowerCase(Locale.ROOT);
    private final double roundoff;

    Precision(double roundoff) {
        this.roundoff = roundoff;
    }

    /** Name in lower case. */
    public String label() {
        return label;
    }

    /** Most that rounding an operand changes it by, relative to it. */
    public double roundoff() {
        return roundoff;
    }

    /** True where operands may be rounded to {@code other}. */
    public boolean allows(Precision other) {
        return other.ordinal() <= ordinal();
    }

    /**
     * The precision that the system property asks for.
     *
     * @throws DeviceException for a name that there is not
     */
    public static Precision ofSystem() {
        String name = System.getProperty(PROPERTY, F32.label);
        for (Precision precision : values()) {
            if (precision.label.equals(name)) {
                return precision;
            }
        }
        throw new DeviceException(PROPERTY + ": got \"" + name + "\"; expected f32, tf32 or bf16");
    }

    /** What a device that computes in F32 alone says to this precision. */
    public DeviceException refusal(String device) {
        return new DeviceException("precision: got " + label + " on " + device
                + "; expected f32; tf32 and bf16 need a CUDA device of compute capability 8.0 or newer");
    }
}
