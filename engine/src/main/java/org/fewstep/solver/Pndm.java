package org.fewstep.solver;

import java.util.ArrayList;
import java.util.List;
import org.fewstep.path.GridPoint;
import org.fewstep.path.Prediction;

/**
 * Pseudo linear multistep: Adams-Bashforth weights for equal steps combine the last predictions of eps, and DDIM's step
 * takes the sum from s to t, whatever the spacing.
 *
 * <pre>
 * e' = e;  (3 e - e_1) / 2;  (23 e - 16 e_1 + 5 e_2) / 12;  (55 e - 59 e_1 + 37 e_2 - 9 e_3) / 24
 * x' = (alpha' / alpha) x + (sigma' - alpha' sigma / alpha) e'
 * </pre>
 *
 * <p>Starts: NONE goes up through the orders (iPNDM), one evaluation a step. AVERAGE takes the first step anew with the mean
 * of the predictions at its ends (PLMS), one evaluation more. RUNGE_KUTTA takes three steps by the classic weights (1, 2, 2,
 * 1) / 6 with three DDIM steps from the same state each, nine evaluations more.
 *
 * @param start how the history begins
 * @paper Liu et al. 2022: Pseudo Numerical Methods for Diffusion Models on Manifolds, arXiv:2202.09778
 */
public record Pndm(Start start) implements Solver {
    /** How the history begins. */
    public enum Start {
        NONE,
        AVERAGE,
        RUNGE_KUTTA
    }

    private static final double[][] ADAMS_BASHFORTH = {
        {1}, {3 / 2., -1 / 2.}, {23 / 12., -16 / 12., 5 / 12.}, {55 / 24., -59 / 24., 37 / 24., -9 / 24.}
    };

    private static final int RUNGE_KUTTA_STEPS = 3;

    @Override
    public String name() {
        return switch (start) {
            case NONE -> "ipndm";
            case AVERAGE -> "plms";
            case RUNGE_KUTTA -> "pndm";
        };
    }

    @Override
    public StepPlan plan(TimeGrid grid) {
        PlanBuilder plan = new PlanBuilder(name(), Prediction.EPS);
        List<Integer> eps = new ArrayList<>();
        for (int i = 0; i < grid.steps(); i++) {
            GridPoint s = grid.point(i);
            GridPoint t = grid.point(i + 1);
            int x = plan.state();
            int e = plan.evaluate(x, s);
            eps.add(0, e);
            int result;
            if (start == Start.AVERAGE && i == 0) {
                int next = plan.evaluate(moved(plan, x, s, t, plan.term(1, e)), t);
                result = moved(plan, x, s, t, plan.term(0.5, e), plan.term(0.5, next));
            } else if (start == Start.RUNGE_KUTTA && i < RUNGE_KUTTA_STEPS) {
                GridPoint middle = grid.schedule().at((s.t() + t.t()) / 2);
                int e2 = plan.evaluate(moved(plan, x, s, middle, plan.term(1, e)), middle);
                int e3 = plan.evaluate(moved(plan, x, s, middle, plan.term(1, e2)), middle);
                int e4 = plan.evaluate(moved(plan, x, s, t, plan.term(1, e3)), t);
                result = moved(
                        plan,
                        x,
                        s,
                        t,
                        plan.term(1 / 6., e),
                        plan.term(1 / 3., e2),
                        plan.term(1 / 3., e3),
                        plan.term(1 / 6., e4));
            } else {
                double[] weights = ADAMS_BASHFORTH[Math.min(eps.size(), ADAMS_BASHFORTH.length) - 1];
                Instruction.Term[] terms = new Instruction.Term[weights.length];
                for (int j = 0; j < weights.length; j++) {
                    terms[j] = plan.term(weights[j], eps.get(j));
                }
                result = moved(plan, x, s, t, terms);
            }
            plan.step(s, t, result);
        }
        return plan.build();
    }

    /** DDIM's step with a combination of predictions. */
    private static int moved(PlanBuilder plan, int x, GridPoint s, GridPoint t, Instruction.Term... eps) {
        ExponentialStep step = ExponentialStep.of(Prediction.EPS, s, t);
        List<Instruction.Term> terms = new ArrayList<>(List.of(plan.term(step.keep(), x)));
        for (Instruction.Term term : eps) {
            terms.add(plan.term(step.phi(1) * term.coefficient(), term.value()));
        }
        return plan.combine(terms);
    }
}
