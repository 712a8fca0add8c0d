package org.fewstep.sample;

import org.fewstep.model.NetworkConfig;

/**
 * Lower bounds on the parameters of a network, so that a structure claimed by a file is compared with the bytes that
 * are there before anything of its size is allocated.
 */
record NetworkBounds(NetworkConfig c) {
    /**
     * Demands that the structure could be made of so many numbers.
     *
     * @throws IllegalArgumentException when it needs more
     */
    void check(long elements) {
        long classRows = c.classes() == 0 ? 0 : (long) c.classes() + 1;
        long cond = c.classes() == 0 && c.kind() == NetworkConfig.Kind.MLP ? 0 : c.condWidth();
        fits(elements, "first layer", (long) c.dim() + cond, c.width());
        fits(elements, "last layer", c.dim(), c.width());
        fits(elements, "times", c.timeWidth(), c.kind() == NetworkConfig.Kind.MLP ? c.width() : cond);
        fits(elements, "class vectors", classRows, cond);
        fits(elements, "layers", c.depth() - 1L, (double) c.width() * c.width());
        if (c.kind() == NetworkConfig.Kind.RESIDUAL_MLP) {
            fits(elements, "conditioning", cond, cond);
            fits(elements, "modulation", cond * (double) c.depth(), 2.0 * c.width());
            fits(elements, "blocks", 2.0 * c.depth(), (double) c.width() * c.width());
        }
    }

    private static void fits(long elements, String what, double rows, double columns) {
        if (rows * columns > elements) {
            throw new IllegalArgumentException("network: got " + what + " of " + rows + " x " + columns
                    + " numbers; expected at most the " + elements + " in the file");
        }
    }
}
