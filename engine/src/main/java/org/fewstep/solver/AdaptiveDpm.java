package org.fewstep.solver;

import static org.fewstep.op.Ops.abs;
import static org.fewstep.op.Ops.clamp;
import static org.fewstep.op.Ops.div;
import static org.fewstep.op.Ops.maximum;
import static org.fewstep.op.Ops.mean;
import static org.fewstep.op.Ops.reshape;
import static org.fewstep.op.Ops.scale;
import static org.fewstep.op.Ops.square;
import static org.fewstep.op.Ops.sub;

import java.util.ArrayList;
import java.util.List;
import org.fewstep.kernels.Scope;
import org.fewstep.path.GridPoint;
import org.fewstep.path.NoiseSchedule;
import org.fewstep.path.Prediction;
import org.fewstep.tensor.NoGrad;
import org.fewstep.tensor.Tensor;

/**
 * DPM-Solver with error control: orders 1 and 2, or 2 and 3, of one step of {@link DpmSinglestep} with stages at 1/2, or at
 * 1/3 and 2/3.
 *
 * <pre>
 * E = max over samples of rms((high - low) / max(atol, rtol max(|low|, |low of the last taken step|)))
 * </pre>
 *
 * <p>A step with E at most 1 is taken, with the higher order; the next one is 0.9 h E^(-1/order) long in lambda, or what is
 * left. The samples of a batch share their steps. Cost: {@code order} evaluations a trial, one less after a rejected one,
 * since the prediction at its start is kept; the published implementation computes it anew.
 *
 * @param form X0 (DPM-Solver++) or EPS (DPM-Solver)
 * @param order 2 or 3
 * @param correction of the steps
 * @param rtol relative tolerance, above 0
 * @param atol absolute tolerance, above 0
 * @param keepFirst whether a rejected trial's first prediction is kept
 * @paper Lu et al. 2022: DPM-Solver: A Fast ODE Solver for Diffusion Probabilistic Model Sampling in Around 10 Steps,
 *     arXiv:2206.00927, appendix C
 */
public record AdaptiveDpm(
        Prediction form, int order, Correction correction, double rtol, double atol, boolean keepFirst) {
    private static final double FIRST_STEP = 0.05;
    private static final double SAFETY = 0.9;
    private static final double TIME_ERROR = 1e-5;
    private static final int MAX_TRIALS = 100_000;

    /**
     * The end of a run.
     *
     * @param end state there, in the innermost scope
     * @param evaluations of the field
     * @param accepted steps
     * @param rejected steps
     */
    public record Solution(Tensor end, int evaluations, int accepted, int rejected) {}

    public AdaptiveDpm {
        ExponentialStep.requireForm("adaptive dpm", form);
        if (order != 2 && order != 3) {
            throw new IllegalArgumentException("adaptive dpm: got order " + order + "; expected 2 or 3");
        }
        if (!(rtol > 0) || !(atol > 0)) {
            throw new IllegalArgumentException(
                    "adaptive dpm: got rtol " + rtol + ", atol " + atol + "; expected both above 0");
        }
    }

    /** With the published tolerances. */
    public AdaptiveDpm(Prediction form, int order) {
        this(form, order, Correction.MIDPOINT, 0.05, 0.0078, true);
    }

    /**
     * The state at the end.
     *
     * @param field gives {@link #form}
     * @param start state (B, ...) at {@code from}
     * @param from time with a finite lambda
     * @param to time with a finite lambda, nearer to data
     * @throws IllegalStateException when the step shrinks to nothing
     */
    public Solution solve(Field field, NoiseSchedule schedule, Tensor start, double from, double to) {
        double last = schedule.lambda(to);
        double lambda = schedule.lambda(from);
        if (!Double.isFinite(last) || !Double.isFinite(lambda) || !(last > lambda)) {
            throw new IllegalArgumentException("adaptive dpm: got lambda " + lambda + " to " + last
                    + "; expected finite ones, rising; keep both times off the ends of the schedule");
        }
        DpmSinglestep steps = new DpmSinglestep(form, order, correction, false);
        CountedField counted = new CountedField(field);
        Tensor x = start;
        Tensor before = start;
        Tensor first = null;
        GridPoint s = schedule.at(from);
        double h = FIRST_STEP;
        int accepted = 0;
        int rejected = 0;
        try (NoGrad off = NoGrad.open();
                Scope outer = start.device().scope()) {
            x = start.stopGradient();
            before = x;
            while (Math.abs(s.t() - to) > TIME_ERROR) {
                if (accepted + rejected == MAX_TRIALS || !(h > 0)) {
                    throw new IllegalStateException("adaptive dpm: got step " + h + " at lambda " + lambda + " after "
                            + accepted + " steps; expected to reach " + last + "; raise the tolerances");
                }
                if (first == null || !keepFirst) {
                    first = counted.at(x, s);
                }
                GridPoint t = schedule.atLambda(lambda + h);
                List<Tensor> both = trial(steps, schedule, counted, x, first, s, t, lambda, h);
                double error = error(both.get(0), both.get(1), before);
                if (error <= 1) {
                    accepted++;
                    before = both.get(0);
                    x = both.get(1);
                    s = t;
                    lambda = t.lambda();
                    first = null;
                } else {
                    rejected++;
                }
                h = Math.min(SAFETY * h * Math.pow(error, -1.0 / order), last - lambda);
            }
            x = scale(x, 1).keep(outer);
        }
        return new Solution(x, counted.evaluations(), accepted, rejected);
    }

    /** The results of the lower and of the higher order. */
    private List<Tensor> trial(
            DpmSinglestep steps,
            NoiseSchedule schedule,
            Field field,
            Tensor x,
            Tensor first,
            GridPoint s,
            GridPoint t,
            double lambda,
            double h) {
        PlanBuilder plan = new PlanBuilder("adaptive dpm", form);
        int d = plan.evaluate(0, s);
        DpmSinglestep.Stages stages = steps.new Stages(plan, 0, d, s, t);
        GridPoint s1 = schedule.atLambda(lambda + h / order);
        if (order == 2) {
            plan.step(s, t, stages.first());
            plan.step(s, t, stages.second(s1));
        } else {
            plan.step(s, t, stages.second(s1));
            plan.step(s, t, stages.third(schedule.atLambda(lambda + 2 * h / 3)));
        }
        Field known = (state, point) -> point == s ? first : field.at(state, point);
        List<Tensor> results = new ArrayList<>();
        try (Stepper stepper = new Stepper(plan.build(), x)) {
            results.add(stepper.step(known, NoiseSource.NONE));
            results.add(stepper.step(known, NoiseSource.NONE));
        }
        return results;
    }

    private double error(Tensor low, Tensor high, Tensor before) {
        try (Scope scope = low.device().scope()) {
            Tensor size = clamp(scale(maximum(abs(low), abs(before)), rtol), atol, Double.MAX_VALUE);
            Tensor ratio = square(div(sub(high, low), size));
            int batch = ratio.dim(0);
            double greatest = 0;
            for (double one : mean(reshape(ratio, batch, ratio.shape().count() / batch), 1)
                    .toDoubles()) {
                greatest = Double.isNaN(one) ? one : Math.max(greatest, one);
            }
            return Math.sqrt(greatest);
        }
    }
}
