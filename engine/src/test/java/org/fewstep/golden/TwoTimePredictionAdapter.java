package org.fewstep.golden;

import org.fewstep.loss.LossResult;
import org.fewstep.loss.TwoTimePrediction;
import org.fewstep.path.UniformTimes;

/** The plain two-time variant of shortcut models, in both forms of its third term. */
final class TwoTimePredictionAdapter implements Adapter {
    private static final String LOSS = "loss_";

    @Override
    public void run(GoldenRun run) {
        double lambda = run.inputs().contains("lambda")
                ? run.numbers("lambda")[0]
                : run.params().number("lambda");
        boolean shared = false;
        for (String key : run.expected().keys()) {
            if (!key.startsWith(LOSS)) {
                continue; // offered below, or unknown
            }
            String variant = key.substring(LOSS.length());
            TwoTimePrediction.Agreement agreement = switch (variant) {
                case "symmetric" -> TwoTimePrediction.Agreement.SYMMETRIC;
                case "stopgrad" -> TwoTimePrediction.Agreement.TOWARDS_CLEANER;
                default ->
                    throw new AssertionError(
                            "unknown variant \"" + variant + "\": the adapter knows symmetric and stopgrad");
            };
            GoldenMlp net = run.mlp();
            TwoTimePrediction loss =
                    new TwoTimePrediction(new TwoTimePrediction.Config(UniformTimes.UNIT, lambda, agreement, 0, 0));
            LossResult result = loss.loss(
                    (x, t, cond) -> net.u(x, t, t, cond),
                    loss.draw(run.tensor("x0"), run.tensor("noise"), run.numbers("t"), run.numbers("s"), null));
            if (!shared) {
                shared = true;
                for (String part : new String[] {"x_t", "x_s", "f_t", "f_s", "term_t", "term_s", "term_pair"}) {
                    run.expected().offer(part, result.part(part));
                }
            }
            run.expected().offer(key, result.total());
            run.offerGradients("grad_" + variant + "_", result.total(), net, Tolerance.VALUE);
        }
    }
}
