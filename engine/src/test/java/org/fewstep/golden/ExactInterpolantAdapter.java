package org.fewstep.golden;

import static org.fewstep.op.Ops.neg;

import org.fewstep.path.Bridge;
import org.fewstep.path.GaussianMixture;
import org.fewstep.path.MirrorInterpolant;
import org.fewstep.path.Path;
import org.fewstep.path.PathCoefficients;
import org.fewstep.path.TwoSidedMixture;
import org.fewstep.tensor.Tensor;

/** Exact fields of interpolants between N(0, I) and a mixture; the keys are {@code PATH|GAMMA}. */
final class ExactInterpolantAdapter implements Adapter {
    @Override
    public void run(GoldenRun run) {
        GaussianMixture target = run.gmm();
        Tensor x = run.tensor("x");
        double[] t = run.numbers("t");
        for (String key : run.expected().keys()) {
            String[] names = key.split("\\|");
            if (names.length != 2) {
                throw new AssertionError("unknown variant \"" + key + "\": expected PATH|GAMMA");
            }
            if (names[0].startsWith(Interpolants.ONE_SIDED)) {
                offer(run, key + "/", target, Interpolants.oneSided(names[0], names[1]), x, t);
            } else if (names[0].equals(Interpolants.MIRROR)) {
                offer(run, key + "/", target, new MirrorInterpolant(Interpolants.gamma(names[1])), x, t);
            } else {
                offer(run, key + "/", target, Interpolants.twoSided(names[0], names[1]), x, t);
            }
        }
    }

    private static void offer(GoldenRun run, String key, GaussianMixture data, Path path, Tensor x, double[] t) {
        PathCoefficients at = PathCoefficients.of(path, t);
        run.expected().offer(key + "b", data.v(x, at));
        run.expected().offer(key + "score", data.score(x, at));
        run.expected().offer(key + "log_density", data.logDensity(x, at));
        run.expected().offer(key + "E_x0", data.eps(x, at));
    }

    private static void offer(GoldenRun run, String key, GaussianMixture data, Bridge bridge, Tensor x, double[] t) {
        TwoSidedMixture exact = new TwoSidedMixture(GaussianMixture.standardNormal(data.dim()), data, bridge);
        run.expected().offer(key + "b", exact.drift(x, t));
        run.expected().offer(key + "score", exact.score(x, t));
        run.expected().offer(key + "log_density", exact.logDensity(x, t));
        run.expected().offer(key + "v", exact.velocity(x, t));
        Tensor z = exact.eta(x, t);
        run.expected().offer(key + "eta_network_sign", neg(z));
        run.expected().offer(key + "denoiser_E_z", z);
        // The published mirror interpolant calls its noise x0.
        run.expected().offer(key + "E_x0", bridge instanceof MirrorInterpolant ? z : exact.x0(x, t));
    }
}
