package org.fewstep.golden;

import java.util.function.DoubleBinaryOperator;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.fewstep.loss.SnrSigmoidWeight;
import org.fewstep.model.ImmScaling;
import org.fewstep.path.EtaDecrement;
import org.fewstep.path.Path;

/** The nearer start r(s, t) of inductive moment matching and its weights. */
final class MomentMatchingTimesAdapter implements Adapter {
    private static final Pattern WEIGHT = Pattern.compile("w_a([0-9.]+)_b(-?[0-9.]+)");

    @Override
    public boolean f64Only() {
        return true;
    }

    @Override
    public void run(GoldenRun run) {
        run.requireNoModel();
        Options params = run.params();
        EtaDecrement decrement =
                EtaDecrement.ofRange(params.number("eta_min"), params.number("eta_max"), params.integer("k"));
        double sigmaData = params.number("sigma_data");
        double[] t = run.numbers("t");
        double[] s = run.numbers("s");
        for (String schedule : run.expected().keys()) {
            Path path = ImmScalingAdapter.path(schedule);
            for (String key : run.expected().keys(schedule)) {
                Matcher weight = WEIGHT.matcher(key);
                DoubleBinaryOperator of;
                if (weight.matches()) {
                    SnrSigmoidWeight w = new SnrSigmoidWeight(
                            Double.parseDouble(weight.group(1)), Double.parseDouble(weight.group(2)));
                    of = (from, to) -> w.at(path, from);
                } else {
                    of = switch (key) {
                        case "eta_t" -> (from, to) -> path.at(from).rho();
                        case "r" -> (from, to) -> decrement.between(path, from, to);
                        case "logsnr" -> (from, to) -> SnrSigmoidWeight.logSnr(path, from);
                        case "minus_dlogsnr_dt" -> (from, to) -> SnrSigmoidWeight.fall(path, from);
                        case "kernel_w_simple_edm" -> kernel(path, ImmScaling.Form.SIMPLE_EDM, sigmaData);
                        case "kernel_w_euler_fm" -> kernel(path, ImmScaling.Form.EULER, sigmaData);
                        default -> null;
                    };
                }
                if (of == null) {
                    continue; // unknown: reported as not offered
                }
                double[] values = new double[t.length];
                for (int i = 0; i < values.length; i++) {
                    values[i] = of.applyAsDouble(t[i], s[i]);
                }
                run.expected().offer(schedule + "/" + key, values);
            }
        }
    }

    private static DoubleBinaryOperator kernel(Path path, ImmScaling.Form form, double sigmaData) {
        return new ImmScaling(path, form, ImmScaling.SecondTime.END, sigmaData, 1)::kernelWeight;
    }
}
