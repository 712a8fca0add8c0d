package org.fewstep.golden;

import static org.fewstep.op.Ops.add;
import static org.fewstep.op.Ops.reshape;
import static org.fewstep.op.Ops.scale;

import java.util.Arrays;
import org.fewstep.model.SigmaScaling;
import org.fewstep.path.EdmSchedule;
import org.fewstep.solver.Field;
import org.fewstep.solver.InBasis;
import org.fewstep.solver.MeasuredField;
import org.fewstep.solver.Measurement;
import org.fewstep.solver.MultistepConsistency;
import org.fewstep.solver.NoiseSource;
import org.fewstep.solver.Sampler;
import org.fewstep.solver.TimeGrid;
import org.fewstep.tensor.Tensor;

/** Zero-shot edits with a consistency function: known coordinates, known coordinates of a basis, and a guide. */
final class ZeroShotEditingAdapter implements Adapter {
    @Override
    public void run(GoldenRun run) {
        Options params = run.params();
        double least = params.number("sigma_min");
        double[] times = params.object("times").asDoubles();
        Field f = ConsistencySamplingAdapter.field(
                new SigmaScaling(params.number("sigma_data"), least).around(run.mlp()));
        Tensor reference = run.tensor("reference");
        int d = reference.dim(1);
        Tensor mask = reshape(run.tensor("mask"), 1, d);
        double[] identity = new double[d * d];
        for (int i = 0; i < d; i++) {
            identity[i * d + i] = 1;
        }
        NoiseSource noises = SolverRun.noise(run, "noises", 0);
        MultistepConsistency solver = new MultistepConsistency(least);
        TimeGrid all = grid(times, 0);

        Measurement inpainting = new InBasis(Tensor.of(run.device(), run.dtype(), identity, d, d), mask);
        Measurement inBasis = new InBasis(run.tensor("Q"), mask);
        offer(run, "inpainting", inpainting, f, solver, all, times[0], noises);
        offer(run, "orthogonal_basis", inBasis, f, solver, all, times[0], noises);

        Tensor guide = add(reference, scale(noises.draw(0, reference), times[1]));
        NoiseSource later = (number, like) -> noises.draw(number + 2, like);
        run.expected().offer("stroke_guided", Sampler.run(solver.plan(grid(times, 1)), f, guide, later));
    }

    /** The times from one on, and the clean end. */
    private static TimeGrid grid(double[] times, int first) {
        double[] t = Arrays.copyOfRange(times, first, times.length + 1);
        return TimeGrid.of(new EdmSchedule(), t);
    }

    private static void offer(
            GoldenRun run,
            String name,
            Measurement measurement,
            Field f,
            MultistepConsistency solver,
            TimeGrid grid,
            double highest,
            NoiseSource noises) {
        Tensor reference = run.tensor("reference");
        Tensor start = add(measurement.known(reference), scale(noises.draw(0, reference), highest));
        NoiseSource later = (number, like) -> noises.draw(number + 1, like);
        Field measured = new MeasuredField(f, measurement, reference);
        run.expected().offer(name, Sampler.run(solver.plan(grid), measured, start, later));
    }
}
