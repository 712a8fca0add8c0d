package org.fewstep.golden;

import static org.fewstep.op.Ops.scale;

import java.util.Arrays;
import org.fewstep.kernels.DType;
import org.fewstep.path.Path;
import org.fewstep.path.PathCoefficients;
import org.fewstep.path.Prediction;
import org.fewstep.tensor.Tensor;

/** Paths, their derivatives and inverse, samples, and the six conversions. */
final class AffinePathsAdapter implements Adapter {
    private static final double HALF_ULP = 0x1p-24;

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

            expected.offer(name + "/x_t", path.xt(data, noise, t));
            expected.offer(name + "/dx_t", path.velocity(data, noise, t));
            convert(run, name + "/target_to_velocity", path, Prediction.X0, Prediction.V);
            convert(run, name + "/target_to_epsilon", path, Prediction.X0, Prediction.EPS);
            convert(run, name + "/epsilon_to_velocity", path, Prediction.EPS, Prediction.V);
            convert(run, name + "/epsilon_to_target", path, Prediction.EPS, Prediction.X0);
            convert(run, name + "/velocity_to_target", path, Prediction.V, Prediction.X0);
            convert(run, name + "/velocity_to_epsilon", path, Prediction.V, Prediction.EPS);
        }
    }

    /**
     * One conversion, in the run's dtype unless the state's own rounding there is beyond the bound already: x0 from eps at
     * alpha = 1e-4 multiplies the last bit of x by 1e4.
     */
    private void convert(GoldenRun run, String key, Path path, Prediction from, Prediction to) {
        double[] t = run.numbers("t");
        PathCoefficients at = PathCoefficients.of(path, t);
        Tensor data = run.tensor("x1", DType.F64);
        Tensor noise = run.tensor("x0", DType.F64);
        Tensor x = path.xt(data, noise, t);
        Tensor zero = scale(x, 0);
        double amplified = largest(from.to(to, zero, x, at));
        double wanted = largest(value(to, path, data, noise, t));
        DType dtype = HALF_ULP * amplified > 0.25 * f32Bound() * wanted ? DType.F64 : run.dtype();
        if (dtype != DType.F64) {
            data = run.tensor("x1", dtype);
            noise = run.tensor("x0", dtype);
            x = path.xt(data, noise, t);
        }
        run.expected().offer(key, from.to(to, value(from, path, data, noise, t), x, at));
    }

    private static Tensor value(Prediction kind, Path path, Tensor data, Tensor noise, double[] t) {
        return switch (kind) {
            case X0 -> data;
            case EPS -> noise;
            case V -> path.velocity(data, noise, t);
            case SCORE -> throw new AssertionError("no score in these cases");
        };
    }

    private static double largest(Tensor x) {
        return Arrays.stream(x.toDoubles()).map(Math::abs).max().orElse(0);
    }
}
