package org.fewstep.solver;

import java.util.ArrayList;
import java.util.List;
import org.fewstep.path.Prediction;

/**
 * DPM-Solver and DPM-Solver++ from the predictions of earlier steps, one evaluation a step.
 *
 * <p>With D_i the prediction at step i, h_i its step in lambda, r_0 = h_{i-1} / h_i, r_1 = h_{i-2} / h_i and the phi of
 * {@link ExponentialStep}:
 *
 * <pre>
 * 1: x' = keep x + phi_1 D_i                       (DDIM)
 * 2: ... + phi_2 A, A = (D_i - D_{i-1}) / r_0      (MIDPOINT: phi_1 / 2 for phi_2)
 * 3: A_0 = (D_i - D_{i-1}) / r_0, A_1 = (D_{i-1} - D_{i-2}) / r_1
 *    ... + phi_2 (A_0 + r_0 / (r_0 + r_1) (A_0 - A_1)) + phi_3 B, B = 2 (A_0 - A_1) / (r_0 + r_1)
 * </pre>
 *
 * <p>The published B lacks the 2 and has order 2: measured slopes 2.0 against 3.2. The first steps have orders 1, 2, ...;
 * the last ones ..., 2, 1 on grids of fewer than {@code lowerOrderBelow} steps; a step with an infinite end has order 1.
 *
 * @param form X0 (DPM-Solver++) or EPS (DPM-Solver)
 * @param order 1 to 3
 * @param correction of order 2
 * @param coefficients of order 3
 * @param lowerOrderBelow 10 in dpm-solver, 15 in diffusers; 0 for never
 * @param denoiseToZero ends with a step to x0, one evaluation more
 * @paper Lu et al. 2022: DPM-Solver++: Fast Solver for Guided Sampling of Diffusion Probabilistic Models, arXiv:2211.01095
 */
public record DpmMultistep(
        Prediction form,
        int order,
        Correction correction,
        Coefficients coefficients,
        int lowerOrderBelow,
        boolean denoiseToZero)
        implements Solver {
    /** dpm-solver's bound. */
    public static final int FEW_STEPS = 10;

    public DpmMultistep {
        ExponentialStep.requireForm("dpm multistep", form);
        if (order < 1 || order > 3) {
            throw new IllegalArgumentException("dpm multistep: got order " + order + "; expected 1, 2 or 3");
        }
    }

    /** DPM-Solver++ of an order with the usual correction and exact coefficients. */
    public DpmMultistep(int order) {
        this(Prediction.X0, order, Correction.MIDPOINT, Coefficients.EXACT, FEW_STEPS, false);
    }

    @Override
    public String name() {
        return (form == Prediction.X0 ? "dpmpp-" : "dpm-") + order + "m";
    }

    @Override
    public boolean startsFromPureNoise() {
        return form == Prediction.X0;
    }

    @Override
    public StepPlan plan(TimeGrid grid) {
        PlanBuilder plan = new PlanBuilder(name(), form);
        List<Integer> d = new ArrayList<>();
        int steps = grid.steps();
        for (int i = 0; i < steps; i++) {
            int x = plan.state();
            d.add(plan.evaluate(x, grid.point(i)));
            ExponentialStep step = ExponentialStep.of(form, grid.point(i), grid.point(i + 1));
            double[] weights = weights(grid, i, step);
            List<Instruction.Term> terms = new ArrayList<>(List.of(plan.term(step.keep(), x)));
            for (int j = 0; j < weights.length; j++) {
                terms.add(plan.term(weights[j], d.get(i - j)));
            }
            plan.step(grid.point(i), grid.point(i + 1), plan.combine(terms));
        }
        if (denoiseToZero) {
            DenoiseToZero.step(plan, form, grid.point(steps), grid.clean());
        }
        return plan.build();
    }

    private int order(TimeGrid grid, int i, ExponentialStep step) {
        int steps = grid.steps();
        int used = Math.min(order, steps < lowerOrderBelow ? steps - i : order);
        return step.bounded() ? Math.min(used, grid.history(i)) : 1;
    }

    /** Of D_i, D_{i-1}, ... */
    private double[] weights(TimeGrid grid, int i, ExponentialStep step) {
        int used = order(grid, i, step);
        if (used == 1) {
            return new double[] {step.phi(1)};
        }
        double r0 = grid.logSnrSpan(i - 1) / step.h();
        if (used == 2) {
            double a = (correction == Correction.TAYLOR ? step.phi(2) : step.phi(1) / 2) / r0;
            return new double[] {step.phi(1) + a, -a};
        }
        double r1 = grid.logSnrSpan(i - 2) / step.h();
        double twice = coefficients == Coefficients.EXACT ? 2 : 1;
        double b = twice * step.phi(3) / (r0 + r1);
        double a0 = (step.phi(2) * (1 + r0 / (r0 + r1)) + b) / r0;
        double a1 = (-step.phi(2) * r0 / (r0 + r1) - b) / r1;
        return new double[] {step.phi(1) + a0, a1 - a0, -a1};
    }
}
