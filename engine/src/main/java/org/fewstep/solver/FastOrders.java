package org.fewstep.solver;

import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import org.fewstep.path.NoiseSchedule;

/**
 * How DPM-Solver-fast spends a number of evaluations: steps of the full order, as many as leave a short tail, then the
 * tail (3, ..., 3, 2, 1; or 3, ..., 3, 2; or 3, ..., 3, 1; of order 2 then 1 when one is left).
 *
 * @paper Lu et al. 2022: DPM-Solver, arXiv:2206.00927, section 3.4
 */
public final class FastOrders {
    private FastOrders() {}

    /**
     * The orders of the steps.
     *
     * @param order 1 to 3
     * @param evaluations their sum, at least 1
     */
    public static List<Integer> of(int order, int evaluations) {
        if (order < 1 || order > 3 || evaluations < 1) {
            throw new IllegalArgumentException("fast orders: got order " + order + " and " + evaluations
                    + " evaluations; expected order 1 to 3 and at least 1 evaluation");
        }
        // At order 3 the last step is never of the full order.
        int full = order == 3 ? (evaluations - 1) / 3 : evaluations / order;
        List<Integer> orders = new ArrayList<>(Collections.nCopies(full, order));
        int rest = evaluations - full * order;
        if (rest == 3) {
            orders.add(2);
            rest = 1;
        }
        if (rest > 0) {
            orders.add(rest);
        }
        return List.copyOf(orders);
    }

    /** The grid of steps of equal length in lambda, of those orders, whose stages are equally far from each other in lambda. */
    static TimeGrid logSnrGrid(NoiseSchedule schedule, List<Integer> orders, double from, double to) {
        double first = schedule.lambda(from);
        double h = (schedule.lambda(to) - first) / orders.size();
        List<Double> times = new ArrayList<>();
        for (int i = 0; i < orders.size(); i++) {
            for (int j = 0; j < orders.get(i); j++) {
                double part = (double) j / orders.get(i);
                times.add(schedule.atLambda(first + h * (i + part)).t());
            }
        }
        times.set(0, from);
        times.add(to);
        return TimeGrid.of(
                schedule, times.stream().mapToDouble(Double::doubleValue).toArray());
    }
}
