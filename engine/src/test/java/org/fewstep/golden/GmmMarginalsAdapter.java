package org.fewstep.golden;

import org.fewstep.path.GaussianMixture;
import org.fewstep.path.LinearPath;
import org.fewstep.path.Path;
import org.fewstep.path.PathCoefficients;
import org.fewstep.path.Retimed;
import org.fewstep.tensor.Tensor;

/** Exact fields of a mixture on all paths, and the linear path's velocity read along the others. */
final class GmmMarginalsAdapter implements Adapter {
    @Override
    public void run(GoldenRun run) {
        GaussianMixture gmm = run.gmm();
        Schedules schedules = new Schedules(run.params());
        double[] t = run.numbers("t");
        Tensor x = run.tensor("x");
        ExpectedArrays expected = run.expected();
        for (String name : expected.keys("marginals")) {
            PathCoefficients at = PathCoefficients.of(schedules.of(name), t);
            String key = "marginals/" + name;
            expected.offer(key + "/velocity", gmm.v(x, at));
            expected.offer(key + "/denoised_x1", gmm.x0(x, at));
            expected.offer(key + "/eps", gmm.eps(x, at));
            expected.offer(key + "/score", gmm.score(x, at));
        }
        Path linear = LinearPath.NOISE_AT_ZERO;
        for (String name : expected.keys("transformed_from_cond_ot")) {
            Tensor v = new Retimed(linear, schedules.of(name))
                    .velocity((y, time) -> gmm.v(y, PathCoefficients.of(linear, time)), x, t);
            expected.offer("transformed_from_cond_ot/" + name, v);
        }
    }
}
