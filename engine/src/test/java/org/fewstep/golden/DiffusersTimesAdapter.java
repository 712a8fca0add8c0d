package org.fewstep.golden;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.function.DoubleUnaryOperator;
import org.fewstep.path.BetaTable;
import org.fewstep.path.FlowShift;
import org.fewstep.path.TrainingSigmas;
import org.fewstep.solver.BetaSpacing;
import org.fewstep.solver.KarrasSpacing;
import org.fewstep.solver.LevelSpacing;
import org.fewstep.solver.LogSnrSpacing;
import org.fewstep.solver.TimestepSpacing;

/** Timesteps and noise levels of diffusers' schedulers, put together from spacings as each scheduler does. */
final class DiffusersTimesAdapter implements Adapter {
    @Override
    public void run(GoldenRun run) {
        run.requireNoModel();
        for (String name : run.expected().keys()) {
            Entry entry = new Entry(run.expected(), name);
            String scheduler = entry.option("scheduler");
            Times times = switch (scheduler) {
                case "DDIMScheduler" -> entry.ddim();
                case "PNDMScheduler" -> entry.pndm();
                case "EulerDiscreteScheduler" -> entry.euler();
                case "DPMSolverMultistepScheduler" -> entry.dpm();
                case "FlowMatchEulerDiscreteScheduler" -> entry.flow();
                case "FlowMatchHeunDiscreteScheduler" -> entry.flow().doubled();
                default -> throw new AssertionError(name + ": unknown scheduler \"" + scheduler + "\"");
            };
            run.expected().offer(name + "/timesteps", times.timesteps);
            if (times.sigmas.length > 0) {
                run.expected().offer(name + "/sigmas", times.sigmas);
            }
        }
    }

    @Override
    public boolean isOption(String path) {
        return path.endsWith("/scheduler") || path.endsWith("/n") || path.contains("/config/");
    }

    @Override
    public boolean f64Only() {
        return true;
    }

    /** What a scheduler is set to; no levels where a scheduler has none. */
    private record Times(double[] timesteps, double[] sigmas) {
        /** Every point but the first and the last of the levels twice: the two stages of Heun's method. */
        Times doubled() {
            return new Times(twice(timesteps, timesteps.length), twice(sigmas, sigmas.length - 1));
        }

        private static double[] twice(double[] values, int until) {
            List<Double> out = new ArrayList<>();
            for (int i = 0; i < values.length; i++) {
                out.add(values[i]);
                if (i > 0 && i < until) {
                    out.add(values[i]);
                }
            }
            return out.stream().mapToDouble(Double::doubleValue).toArray();
        }
    }

    /** One scheduler with its options. */
    private static final class Entry {
        private static final int PNDM_ORDER = 4;
        private static final double NO_CLIP = Double.NEGATIVE_INFINITY;

        private final ExpectedArrays expected;
        private final String name;
        private final int n;
        private final int trained;

        Entry(ExpectedArrays expected, String name) {
            this.expected = expected;
            this.name = name;
            this.n = expected.option(name + "/n").asInt();
            this.trained = (int) number("num_train_timesteps", 1000);
            // What the network predicts changes no time.
            text("prediction_type", "epsilon");
        }

        String option(String key) {
            return expected.option(name + "/" + key).asString();
        }

        private boolean has(String key) {
            return expected.has(name + "/config/" + key);
        }

        private double number(String key, double absent) {
            if (!has(key)) {
                return absent;
            }
            var cursor = expected.option(name + "/config/" + key);
            return NumericArray.of(cursor).values()[0];
        }

        private boolean flag(String key) {
            return has(key) && expected.option(name + "/config/" + key).asBool();
        }

        private String text(String key, String absent) {
            return has(key) ? expected.option(name + "/config/" + key).asString() : absent;
        }

        private TimestepSpacing spacing(String absent) {
            String value = text("timestep_spacing", absent);
            return switch (value) {
                case "leading" -> TimestepSpacing.LEADING;
                case "linspace" -> TimestepSpacing.LINSPACE;
                case "trailing" -> TimestepSpacing.TRAILING;
                default -> throw new AssertionError(name + ": unknown timestep_spacing \"" + value + "\"");
            };
        }

        private int offset() {
            return (int) number("steps_offset", 0);
        }

        private boolean cosine() {
            return text("beta_schedule", "linear").equals("squaredcos_cap_v2");
        }

        private BetaTable table() {
            double first = number("beta_start", 1e-4);
            double last = number("beta_end", 0.02);
            String schedule = text("beta_schedule", "linear");
            BetaTable table = switch (schedule) {
                case "linear" -> BetaTable.linear(trained, first, last);
                case "scaled_linear" -> BetaTable.scaledLinear(trained, first, last);
                case "squaredcos_cap_v2" -> BetaTable.cosine(trained, BetaTable.MAX_BETA);
                default -> throw new AssertionError(name + ": unknown beta_schedule \"" + schedule + "\"");
            };
            return flag("rescale_betas_zero_snr") ? table.zeroTerminalSnr() : table;
        }

