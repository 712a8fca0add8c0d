package org.fewstep.golden;

import static org.fewstep.golden.ScheduleAdapter.map;

import java.util.Arrays;
import org.fewstep.loss.KarrasGrid;
import org.fewstep.loss.PairWeight;
import org.fewstep.loss.ScaleSchedule;
import org.fewstep.model.SigmaScaling;

/** Tables of consistency training: levels, scalings, weights, and numbers of levels by training step. */
final class ConsistencySchedulesAdapter implements Adapter {
    @Override
    public void run(GoldenRun run) {
        run.requireNoModel();
        Options params = run.params();
        ExpectedArrays expected = run.expected();
        KarrasGrid grid = ConsistencyPairsAdapter.grid(params);
        double sigmaData = params.number("sigma_data");
        double[] levels = grid.levels(params.integer("n"));
        expected.offer("sigmas_with_zero", Arrays.copyOf(levels, levels.length + 1));
        offer(expected, "edm", SigmaScaling.edm(sigmaData), levels);
        offer(expected, "cm", new SigmaScaling(sigmaData, grid.sigmaMin()), levels);
        offer(expected, "snr", new PairWeight.Snr(), levels);
        offer(expected, "snr+1", new PairWeight.SnrPlusOne(), levels);
        offer(expected, "karras", new PairWeight.Karras(sigmaData), levels);
        offer(expected, "truncated-snr", new PairWeight.TruncatedSnr(), levels);
        offer(expected, "uniform", new PairWeight.Uniform(), levels);

        int total = params.integer("total_steps");
        double mu0 = params.number("mu0");
        ScaleSchedule.Progressive scales =
                new ScaleSchedule.Progressive(params.integer("s0"), params.integer("s1"), total);
        int[] steps = run.integers("schedule_steps");
        int[] numbers = scales(scales, steps);
        expected.offer("adaptive_num_scales", numbers);
        expected.offer("progressive_num_scales", numbers);
        expected.offer(
                "adaptive_mu",
                Arrays.stream(steps).mapToDouble(step -> scales.mu(step, mu0)).toArray());
        ScaleSchedule.Halving halving = new ScaleSchedule.Halving(
                params.integer("progdist_start_scales"), params.integer("progdist_steps_per_iter"));
        expected.offer("progdist_num_scales", scales(halving, run.integers("progdist_steps")));
    }

    static int[] scales(ScaleSchedule schedule, int[] steps) {
        return Arrays.stream(steps).map(schedule::scales).toArray();
    }

    private static void offer(ExpectedArrays expected, String name, SigmaScaling scaling, double[] levels) {
        expected.offer(name + "_c_skip", map(levels, scaling::skip));
        expected.offer(name + "_c_out", map(levels, scaling::out));
        expected.offer(name + "_c_in", map(levels, scaling::in));
    }

    private static void offer(ExpectedArrays expected, String name, PairWeight weight, double[] levels) {
        expected.offer("weights/" + name, map(levels, t -> weight.at(t, 0)));
    }

    @Override
    public boolean f64Only() {
        return true;
    }
}
