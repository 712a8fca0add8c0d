package org.fewstep.solver;

/**
 * The functions of exponential integrators: phi_k(z) = Int_0^1 e^{z (1-u)} u^{k-1} / (k-1)! du, so that phi_1(z) = (e^z -
 * 1) / z and phi_{k+1}(z) = (phi_k(z) - 1 / k!) / z.
 */
final class Phi {
    /** Below this the recurrence loses digits, and the series sum z^n / (n + k)! ends soon. */
    private static final double SMALL = 1;

    private static final int TERMS = 22;

    private Phi() {}

    /** phi_k(z), k from 1. */
    static double of(int k, double z) {
        if (Math.abs(z) < SMALL) {
            return series(k, z);
        }
        double phi = Math.expm1(z) / z;
        double factorial = 1;
        for (int i = 1; i < k; i++) {
            factorial *= i;
            phi = (phi - 1 / factorial) / z;
        }
        return phi;
    }

    private static double series(int k, double z) {
        double term = 1;
        for (int i = 2; i <= k; i++) {
            term /= i;
        }
        double sum = 0;
        for (int n = 0; n < TERMS; n++) {
            sum += term;
            term *= z / (n + k + 1);
        }
        return sum;
    }
}
