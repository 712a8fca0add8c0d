package org.fewstep.solver;

import java.util.ArrayList;
import java.util.List;
import org.fewstep.path.Prediction;

/**
 * SA-Solver: exponential Adams predictor and corrector for the family of SDEs with noise level tau, one draw a step, of the
 * step's number.
 *
 * <p>With k = 1 + tau^2, tau that of the step's end, and L_j the Lagrange polynomials of the known predictions' lambda,
 * equations 14 and 17:
 *
 * <pre>
 * x0:   x' = (sigma' / sigma) e^{-tau^2 h} x + alpha' k sum_j Int e^{k (l - lambda')} L_j(l) dl D_j
 *            + sigma' sqrt(1 - e^{-2 tau^2 h}) xi
 * eps:  x' = (alpha' / alpha) x - (1 + tau^2) sigma' sum_j Int e^{lambda' - l} L_j(l) dl D_j + tau sigma' sqrt(e^{2h} - 1) xi
 * </pre>
 *
 * <p>The predictor of order p takes the points i, i - 1, ...; the corrector of order c the predicted point and i, i - 1, ...,
 * from the same x and with the same xi. FEW_STEPS, the recommended mode, takes no corrector and no noise in the last step and
 * shifts the weights of order 2 by what the exact variance demands; MORE_STEPS corrects the last step too and ends with x0.
 * Order 1 strongly for tau > 0, whatever the orders: they shrink the constant.
 *
 * @param form X0 or EPS
 * @param predictorOrder 1 to 4
 * @param correctorOrder 0 (none) to 5
 * @param tau noise level, taken at the end of a step
 * @param mode last step
 * @param evaluateAgain PECE: evaluates at the corrected point too, two evaluations a step
 * @paper Xue et al. 2023: SA-Solver: Stochastic Adams Solver for Fast Sampling of Diffusion Models, arXiv:2309.05019
 */
