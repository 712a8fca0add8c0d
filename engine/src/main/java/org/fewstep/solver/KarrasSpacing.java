package org.fewstep.solver;

/**
 * Levels at equal steps of sigma^(1/rho).
 *
 * @param rho above 0; 7 as published
 * @paper Karras et al. 2022: Elucidating the Design Space of Diffusion-Based Generative Models, arXiv:2206.00364
 */
public record KarrasSpacing(double rho) implements LevelSpacing {
    public KarrasSpacing {
        PowerSpacing.requirePower("karras spacing", rho);
    }

    /** The published rho 7. */
    public KarrasSpacing() {
        this(7);
    }

    @Override
    public String name() {
        return "karras";
    }

    @Override
    public double level(double from, double to, double u) {
        double first = Math.pow(from, 1 / rho);
        double last = Math.pow(to, 1 / rho);
        return Math.pow(first + u * (last - first), rho);
    }
}
