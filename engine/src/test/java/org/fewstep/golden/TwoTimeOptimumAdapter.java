package org.fewstep.golden;

import java.util.Arrays;
import org.fewstep.loss.TwoTimeOptimum;

/** What the plain two-time variant finds for Gaussian data, beside the denoiser and the flow's map. */
final class TwoTimeOptimumAdapter implements Adapter {
    @Override
    public void run(GoldenRun run) {
        run.requireNoModel();
        TwoTimeOptimum optimum =
                new TwoTimeOptimum(run.params().number("sd"), run.params().number("lambda"));
        double[] t = run.numbers("t");
        ExpectedArrays expected = run.expected();
        expected.offer("k_variant", Arrays.stream(t).map(optimum::k).toArray());
        expected.offer("k_denoiser", Arrays.stream(t).map(optimum::denoiser).toArray());
        expected.offer("k_flow_map", Arrays.stream(t).map(optimum::flowMap).toArray());
        expected.offer("one_step_std_variant", Math.abs(optimum.k(1)));
        expected.offer("one_step_std_exact", Math.abs(optimum.flowMap(1)));
    }

    @Override
    public boolean f64Only() {
        return true;
    }
}
