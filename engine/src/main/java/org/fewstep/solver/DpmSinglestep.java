package org.fewstep.solver;

import java.util.Collections;
import java.util.List;
import org.fewstep.path.GridPoint;
import org.fewstep.path.NoiseSchedule;
import org.fewstep.path.Prediction;

/**
 * DPM-Solver and DPM-Solver++ of one step at a time: the points of the grid inside a step are its stages, so that each step
 * of the grid costs one evaluation.
 *
 * <p>A step of order k from s to t takes k steps of the grid, with D_1, D_2 the predictions at its inner points and r_j how
 * far these are in lambda:
 *
 * <pre>
 * 2: u = step to s_1;  x' = keep x + phi_1 D_s + phi_2 / r_1 (D_1 - D_s)      (MIDPOINT: phi_1 / 2 for phi_2)
 * 3: u_2 = step to s_2 + (r_2 / r_1) phi_2 (D_1 - D_s), phi_2 of the step from s to s_2
 *    MIDPOINT: ... + phi_2 / r_2 (D_2 - D_s)
 *    TAYLOR:   A_j = (D_j - D_s) / r_j;
 *              ... + phi_2 (r_2 A_1 - r_1 A_2) / (r_2 - r_1) + phi_3 2 (A_2 - A_1) / (r_2 - r_1)
 * </pre>
 *
 * <p>Order 3 by MIDPOINT needs r_2 = 2/3. Orders go down at the end as in DPM-Solver-fast (..., 3, 2, 1), or are all the same
 * where {@code fixedOrder}. A step that ends at sigma = 0 or starts at alpha = 0 is taken as one of order k - 1 and one of
 * order 1.
 *
 * @param form X0 (DPM-Solver++) or EPS (DPM-Solver)
 * @param order 1 to 3
 * @param correction of orders 2 and 3
 * @param fixedOrder the number of steps must be a multiple of the order
 * @paper Lu et al. 2022: DPM-Solver: A Fast ODE Solver for Diffusion Probabilistic Model Sampling in Around 10 Steps,
 *     arXiv:2206.00927
 */
public record DpmSinglestep(Prediction form, int order, Correction correction, boolean fixedOrder) implements Solver {
    public DpmSinglestep {
        ExponentialStep.requireForm("dpm singlestep", form);
        if (order < 1 || order > 3) {
            throw new IllegalArgumentException("dpm singlestep: got order " + order + "; expected 1, 2 or 3");
        }
    }

    @Override
    public String name() {
        return (form == Prediction.X0 ? "dpmpp-" : "dpm-") + order + "s";
    }

    /** The orders of the steps that together take so many evaluations. */
    public List<Integer> orders(int evaluations) {
        if (!fixedOrder) {
            return FastOrders.of(order, evaluations);
        }
        if (evaluations % order != 0) {
            throw new IllegalArgumentException(name() + ": got " + evaluations + " steps; expected a multiple of "
                    + order + "; or let the order go down at the end");
        }
        return Collections.nCopies(evaluations / order, order);
    }

    /** The grid of steps of equal length in lambda, whose stages are equally far from each other in lambda too. */
    public TimeGrid logSnrGrid(NoiseSchedule schedule, int evaluations, double from, double to) {
        return FastOrders.logSnrGrid(schedule, orders(evaluations), from, to);
    }

    @Override
    public boolean startsFromPureNoise() {
        return form == Prediction.X0;
    }

    @Override
    public StepPlan plan(TimeGrid grid) {
        PlanBuilder plan = new PlanBuilder(name(), form);
        int at = 0;
        for (int k : orders(grid.steps())) {
            int end = at + k;
            if (k > 1 && Double.isInfinite(grid.point(at).lambda())) {
                step(plan, grid, at, at + 1);
                at++;
            }
            if (end - at > 1 && Double.isInfinite(grid.point(end).lambda())) {
                step(plan, grid, at, end - 1);
                at = end - 1;
            }
            step(plan, grid, at, end);
            at = end;
        }
        return plan.build();
    }

    private void step(PlanBuilder plan, TimeGrid grid, int from, int to) {
        GridPoint s = grid.point(from);
        GridPoint t = grid.point(to);
        int x = plan.state();
        Stages stages = new Stages(plan, x, plan.evaluate(x, s), s, t);
        int result = switch (to - from) {
            case 1 -> stages.first();
            case 2 -> stages.second(grid.point(from + 1));
            default -> {
                stages.second(grid.point(from + 1));
                yield stages.third(grid.point(from + 2));
            }
        };
        plan.step(s, t, result);
    }

    /** The stages of one step, and its results of orders 1, 2 and 3, which share them. */
    final class Stages {
        private final PlanBuilder plan;
        private final int x;
        private final int d;
        private final GridPoint s;
        private final ExponentialStep whole;
        private double r1;
        private int d1;

        /** A step from s to t; d is the prediction at s. */
        Stages(PlanBuilder plan, int x, int d, GridPoint s, GridPoint t) {
            this.plan = plan;
            this.x = x;
            this.d = d;
            this.s = s;
            this.whole = ExponentialStep.of(form, s, t);
        }

        int first() {
            return plan.combine(plan.term(whole.keep(), x), plan.term(whole.phi(1), d));
        }

        /** Evaluates at s_1. */
        int second(GridPoint s1) {
            ExponentialStep part = ExponentialStep.of(form, s, s1);
            r1 = part.h() / whole.h();
            d1 = plan.evaluate(plan.combine(plan.term(part.keep(), x), plan.term(part.phi(1), d)), s1);
            double a = (correction == Correction.TAYLOR ? whole.phi(2) : whole.phi(1) / 2) / r1;
            return plan.combine(plan.term(whole.keep(), x), plan.term(whole.phi(1) - a, d), plan.term(a, d1));
        }

        /** Evaluates at s_2, after {@link #second}. */
        int third(GridPoint s2) {
            ExponentialStep part = ExponentialStep.of(form, s, s2);
            double r2 = part.h() / whole.h();
            double b = r2 / r1 * part.phi(2);
            int u = plan.combine(plan.term(part.keep(), x), plan.term(part.phi(1) - b, d), plan.term(b, d1));
            int d2 = plan.evaluate(u, s2);
            double of1 = 0;
            double of2 = whole.phi(2) / r2;
            if (correction == Correction.TAYLOR) {
                of1 = (whole.phi(2) * r2 - 2 * whole.phi(3)) / (r1 * (r2 - r1));
                of2 = (2 * whole.phi(3) - whole.phi(2) * r1) / (r2 * (r2 - r1));
            }
            return plan.combine(
                    plan.term(whole.keep(), x),
                    plan.term(whole.phi(1) - of1 - of2, d),
                    plan.term(of1, d1),
                    plan.term(of2, d2));
        }
    }
}
