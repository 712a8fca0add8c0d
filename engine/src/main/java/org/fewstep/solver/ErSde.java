package org.fewstep.solver;

import java.util.ArrayList;
import java.util.List;
import java.util.function.DoubleUnaryOperator;
import org.fewstep.path.GridPoint;
import org.fewstep.path.Prediction;

/**
 * Extended reverse-time SDE solver. With rho = sigma / alpha, y = x / alpha, the noise scale function phi, r = phi(rho') /
 * phi(rho) and the divided differences d = (x0 - x0_) / (rho - rho_), dd = 2 (d - d_) / (rho - rho__) of the steps before,
 *
 * <pre>
 * y' = r y + (1 - r) x0 + (rho' - rho + phi(rho') S_0) d + ((rho' - rho)^2 / 2 + phi(rho') S_1) dd
 *      + sqrt(rho'^2 - r^2 rho^2) xi
 * S_0 = integral over [rho', rho] of du / phi(u)        S_1 = integral of (u - rho) / phi(u) du
 * </pre>
 *
 * <p>Order 1 has neither difference, order 2 has d; the first steps and one to sigma = 0 are of lower order. {@link
 * Coefficients#PUBLISHED} keeps three things of the published code that exact coefficients mend: the integrals are sums over
 * 100 left ends; variances below 1e-6 count as 0, which takes the noise from the last steps; and d, the slope half a step
 * back, stands for that at rho, which leaves order 3 with order 2. Exact, d is d + (rho - rho_) / 2 dd. One evaluation a
 * step. Order as given where phi is {@link NoiseScale#ODE}, strong order 1 otherwise.
 *
 * @param order 1 to 3
 * @param scale the function phi
 * @param coefficients of the integrals, the differences and the noise
 * @paper Cui et al. 2023: Elucidating the Solution Space of Extended Reverse-Time SDE for Diffusion Models,
 *     arXiv:2309.06169
 */
public record ErSde(int order, NoiseScale scale, Coefficients coefficients) implements Solver {
    private static final int SUMMANDS = 100;
    private static final double LEAST_VARIANCE = 1e-6;
    private static final double ROUNDING = 1e-12;
    private static final GaussLegendre QUADRATURE = new GaussLegendre(40);

    /** The noise scale function phi; the faster it grows, the more noise. */
    public enum NoiseScale {
        /** phi(u) = u: no noise. */
        ODE(u -> u),
        /** phi(u) = u^2: the reverse SDE. */
        SDE(u -> u * u),
        /** phi(u) = u^1.5. */
        POWER_1_5(u -> Math.pow(u, 1.5)),
        /** phi(u) = u^2.5. */
        POWER_2_5(u -> Math.pow(u, 2.5)),
        /** phi(u) = u^0.9 log10(1 + 100 u^1.5). */
        LOGARITHMIC(u -> Math.pow(u, 0.9) * Math.log1p(100 * Math.pow(u, 1.5)) / Math.log(10)),
        /** phi(u) = u (exp(u^0.3) + 10), the published default. */
        EXPONENTIAL(u -> u * (Math.exp(Math.pow(u, 0.3)) + 10));

        private final DoubleUnaryOperator phi;

        NoiseScale(DoubleUnaryOperator phi) {
            this.phi = phi;
        }

        /** phi at a noise level. */
        public double at(double u) {
            return phi.applyAsDouble(u);
        }
    }

    public ErSde {
        if (order < 1 || order > 3) {
            throw new IllegalArgumentException("er-sde: got order " + order + "; expected 1, 2 or 3");
        }
    }

    /** Order 3 with the published noise scale, exact. */
    public ErSde() {
        this(3, NoiseScale.EXPONENTIAL, Coefficients.EXACT);
    }

    @Override
    public String name() {
        return "er-sde";
    }

    @Override
    public StepPlan plan(TimeGrid grid) {
        EdmCoordinates edm = new EdmCoordinates(name(), Prediction.X0, grid);
        List<Integer> x0 = new ArrayList<>();
        for (int i = 0; i < edm.steps(); i++) {
            x0.add(edm.evaluate(edm.state(), edm.point(i)));
            GridPoint to = edm.point(i + 1);
            double rho = edm.point(i).rho();
            double ratio = scale.at(to.rho()) / scale.at(rho);
            double[] weights = differences(edm, i);
            weights[0] += 1 - ratio;
            Instruction.Term[] terms = new Instruction.Term[weights.length + 1];
            for (int j = 0; j < weights.length; j++) {
                terms[j] = edm.term(weights[j], x0.get(i - j));
            }
            terms[weights.length] = edm.noise(deviation(rho, to.rho(), ratio));
            edm.step(i, edm.move(edm.point(i), ratio, edm.state(), to, terms));
        }
        return edm.build();
    }

    /** Weights of x0, x0_, x0__ in the terms with d and dd. */
    private double[] differences(EdmCoordinates edm, int i) {
        double to = edm.point(i + 1).rho();
        int usable = to == 0 ? 1 : Math.min(order, i + 1);
        double[] weights = new double[usable];
        if (usable == 1) {
            return weights;
        }
        double rho = edm.point(i).rho();
        double step = rho - edm.point(i - 1).rho();
        double h = to - rho;
        double ofD = h + scale.at(to) * integral(to, rho, u -> 1 / scale.at(u));
        double ofBefore = 0;
        if (usable == 3) {
            double span = rho - edm.point(i - 2).rho();
            double ofDd = h * h / 2 + scale.at(to) * integral(to, rho, u -> (u - rho) / scale.at(u));
            if (coefficients == Coefficients.EXACT) {
                ofDd += ofD * step / 2;
            }
            ofD += 2 * ofDd / span;
            ofBefore = -2
                    * ofDd
                    / span
                    / (edm.point(i - 1).rho() - edm.point(i - 2).rho());
            weights[2] = -ofBefore;
        }
        weights[0] = ofD / step;
        weights[1] = ofBefore - ofD / step;
        return weights;
    }

    private double integral(double from, double to, DoubleUnaryOperator f) {
        if (coefficients == Coefficients.EXACT) {
            // The integrands are nearly powers of u, smooth in ln u.
            return QUADRATURE.integrate(s -> f.applyAsDouble(Math.exp(s)) * Math.exp(s), Math.log(from), Math.log(to));
        }
        double sum = 0;
        for (int i = 0; i < SUMMANDS; i++) {
            sum += f.applyAsDouble(from + (to - from) * i / SUMMANDS);
        }
        return sum * (to - from) / SUMMANDS;
    }

    private double deviation(double rho, double to, double ratio) {
        double kept = ratio * rho;
        double variance = (to - kept) * (to + kept);
        boolean none = coefficients == Coefficients.PUBLISHED
                ? Math.abs(variance) < LEAST_VARIANCE
                : Math.abs(to - kept) <= ROUNDING * to;
        if (!none && variance < 0) {
            throw new IllegalArgumentException("er-sde: got noise scale " + scale + " that falls below u between " + to
                    + " and " + rho + "; expected one that grows at least like u; take another or lower noise levels");
        }
        return none ? 0 : Math.sqrt(variance);
    }
}