        Times ddim() {
            table();
            return new Times(spacing("leading").timesteps(trained, n, offset()), new double[0]);
        }

        Times pndm() {
            table();
            double[] falling = spacing("leading").timesteps(trained, n, offset());
            double[] ts = new double[n];
            for (int i = 0; i < n; i++) {
                ts[i] = falling[n - 1 - i];
            }
            List<Double> out = new ArrayList<>();
            if (flag("skip_prk_steps")) {
                out.add(ts[n - 1]);
                out.add(ts[n - 2]);
                for (int i = n - 2; i >= 0; i--) {
                    out.add(ts[i]);
                }
            } else {
                double[] half = new double[2 * PNDM_ORDER - 1];
                for (int i = 0; i < half.length; i++) {
                    half[i] = ts[n - PNDM_ORDER + i / 2] + (i % 2) * (trained / n / 2);
                }
                for (int i = 2 * half.length - 2; i >= 1; i--) {
                    out.add(half[i / 2]);
                }
                for (int i = n - PNDM_ORDER; i >= 0; i--) {
                    out.add(ts[i]);
                }
            }
            return new Times(out.stream().mapToDouble(Double::doubleValue).toArray(), new double[0]);
        }

        Times euler() {
            TrainingSigmas training = TrainingSigmas.of(table());
            double[] timesteps = spacing("linspace").fractional(trained, n, offset());
            double[] levels = map(timesteps, training::at);
            LevelSpacing spread = spread();
            if (spread != null) {
                levels = spread.levels(n, levels[0], levels[n - 1]);
                timesteps = map(levels, training::timestepOf);
            }
            return new Times(timesteps, ended(levels));
        }

        Times dpm() {
            TrainingSigmas training = TrainingSigmas.of(table());
            double clip = number("lambda_min_clipped", NO_CLIP);
            int used = trained;
            while (used > 1 && -Math.log(training.level(used - 1)) < clip) {
                used--;
            }
            LevelSpacing spread = spread();
            double shift = number("flow_shift", 1);
            if (flag("use_flow_sigmas")) {
                FlowShift moved = new FlowShift(shift);
                double[] levels = new double[n];
                double step = (1.0 / trained - 1) / n;
                for (int i = 0; i < n; i++) {
                    // n + 1 equal steps of alpha from 1 to 1/T without the first, the last one first; rounded as there,
                    // because the timesteps are cut off to integers.
                    double alpha = i == 0 ? 1.0 / trained : 1 + (n - i) * step;
                    levels[i] = moved.at(1 - alpha);
                }
                return new Times(map(levels, s -> Math.floor(s * trained)), ended(levels));
            }
            if (spread == null) {
                double[] timesteps = spacing("linspace").timestepsBeforeEnd(trained, used, n, offset());
                return new Times(timesteps, ended(map(timesteps, training::at)));
            }
            double[] levels = spread.levels(n, training.max(), training.min());
            // Only these two are rounded, and only for tables that are not the cosine; the others are cut off.
            boolean rounded = !cosine() && (flag("use_karras_sigmas") || flag("use_lu_lambdas"));
            double[] timesteps =
                    map(levels, s -> rounded ? Math.rint(training.timestepOf(s)) : Math.floor(training.timestepOf(s)));
            return new Times(timesteps, ended(levels));
        }

        /** The shift acts twice, on the range and on the levels, as in diffusers. */
        Times flow() {
            FlowShift shift = new FlowShift(number("shift", 1));
            double first = shift.at(1);
            double last = shift.at(1.0 / trained);
            double[] levels = new double[n];
            for (int i = 0; i < n; i++) {
                levels[i] = n == 1 ? first : first + (last - first) * i / (n - 1);
            }
            levels = shift.at(levels);
            return new Times(map(levels, s -> s * trained), ended(levels));
        }

        private LevelSpacing spread() {
            if (flag("use_karras_sigmas")) {
                return new KarrasSpacing();
            }
            if (flag("use_lu_lambdas") | flag("use_exponential_sigmas")) {
                return LogSnrSpacing.UNIFORM;
            }
            return flag("use_beta_sigmas") ? new BetaSpacing() : null;
        }

        private static double[] ended(double[] levels) {
            return Arrays.copyOf(levels, levels.length + 1);
        }

        private static double[] map(double[] values, DoubleUnaryOperator f) {
            return Arrays.stream(values).map(f).toArray();
        }
    }
}
