package org.fewstep.solver;

import java.util.List;
import org.fewstep.path.GridPoint;
import org.fewstep.path.NoiseSchedule;

/**
 * One step of DPM-Solver in the noise form, in EDM's coordinates: stage i is y_i = y + sum_j w_ij eps_j, where eps_j is
 * evaluated at stage j and eps_0 at the start. With lambda = -ln rho, h = lambda' - lambda and p_2(h) = h phi_2(h),
 *
 * <pre>
 * order 1    y' = y + (rho' - rho) eps_0
 * order 2    y_1 at lambda + r h by order 1;   y' = order 1 + (rho' - rho) / (2 r) (eps_1 - eps_0)
 * order 3    y_1 at lambda + h / 3 by order 1; y_2 at lambda + 2 h / 3: order 1 - 2 rho_2 p_2(2 h / 3) (eps_1 - eps_0)
 *            y' = order 1 - 3/2 rho' p_2(h) (eps_2 - eps_0)
 * </pre>
 *
 * @param at points of evaluation
 * @param weights of stages 1, 2, ... and last of the result
 */
record NoiseFormStep(List<GridPoint> at, List<double[]> weights) {
    /** Weights of stage i + 1, or of the result for the last i. */
    double[] weights(int i) {
        return weights.get(i);
    }

    /** The step of an order to a noise level; to 0, where h is infinite, it is of order 1. */
    static NoiseFormStep of(int order, NoiseSchedule schedule, GridPoint from, double rho) {
        return switch (rho == 0 ? 1 : order) {
            case 1 -> first(from, rho);
            case 2 -> second(schedule, from, rho, 0.5);
            default -> third(schedule, from, rho);
        };
    }

    private static NoiseFormStep first(GridPoint from, double rho) {
        return new NoiseFormStep(List.of(from), List.of(new double[] {rho - from.rho()}));
    }

    static NoiseFormStep second(NoiseSchedule schedule, GridPoint from, double rho, double r) {
        GridPoint stage = between(schedule, from, rho, r);
        double move = rho - from.rho();
        double slope = move / (2 * r);
        return new NoiseFormStep(
                List.of(from, stage),
                List.of(new double[] {stage.rho() - from.rho()}, new double[] {move - slope, slope}));
    }

    private static NoiseFormStep third(NoiseSchedule schedule, GridPoint from, double rho) {
        double h = Math.log(from.rho() / rho);
        GridPoint stage1 = between(schedule, from, rho, 1.0 / 3);
        GridPoint stage2 = between(schedule, from, rho, 2.0 / 3);
        double slope2 = -2 * stage2.rho() * p2(2 * h / 3);
        double slope = -1.5 * rho * p2(h);
        return new NoiseFormStep(
                List.of(from, stage1, stage2),
                List.of(
                        new double[] {stage1.rho() - from.rho()},
                        new double[] {stage2.rho() - from.rho() - slope2, slope2},
                        new double[] {rho - from.rho() - slope, 0, slope}));
    }

    private static double p2(double h) {
        return h * Phi.of(2, h);
    }

    private static GridPoint between(NoiseSchedule schedule, GridPoint from, double rho, double r) {
        return schedule.atLevel(from.rho() * Math.pow(rho / from.rho(), r));
    }
}
