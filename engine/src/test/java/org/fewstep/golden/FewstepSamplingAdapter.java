package org.fewstep.golden;

import static org.fewstep.op.Ops.scale;

import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import org.fewstep.model.Cond;
import org.fewstep.model.SigmaScaling;
import org.fewstep.op.Ops;
import org.fewstep.path.EdmSchedule;
import org.fewstep.path.TrigFlowSchedule;
import org.fewstep.solver.Ddim;
import org.fewstep.solver.Field;
import org.fewstep.solver.MultistepConsistency;
import org.fewstep.solver.NoiseSource;
import org.fewstep.solver.Sampler;
import org.fewstep.solver.TimeGrid;
import org.fewstep.tensor.Shape;
import org.fewstep.tensor.Tensor;

/** A student's loop with fresh noise and with the noise it implies, on EDM's levels and in TrigFlow's coordinates. */
final class FewstepSamplingAdapter implements Adapter {
    @Override
    public Set<String> roles() {
        return Set.of("trig_model");
    }

    @Override
    public void run(GoldenRun run) {
        Options params = run.params();
        double[] levels = params.object("t_list").asDoubles();
        Field f = ConsistencySamplingAdapter.field(
                SigmaScaling.edm(params.number("sigma_data_edm")).around(run.mlp()));
        TimeGrid grid = TimeGrid.of(new EdmSchedule(), levels);
        Tensor start = scale(run.tensor("z"), levels[0]);
        NoiseSource noise = SolverRun.noise(run, "noises", 0);
        run.expected().offer("sde", Sampler.run(new MultistepConsistency().plan(grid), f, start, noise));
        run.expected().offer("ode", Sampler.run(new Ddim(0).plan(grid), f, start));

        double sigmaData = params.number("sigma_data_trig");
        GoldenMlp trig = run.mlp("trig_model");
        List<double[]> denoised = new ArrayList<>();
        Field consistency = (x, point) -> {
            Tensor t = Tensor.full(x.device(), x.dtype(), point.t(), Shape.of(x.dim(0)));
            Tensor v = scale(trig.v(scale(x, 1 / sigmaData), t, Cond.NONE), sigmaData);
            Tensor x0 = Ops.weightedSum(new double[] {Math.cos(point.t()), -Math.sin(point.t())}, x, v);
            denoised.add(x0.toDoubles());
            return x0;
        };
        TimeGrid times = TimeGrid.of(
                new TrigFlowSchedule(sigmaData), params.object("trig_times").asDoubles());
        NoiseSource fresh = SolverRun.noise(run, "trig_noises", 0);
        Sampler.run(new MultistepConsistency().plan(times), consistency, scale(run.tensor("z"), sigmaData), fresh);
        run.expected().offer("trig_denoised", PlannedRun.stack(denoised, start));
    }
}
