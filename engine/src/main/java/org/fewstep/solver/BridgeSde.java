package org.fewstep.solver;

import static org.fewstep.op.Ops.add;
import static org.fewstep.op.Ops.scale;

import org.fewstep.path.Prediction;

/**
 * The stochastic sampler between two laws with constant diffusion: dx = (b + eps s) dt + sqrt(2 eps) dW forwards in time,
 * and dx = (b - eps s) dt + sqrt(2 eps) dW backwards, with drift b and score s. The marginals are those of the ODE dx = b
 * dt for every eps.
 *
 * <p>The plan's field is the whole drift, which {@link #field} puts together. The grid may rise or fall; its schedule only
 * counts time. Where b or s is singular at the ends, it stops short of them. Checked against interflow, whose Heun is
 * {@link SdeScheme#HEUN_AHEAD}.
 *
 * @param eps diffusion, at least 0; 0 draws no noise
 * @param scheme of a step
 * @paper Albergo, Boffi, Vanden-Eijnden 2023: Stochastic Interpolants: A Unifying Framework for Flows and Diffusions,
 *     arXiv:2303.08797
 */
public record BridgeSde(double eps, SdeScheme scheme) implements Solver {
    public BridgeSde {
        if (!(eps >= 0) || Double.isInfinite(eps)) {
            throw new IllegalArgumentException(
                    "bridge sde: got eps " + eps + "; expected a finite number of at least 0");
        }
    }

    @Override
    public String name() {
        return "bridge-sde";
    }

    @Override
    public StepPlan plan(TimeGrid grid) {
        PlanBuilder plan = new PlanBuilder(name(), Prediction.V);
        double forward = Math.signum(grid.span(0));
        SdeScheme.Drift drift = (state, point) -> {
            int value = plan.evaluate(state, point);
            return forward > 0 ? value : plan.combine(plan.term(-1, value));
        };
        for (int i = 0; i < grid.steps(); i++) {
            scheme.step(plan, grid.point(i), grid.point(i + 1), eps, eps > 0, drift);
        }
        return plan.build();
    }

    /** The field of the plan on a grid: b + eps s where the grid rises, b - eps s where it falls. */
    public Field field(Field drift, Field score, TimeGrid grid) {
        double weight = Math.signum(grid.span(0)) * eps;
        return weight == 0 ? drift : (x, point) -> add(drift.at(x, point), scale(score.at(x, point), weight));
    }
}
