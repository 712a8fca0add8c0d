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
        boolean residual = c.kind() == NetworkConfig.Kind.RESIDUAL_MLP;
        double width = c.width();
        double depth = c.depth();
        double cond = c.classes() > 0 || residual ? c.condWidth() : 0;
        fits(elements, "first layer", c.dim() + (residual ? 0 : cond), width);
        fits(elements, "last layer", c.dim(), width);
        fits(elements, "times", c.timeWidth(), residual ? cond : width);
        fits(elements, "class vectors", c.classes() > 0 ? c.classes() + 1.0 : 0, cond);
        fits(elements, "layers", depth - 1, width * width);
        if (residual) {
            fits(elements, "conditioning", cond, cond);
            fits(elements, "modulation", depth * cond, 2 * width);
            fits(elements, "blocks", 2 * depth, width * width);
        }
    }

    private static void fits(long elements, String what, double rows, double columns) {
        if (rows * columns > (double) elements) {
            throw new IllegalArgumentException("network: got " + what + " of " + rows + " x " + columns
                    + " numbers; expected at most the " + elements + " in the file");
        }
    }
}
