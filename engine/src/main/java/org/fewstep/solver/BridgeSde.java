package org.fewstep.solver;

import static org.fewstep.op.Ops.add;
import static org.fewstep.op.Ops.scale;

import java.util.function.DoubleUnaryOperator;
import org.fewstep.path.Bridge;
import org.fewstep.path.Prediction;

/**
 * The stochastic sampler between two laws with tunable diffusion: dx = (b + eps s) dt + sqrt(2 eps) dW forwards in time,
 * and dx = (b - eps s) dt + sqrt(2 eps) dW backwards, with drift b, score s and eps(t). The marginals are those of the ODE
 * dx = b dt for every eps.
 *
 * <p>The plan's field is the whole drift, which {@link #field} and {@link #latentField} put together. The grid may rise or
 * fall; its schedule only counts time. Where b or eps s is singular at the ends, it stops short of them. Checked against
 * interflow, whose Heun is {@link SdeScheme#HEUN_AHEAD}.
 *
 * @param diffusion eps; of norm 0 it draws no noise
 * @param scheme of a step
 * @paper Albergo, Boffi, Vanden-Eijnden 2023: Stochastic Interpolants: A Unifying Framework for Flows and Diffusions,
 *     arXiv:2303.08797
 */
public record BridgeSde(BridgeDiffusion diffusion, SdeScheme scheme) implements Solver {
    /** With one diffusion at all times, at least 0. */
    public BridgeSde(double eps, SdeScheme scheme) {
        this(new BridgeDiffusion.Constant(eps), scheme);
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
            double eps = diffusion.at(grid.point(i).t());
            scheme.step(plan, grid.point(i), grid.point(i + 1), eps, diffusion.norm() > 0, drift);
        }
        return plan.build();
    }

    /** The field of the plan on a grid: b + eps s where the grid rises, b - eps s where it falls. */
    public Field field(Field drift, Field score, TimeGrid grid) {
        return sum(drift, score, diffusion::at, grid);
    }

    /** The same with the latent noise eta = c s of a bridge of width c, whose weight eps / c may be finite at the ends. */
    public Field latentField(Field drift, Field eta, Bridge bridge, TimeGrid grid) {
        return sum(drift, eta, t -> diffusion.perWidth(bridge, t), grid);
    }

    private Field sum(Field drift, Field other, DoubleUnaryOperator weight, TimeGrid grid) {
        double direction = Math.signum(grid.span(0));
        return diffusion.norm() == 0
                ? drift
                : (x, point) ->
                        add(drift.at(x, point), scale(other.at(x, point), direction * weight.applyAsDouble(point.t())));
    }
}
