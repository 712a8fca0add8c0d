package org.fewstep.golden;

import org.fewstep.path.Path;
import org.fewstep.path.PathCoefficients;
import org.fewstep.path.Prediction;
import org.fewstep.tensor.Tensor;

/** Paths, their derivatives and inverse, samples, and the six conversions. */
final class AffinePathsAdapter implements Adapter {
    @Override
    public void run(GoldenRun run) {
        run.requireNoModel();
        Schedules schedules = new Schedules(run.params());
        double[] t = run.numbers("t");
        Tensor noise = run.tensor("x0");
        Tensor data = run.tensor("x1");
        ExpectedArrays expected = run.expected();
        for (String name : expected.keys()) {
            Path path = schedules.of(name);
            PathCoefficients at = PathCoefficients.of(path, t);
            double[] inverse = new double[t.length];
            for (int i = 0; i < t.length; i++) {
                inverse[i] = path.timeAtSnr(at.alpha()[i] / at.sigma()[i]);
            }
            expected.offer(name + "/alpha", at.alpha());
            expected.offer(name + "/sigma", at.sigma());
            expected.offer(name + "/dalpha", at.dAlpha());
            expected.offer(name + "/dsigma", at.dSigma());
            expected.offer(name + "/t_from_snr", inverse);

            Tensor x = path.xt(data, noise, t);
            Tensor v = path.velocity(data, noise, t);
            expected.offer(name + "/x_t", x);
            expected.offer(name + "/dx_t", v);
            expected.offer(name + "/target_to_velocity", Prediction.X0.to(Prediction.V, data, x, at));
            expected.offer(name + "/target_to_epsilon", Prediction.X0.to(Prediction.EPS, data, x, at));
            expected.offer(name + "/epsilon_to_velocity", Prediction.EPS.to(Prediction.V, noise, x, at));
            expected.offer(name + "/epsilon_to_target", Prediction.EPS.to(Prediction.X0, noise, x, at));
            expected.offer(name + "/velocity_to_target", Prediction.V.to(Prediction.X0, v, x, at));
            expected.offer(name + "/velocity_to_epsilon", Prediction.V.to(Prediction.EPS, v, x, at));
        }
    }
}
