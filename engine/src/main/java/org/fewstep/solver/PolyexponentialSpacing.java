package org.fewstep.solver;

/**
 * Levels ln sigma = ln sigma_1 + (1 - u)^rho ln(sigma_0 / sigma_1) (k-diffusion): rho 1 is exponential, a greater one puts
 * more points at the data end.
 *
 * @param rho above 0
 */
public record PolyexponentialSpacing(double rho) implements LevelSpacing {
    public PolyexponentialSpacing {
        PowerSpacing.requirePower("polyexponential spacing", rho);
    }

    @Override
    public String name() {
        return "polyexponential";
    }

    @Override
    public double level(double from, double to, double u) {
        return Math.exp(Math.pow(1 - u, rho) * (Math.log(from) - Math.log(to)) + Math.log(to));
    }
}
