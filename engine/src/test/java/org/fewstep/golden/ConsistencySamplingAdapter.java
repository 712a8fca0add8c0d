package org.fewstep.golden;

import static org.fewstep.op.Ops.scale;

import java.util.Arrays;
import org.fewstep.loss.KarrasGrid;
import org.fewstep.model.Cond;
import org.fewstep.model.PredictionNet;
import org.fewstep.model.SigmaScaling;
import org.fewstep.path.EdmSchedule;
import org.fewstep.solver.Field;
import org.fewstep.solver.MultistepConsistency;
import org.fewstep.solver.NoiseSource;
import org.fewstep.solver.Sampler;
import org.fewstep.solver.TimeGrid;
import org.fewstep.tensor.Shape;
import org.fewstep.tensor.Tensor;

/** One call of a consistency function, and several with noise between. */
final class ConsistencySamplingAdapter implements Adapter {
    /** A function of state and level as the field of a plan. */
    static Field field(PredictionNet f) {
        return (x, point) -> f.of(x, Tensor.full(x.device(), x.dtype(), point.t(), Shape.of(x.dim(0))), Cond.NONE);
    }

    @Override
    public void run(GoldenRun run) {
        Options params = run.params();
        KarrasGrid grid = ConsistencyPairsAdapter.grid(params);
        int steps = params.integer("steps");
        double[] times = Arrays.stream(params.object("ts").asLongs())
                .mapToDouble(i -> grid.level(i / (steps - 1.0)))
                .toArray();
        SigmaScaling scaling = new SigmaScaling(params.number("sigma_data"), grid.sigmaMin());
        Field f = field(scaling.around(run.mlp()));
        MultistepConsistency solver = new MultistepConsistency(grid.sigmaMin());
        Tensor start = scale(run.tensor("z"), grid.sigmaMax());
        EdmSchedule schedule = new EdmSchedule();
        TimeGrid once = TimeGrid.of(schedule, grid.sigmaMax(), grid.sigmaMin());
        NoiseSource noise = SolverRun.noise(run, "noises", 0);
        run.expected().offer("times", times);
        run.expected().offer("onestep", Sampler.run(solver.plan(once), f, start));
        // The last level is the end of the grid, where nothing is added; the published code calls f there too.
        double[] ending = Arrays.copyOf(times, times.length + 1);
        ending[times.length] = 0;
        run.expected().offer("multistep", Sampler.run(solver.plan(TimeGrid.of(schedule, ending)), f, start, noise));
    }
}
