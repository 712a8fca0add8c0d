package org.fewstep.golden;

import java.util.Arrays;
import java.util.function.DoubleUnaryOperator;
import java.util.function.Function;
import org.fewstep.path.NoiseSchedule;
import org.fewstep.path.SubVpSchedule;
import org.fewstep.path.VeSchedule;
import org.fewstep.path.VpCosineSchedule;
import org.fewstep.path.VpSchedule;

/** A schedule's coefficients at given times, and its inverse. */
class ScheduleAdapter implements Adapter {
    private final Function<Options, NoiseSchedule> schedule;

    ScheduleAdapter(Function<Options, NoiseSchedule> schedule) {
        this.schedule = schedule;
    }

    static NoiseSchedule vpLinear(Options params) {
        return new VpSchedule(params.number("beta_0"), params.number("beta_1"));
    }

    static NoiseSchedule vpCosine(Options params) {
        // T is where the published samplers start; the schedule itself goes on to 1.
        params.number("T");
        return new VpCosineSchedule(params.number("s"));
    }

    static NoiseSchedule ve(Options params) {
        return new VeSchedule(params.number("sigma_min"), params.number("sigma_max"));
    }

    static NoiseSchedule subVp(Options params) {
        return new SubVpSchedule(params.number("beta_0"), params.number("beta_1"));
    }

    @Override
    public void run(GoldenRun run) {
        run.requireNoModel();
        offer(run, schedule.apply(run.params()));
    }

    void offer(GoldenRun run, NoiseSchedule at) {
        double[] t = run.numbers("t");
        ExpectedArrays expected = run.expected();
        expected.offer("alpha", map(t, at::alpha));
        expected.offer("sigma", map(t, at::sigma));
        expected.offer("lambda", map(t, at::lambda));
        expected.offer("sigma_over_alpha", map(t, time -> at.at(time).rho()));
        expected.offer(
                "t_from_lambda", map(t, time -> at.atLambda(at.lambda(time)).t()));
        expected.offer("g", map(t, time -> Math.sqrt(at.squaredDiffusion(time))));
        if (at instanceof SubVpSchedule sub) {
            VpSchedule vp = new VpSchedule(sub.betaMin(), sub.betaMax());
            expected.offer("g_vp", map(t, time -> Math.sqrt(vp.squaredDiffusion(time))));
        }
    }

    static double[] map(double[] t, DoubleUnaryOperator value) {
        return Arrays.stream(t).map(value).toArray();
    }

    @Override
    public boolean f64Only() {
        return true;
    }
}
