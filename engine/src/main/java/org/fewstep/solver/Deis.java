package org.fewstep.solver;

import java.util.ArrayList;
import java.util.List;
import org.fewstep.path.GridPoint;
import org.fewstep.path.NoiseSchedule;
import org.fewstep.path.Prediction;

/**
 * DEIS by Adams-Bashforth: dv / drho = eps with v = x / alpha, rho = sigma / alpha, and eps a polynomial through the
 * predictions of this and earlier steps, one evaluation a step.
 *
 * <pre>
 * x' = (alpha' / alpha) x + alpha' sum_j Int_{rho}^{rho'} L_j drho eps_{i-j}
 * </pre>
 *
 * <p>The polynomial is one in t, in rho, or in ln rho, which is the noise form of {@link SaSolver} without noise. The first
 * steps have polynomials of degree 0, 1, ... A step from alpha = 0 has no limit and is refused.
 *
 * @param variable of the polynomial
 * @param degree 0 to 3; order degree + 1
 * @paper Zhang and Chen 2023: Fast Sampling of Diffusion Models with Exponential Integrator, arXiv:2204.13902
 */
public record Deis(Variable variable, int degree) implements Solver {
    /** What the polynomial is one in. */
    public enum Variable {
        T,
        RHO,
        LOG_RHO
    }

    /** Exact for polynomials, and to 1e-12 for the schedules in time. */
    private static final GaussLegendre QUADRATURE = new GaussLegendre(48);

    public Deis {
        if (degree < 0 || degree > 3) {
            throw new IllegalArgumentException("deis: got degree " + degree + "; expected 0 to 3");
        }
    }

    @Override
    public String name() {
        return switch (variable) {
            case T -> "deis-t-" + degree;
            case RHO -> "deis-rho-" + degree;
            case LOG_RHO -> "deis-" + degree;
        };
    }

    @Override
    public StepPlan plan(TimeGrid grid) {
        PlanBuilder plan = new PlanBuilder(name(), Prediction.EPS);
        List<Integer> eps = new ArrayList<>();
        for (int i = 0; i < grid.steps(); i++) {
            int x = plan.state();
            eps.add(plan.evaluate(x, grid.point(i)));
            double[] weights = weights(grid, i);
            List<Instruction.Term> terms = new ArrayList<>();
            terms.add(plan.term(grid.point(i + 1).alpha() / grid.point(i).alpha(), x));
            for (int j = 0; j < weights.length; j++) {
                terms.add(plan.term(weights[j], eps.get(i - j)));
            }
            plan.step(grid.point(i), grid.point(i + 1), plan.combine(terms));
        }
        return plan.build();
    }

    /** Of the predictions of steps i, i - 1, ...: degree + 1 numbers, or as many as there are. */
    public double[] weights(TimeGrid grid, int i) {
        int used = Math.min(degree, i) + 1;
        GridPoint s = grid.point(i);
        GridPoint t = grid.point(i + 1);
        if (variable == Variable.LOG_RHO) {
            return inLogRho(grid, i, used);
        }
        double[] nodes = new double[used];
        for (int j = 0; j < used; j++) {
            nodes[j] = variable == Variable.T
                    ? grid.point(i - j).t()
                    : grid.point(i - j).rho();
        }
        double[] weights = new double[used];
        for (int j = 0; j < used; j++) {
            int at = j;
            weights[j] = t.alpha()
                    * (variable == Variable.T
                            ? QUADRATURE.integrate(
                                    u -> slope(grid.schedule(), u) * lagrange(nodes, at, u), s.t(), t.t())
                            : QUADRATURE.integrate(rho -> lagrange(nodes, at, rho), s.rho(), t.rho()));
        }
        return weights;
    }

    private static double[] inLogRho(TimeGrid grid, int i, int used) {
        ExponentialStep step = ExponentialStep.of(Prediction.EPS, grid.point(i), grid.point(i + 1));
        int known = step.bounded() ? Math.min(used, grid.history(i)) : 1;
        if (known == 1) {
            return new double[] {step.phi(1)};
        }
        double[] nodes = new double[known];
        for (int j = 0; j < known; j++) {
            nodes[j] = (grid.point(i - j).lambda() - grid.point(i).lambda()) / step.h();
        }
        double[] weights = AdamsWeights.of(step.z(), nodes);
        for (int j = 0; j < known; j++) {
            weights[j] *= step.drive() * step.h();
        }
        return weights;
    }

    /** d rho / dt. */
    private static double slope(NoiseSchedule schedule, double t) {
        double alpha = schedule.alpha(t);
        return (schedule.dSigma(t) * alpha - schedule.sigma(t) * schedule.dAlpha(t)) / (alpha * alpha);
    }

    private static double lagrange(double[] nodes, int j, double at) {
        double product = 1;
        for (int k = 0; k < nodes.length; k++) {
            if (k != j) {
                product *= (at - nodes[k]) / (nodes[j] - nodes[k]);
            }
        }
        return product;
    }
}
