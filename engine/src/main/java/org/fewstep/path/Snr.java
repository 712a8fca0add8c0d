package org.fewstep.path;

/** The check that all inverses of a signal-to-noise ratio share. */
final class Snr {
    private Snr() {}

    static void require(double snr) {
        if (!(snr >= 0)) {
            throw new IllegalArgumentException("time at snr: got " + snr + "; expected at least 0");
        }
    }
}
