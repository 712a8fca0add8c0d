package org.fewstep.solver;

import java.util.ArrayList;
import java.util.List;
import org.fewstep.path.Prediction;

/**
 * UniPC: a multistep predictor and a corrector that takes the prediction at the predicted point, which the next step needs
 * anyway, so that the corrector costs no evaluation.
 *
 * <p>With z = -h for x0 and h for eps, r_k = (lambda_{i-k} - lambda_i) / h for the k-th prediction before D_i, r_p = 1, d_k =
 * (D_{i-k} - D_i) / r_k and B(z) = z (BH1) or e^z - 1 (BH2), equations 3 and 4:
 *
 * <pre>
 * base = keep x + phi_1 D_i,   c = -alpha' B (x0) or -sigma' B (eps)
 * predictor: x_p = base + c sum_{k<p} rho_k d_k,      sum_k rho_k r_k^{n-1} = n! phi_{n+1}(z) z / B, n < p (order 2: 1/2)
 * corrector: x'  = base + c (sum_{k<p} rho_k d_k + rho_p (D(x_p) - D_i)), the same for n <= p (order 1: 1/2)
 * </pre>
 *
 * <p>No corrector in the last step. Order p + 1 with the corrector: measured 3.0 for p = 2, 3.4 to 4.4 for p = 3. VARY is the
 * published form with varying coefficients, whose corrector leaves out all but the last row of the new difference: measured
 * order 0.95, there to reproduce it.
 *
 * @param form X0 or EPS
 * @param order 1 to 3 as published; higher orders work too
 * @param variant B
 * @param lowerOrderFinal the last steps have orders ..., 2, 1
 * @param denoiseToZero ends with a step to x0, one evaluation more
 * @paper Zhao et al. 2023: UniPC: A Unified Predictor-Corrector Framework for Fast Sampling of Diffusion Models,
 *     arXiv:2302.04867
 */
public record UniPc(Prediction form, int order, Variant variant, boolean lowerOrderFinal, boolean denoiseToZero)
        implements Solver {
    /** The function B. */
    public enum Variant {
        /** z */
        BH1,
        /** e^z - 1 */
        BH2,
        /** varying coefficients as published */
        VARY
    }

    private static final int MOST = 6;

    public UniPc {
        ExponentialStep.requireForm("unipc", form);
        if (order < 1 || order > MOST) {
            throw new IllegalArgumentException("unipc: got order " + order + "; expected 1 to " + MOST);
        }
    }

    /** UniPC of an order with x0 and BH2. */
    public UniPc(int order) {
        this(Prediction.X0, order, Variant.BH2, true, false);
    }

    @Override
    public String name() {
        return "unipc-" + order;
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
            ExponentialStep step = ExponentialStep.of(form, grid.point(i), grid.point(i + 1));
            int x = plan.state();
            if (!step.bounded()) {
                int next = plan.combine(plan.term(step.keep(), x), plan.term(step.phi(1), d.get(i)));
                if (i + 1 < steps) {
                    d.add(plan.evaluate(next, grid.point(i + 1)));
                }
                plan.step(grid.point(i), grid.point(i + 1), next);
                continue;
            }
            int p = Math.min(Math.min(order, grid.history(i)), lowerOrderFinal ? steps - i : order);
            double[] r = new double[p];
            for (int k = 1; k < p; k++) {
                r[k - 1] = (grid.point(i - k).lambda() - grid.point(i).lambda()) / step.h();
            }
            r[p - 1] = 1;
            int next = combine(plan, x, step, d, r, predictor(step, r), -1);
            if (i + 1 < steps) {
                int predicted = plan.evaluate(next, grid.point(i + 1));
                next = combine(plan, x, step, d, r, corrector(step, r), predicted);
                d.add(predicted);
            }
            plan.step(grid.point(i), grid.point(i + 1), next);
        }
        if (denoiseToZero) {
            DenoiseToZero.step(plan, form, grid.point(steps), grid.clean());
        }
        return plan.build();
    }

    /** keep x + phi_1 D_i + sum of weights times differences; the last weight is the new prediction's where there is one. */
    private int combine(
            PlanBuilder plan,
            int x,
            ExponentialStep step,
            List<Integer> d,
            double[] r,
            double[] weights,
            int predicted) {
        int last = d.size() - 1;
        List<Instruction.Term> terms = new ArrayList<>(List.of(plan.term(step.keep(), x)));
        double ofNow = step.phi(1);
        List<Instruction.Term> others = new ArrayList<>();
        for (int k = 0; k < weights.length; k++) {
            int value = k == r.length - 1 ? predicted : d.get(last - k - 1);
            double weight = weights[k] / r[k];
            ofNow -= weight;
            others.add(plan.term(weight, value));
        }
        terms.add(plan.term(ofNow, d.get(last)));
        terms.addAll(others);
        return plan.combine(terms);
    }

    /** -alpha' or -sigma' times B. */
    private double scale(ExponentialStep step) {
        double b = variant == Variant.BH1 ? step.z() : Math.expm1(step.z());
        return (form == Prediction.X0 ? -step.drive() : step.drive()) * b;
    }

    private double[] predictor(ExponentialStep step, double[] r) {
        int p = r.length;
        if (variant == Variant.VARY) {
            return varying(step, r, p - 1, p - 1);
        }
        if (p == 2) {
            return new double[] {scale(step) / 2};
        }
        return scaled(step, p - 1, r);
    }

    private double[] corrector(ExponentialStep step, double[] r) {
        int p = r.length;
        if (variant == Variant.VARY) {
            return varyingCorrector(step, r);
        }
        if (p == 1) {
            return new double[] {scale(step) / 2};
        }
        return scaled(step, p, r);
    }

    /** c rho for the first n nodes; B falls out of c rho. */
    private double[] scaled(ExponentialStep step, int n, double[] r) {
        double[][] rows = new double[n][n + 1];
        double factorial = 1;
        for (int m = 0; m < n; m++) {
            factorial *= m + 1;
            for (int k = 0; k < n; k++) {
                rows[m][k] = Math.pow(r[k], m);
            }
            rows[m][n] = factorial * step.phi(m + 2);
        }
        return LinearSystem.solve(rows);
    }

    /**
     * Weights sum_m phi_{m+2} A_mk over m < rows, where A is the inverse of the matrix C of n nodes, C_km = r_k^m / (m + 1)!.
     */
    private static double[] varying(ExponentialStep step, double[] r, int n, int rows) {
        double[] weights = new double[n];
        for (int k = 0; k < n; k++) {
            double[] column = inverseColumn(r, n, k);
            for (int m = 0; m < rows; m++) {
                weights[k] += step.phi(m + 2) * column[m];
            }
        }
        return weights;
    }

    private static double[] varyingCorrector(ExponentialStep step, double[] r) {
        int p = r.length;
        double[] weights = varying(step, r, p, p - 1);
        // As published: the last row that the loop above met, and the weight of the row behind it.
        weights[p - 1] = step.phi(p + 1) * inverseColumn(r, p, p - 1)[Math.max(0, p - 2)];
        return weights;
    }

    /** Column k of the inverse: the solution of C a = unit vector k. */
    private static double[] inverseColumn(double[] r, int n, int k) {
        double[][] rows = new double[n][n + 1];
        for (int j = 0; j < n; j++) {
            double entry = 1;
            for (int m = 0; m < n; m++) {
                rows[j][m] = entry;
                entry *= r[j] / (m + 2);
            }
            rows[j][n] = j == k ? 1 : 0;
        }
        return LinearSystem.solve(rows);
    }
}