public record SaSolver(
        Prediction form, int predictorOrder, int correctorOrder, Tau tau, Mode mode, boolean evaluateAgain)
        implements Solver {
    /** How the run ends. */
    public enum Mode {
        FEW_STEPS,
        MORE_STEPS
    }

    public SaSolver {
        ExponentialStep.requireForm("sa-solver", form);
        if (predictorOrder < 1 || predictorOrder > 4 || correctorOrder < 0 || correctorOrder > 5) {
            throw new IllegalArgumentException("sa-solver: got orders " + predictorOrder + " and " + correctorOrder
                    + "; expected a predictor of 1 to 4 and a corrector of 0 to 5");
        }
    }

    /** The published choice for few steps: orders 3 and 4. */
    public SaSolver(double tau) {
        this(Prediction.X0, 3, 4, Tau.constant(tau), Mode.FEW_STEPS, false);
    }

    @Override
    public String name() {
        return "sa-" + predictorOrder + "-" + correctorOrder;
    }

    @Override
    public boolean startsFromPureNoise() {
        return form == Prediction.X0;
    }

    @Override
    public StepPlan plan(TimeGrid grid) {
        PlanBuilder plan = new PlanBuilder(name(), form);
        int steps = grid.steps();
        List<Integer> d = new ArrayList<>(List.of(plan.evaluate(plan.state(), grid.point(0))));
        for (int i = 0; i < steps; i++) {
            boolean last = i + 1 == steps;
            boolean plain = last && mode == Mode.FEW_STEPS;
            double level = plain ? 0 : tau.at(grid.point(i + 1));
            ExponentialStep step = ExponentialStep.of(form, grid.point(i), grid.point(i + 1));
            int x = plan.state();
            double noise = noise(grid, i, step, level);
            List<Instruction.Term> xi = noise == 0 ? List.of() : List.of(plan.term(noise, plan.noise(i)));
            int next = adams(plan, grid, i, step, level, x, xi, d, predictorOrder(grid, i, step), false);
            if (!plain) {
                d.add(plan.evaluate(next, grid.point(i + 1)));
                int c = correctorOrder(grid, i, step);
                if (c > 0) {
                    next = adams(plan, grid, i, step, level, x, xi, d, c, true);
                    if (evaluateAgain) {
                        d.set(i + 1, plan.evaluate(next, grid.point(i + 1)));
                    }
                }
            }
            plan.step(grid.point(i), grid.point(i + 1), next);
        }
        if (mode == Mode.MORE_STEPS) {
            DenoiseToZero.step(plan, form, grid.point(steps), grid.clean());
        }
        return plan.build();
    }

    /** The orders go up as predictions come in, and down at the end, which the first steps of a short run do not see. */
    private int predictorOrder(TimeGrid grid, int i, ExponentialStep step) {
        if (!step.bounded()) {
            return 1;
        }
        int order = Math.min(predictorOrder, grid.history(i));
        return warmingUp(i) ? order : Math.min(order, grid.steps() - i);
    }

    private int correctorOrder(TimeGrid grid, int i, ExponentialStep step) {
        if (!step.bounded()) {
            return 0;
        }
        int order = Math.min(correctorOrder, grid.history(i) + 1);
        return warmingUp(i) ? order : Math.min(order, grid.steps() - i + 1);
    }

    private boolean warmingUp(int i) {
        return i + 1 < Math.max(predictorOrder, correctorOrder - 1);
    }

    private int adams(
            PlanBuilder plan,
            TimeGrid grid,
            int i,
            ExponentialStep step,
            double level,
            int x,
            List<Instruction.Term> xi,
            List<Integer> d,
            int order,
            boolean correct) {
        int newest = correct ? i + 1 : i;
        double square = level * level;
        double h = step.h();
        List<Instruction.Term> terms = new ArrayList<>();
        double keep = form == Prediction.X0 ? step.keep() * Math.exp(-square * h) : step.keep();
        terms.add(plan.term(step.bounded() ? keep : square == 0 ? step.keep() : 0, x));
        double[] weights = step.bounded() ? weights(grid, i, step, square, order, newest) : endWeight(step, square);
        for (int j = 0; j < weights.length; j++) {
            terms.add(plan.term(weights[j], d.get(newest - j)));
        }
        terms.addAll(xi);
        return plan.combine(terms);
    }

    /** To a clean end and from an empty one: x0 alone. */
    private double[] endWeight(ExponentialStep step, double square) {
        if (form != Prediction.X0 && square > 0) {
            throw new IllegalArgumentException(
                    name() + ": got tau above 0 in a step with an infinite end; expected x0 as"
                            + " the prediction, or tau 0 there");
        }
        return new double[] {square == 0 ? step.phi(1) : step.drive()};
    }

    private double noise(TimeGrid grid, int i, ExponentialStep step, double level) {
        double sigma = grid.point(i + 1).sigma();
        if (level == 0 || sigma == 0) {
            return 0;
        }
        return form == Prediction.X0
                ? sigma * Math.sqrt(-Math.expm1(-2 * level * level * step.h()))
                : level * sigma * Math.sqrt(Math.expm1(2 * step.h()));
    }

    private double[] weights(TimeGrid grid, int i, ExponentialStep step, double square, int order, int newest) {
        double k = 1 + square;
        double h = step.h();
        double[] nodes = new double[order];
        for (int j = 0; j < order; j++) {
            nodes[j] = (grid.point(newest - j).lambda() - grid.point(i).lambda()) / h;
        }
        double[] weights = AdamsWeights.of(form == Prediction.X0 ? -k * h : h, nodes);
        for (int j = 0; j < order; j++) {
            weights[j] *= k * step.drive() * h;
        }
        if (mode == Mode.FEW_STEPS && order == 2) {
            double shift = shift(step, k) / (h * (nodes[0] - nodes[1]));
            weights[0] += shift;
            weights[1] -= shift;
        }
        return weights;
    }

    /** h^2 k / 2 - (e^{-kh} - 1 + kh) / k, by which the weight of a first derivative is too small; x0 alone. */
    private double shift(ExponentialStep step, double k) {
        double h = step.h();
        if (form != Prediction.X0) {
            return 0;
        }
        return step.drive() * (k * h * h / 2 - k * h * h * Phi.of(2, -k * h));
    }
}
