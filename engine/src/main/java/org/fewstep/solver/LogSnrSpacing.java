package org.fewstep.solver;

/**
 * Half log signal-to-noise ratios lambda at lambda_0 + (lambda_1 - lambda_0) u^power. Power 1, uniform lambda, is the
 * exponential spacing of k-diffusion and Lu's; a greater power puts more points at noise, as SA-Solver's skip order does.
 *
 * @param power above 0
 */
public record LogSnrSpacing(double power) implements LevelSpacing {
    /** Equal steps in lambda, that is in the logarithm of the noise level. */
    public static final LogSnrSpacing UNIFORM = new LogSnrSpacing(1);

    public LogSnrSpacing {
        PowerSpacing.requirePower("log snr spacing", power);
    }

    @Override
    public String name() {
        return power == 1 ? "logsnr" : "logsnr-power-" + power;
    }

    @Override
    public double level(double from, double to, double u) {
        return Math.exp(Math.log(from) + (Math.log(to) - Math.log(from)) * Math.pow(u, power));
    }
}
