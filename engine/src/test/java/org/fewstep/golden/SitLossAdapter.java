package org.fewstep.golden;

import java.util.Locale;
import org.fewstep.loss.DenoisingScoreMatching;
import org.fewstep.loss.DenoisingWeight;
import org.fewstep.loss.FlowMatching;
import org.fewstep.loss.LossResult;
import org.fewstep.path.Path;
import org.fewstep.path.Prediction;
import org.fewstep.tensor.Tensor;

/** SiT's losses, data at 1; the keys are {@code PATH|MODEL|WEIGHT}. */
final class SitLossAdapter implements Adapter {
    @Override
    public void run(GoldenRun run) {
        double betaMin = run.params().number("vp_beta_min", 0.1);
        double betaMax = run.params().number("vp_beta_max", 20);
        Tensor noise = run.tensor("x0");
        Tensor data = run.tensor("x1");
        double[] t = run.numbers("t");
        ExpectedArrays expected = run.expected();
        for (String name : expected.keys("paths")) {
            Path path = InterpolantScheduleAdapter.path(name.toLowerCase(Locale.ROOT), betaMin, betaMax);
            expected.offer("paths/" + name + "/xt", path.xt(data, noise, t));
            expected.offer("paths/" + name + "/ut", path.velocity(data, noise, t));
        }
        for (String key : expected.keys("losses")) {
            String[] names = key.split("\\|");
            if (names.length != 3) {
                throw new AssertionError("unknown variant \"" + key + "\": expected PATH|MODEL|WEIGHT");
            }
            Path path = InterpolantScheduleAdapter.path(names[0].toLowerCase(Locale.ROOT), betaMin, betaMax);
            Prediction prediction = prediction(names[1]);
            DenoisingWeight weight = weight(names[2]);
            if (prediction == Prediction.V) {
                weight = new DenoisingWeight.Uniform(); // SiT leaves this loss as it is
            }
            DenoisingScoreMatching loss =
                    new DenoisingScoreMatching(path, prediction, weight, FlowMatching.Config.UNCONDITIONAL);
            GoldenMlp net = run.mlp();
            LossResult result = loss.loss(net::v, loss.draw(data, noise, t, null));
            expected.offer("losses/" + key + "/loss_per_sample", result.perSample());
            expected.offer("losses/" + key + "/loss", result.total());
            run.offerGradients("losses/" + key + "/grad_", result.total(), net, Tolerance.VALUE);
        }
    }

    private static Prediction prediction(String model) {
        return switch (model) {
            case "VELOCITY" -> Prediction.V;
            case "NOISE" -> Prediction.EPS;
            case "SCORE" -> Prediction.SCORE;
            default -> throw new AssertionError("unknown model \"" + model + "\": no prediction of that name");
        };
    }

    private static DenoisingWeight weight(String name) {
        return switch (name) {
            case "NONE" -> new DenoisingWeight.Uniform();
            case "VELOCITY" -> new DenoisingWeight.Velocity();
            case "LIKELIHOOD" -> new DenoisingWeight.Likelihood();
            default -> throw new AssertionError("unknown weight \"" + name + "\": no weight of that name");
        };
    }
}
