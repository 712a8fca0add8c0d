package org.fewstep.kernels;

import org.fewstep.kernels.cpu.Erf;

/** The error function on the host, as the F64 kernels have it: good to a few units in the last place. */
public final class ErrorFunction {
    private ErrorFunction() {}

    /** 2 / sqrt(pi) times the integral of e^(-s^2) from 0 to x. */
    public static double of(double x) {
        return Erf.erf(x);
    }

    /** 1 less the error function, good to a few units in the last place for large x, too. */
    public static double complement(double x) {
        return Erf.erfc(x);
    }
}
