package org.fewstep.path;

/** The check of a bridge's constant width. */
final class BridgeWidth {
    private BridgeWidth() {}

    static void require(String bridge, double sigma) {
        if (!(sigma >= 0) || Double.isInfinite(sigma)) {
            throw new IllegalArgumentException(
                    bridge + ": got sigma " + sigma + "; expected a finite number of at least 0");
        }
    }
}
