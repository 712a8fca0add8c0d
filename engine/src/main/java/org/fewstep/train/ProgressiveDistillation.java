package org.fewstep.train;

import java.util.Map;
import org.fewstep.io.SettingsChecks;
import org.fewstep.io.SettingsException;
import org.fewstep.loss.Distance;
import org.fewstep.loss.GuidanceLaw;
import org.fewstep.loss.Loss;
import org.fewstep.loss.PairWeight;
import org.fewstep.loss.ProgressiveDistillation.Config;
import org.fewstep.loss.ProgressiveDistillation.Nets;
import org.fewstep.loss.ScaleSchedule;
import org.fewstep.model.Network;
import org.fewstep.model.Parametrisation;
import org.fewstep.model.PredictionNet;
import org.fewstep.path.Prediction;
import org.fewstep.sample.FewStepTimes;
import org.jspecify.annotations.Nullable;

/**
 * {@link org.fewstep.loss.ProgressiveDistillation} of the recipe's teacher in rounds, each for half as many steps as the one
 * before: first-steps, ..., 4, 2, 1.
 *
 * <p>All rounds are of the same length, but those of 2 and 1 steps take twice as many training steps; the last one has what
 * remains. Between rounds the student's weights, not their average, become the teacher's, and the student goes on from them:
 * the optimizer, its learning rate's course and the averages start anew. This is as in openai/consistency_models; the paper
 * keeps no average at all. The form trigflow has the variance-preserving targets on the cosine schedule, with a network that
 * predicts the velocity; sigma has those of noise levels on Karras's grid.
 *
 * @param sigmaData standard deviation of the data, above 0 (default 0.5)
 * @param form coordinates of network and steps: trigflow, or sigma to start from the teacher (default sigma)
 * @param firstSteps student's steps in the first round, a power of two from 2 (default 64)
 * @param lastSteps student's steps in the last round, a power of two up to the first (default 1)
 * @param weight of the error of x0: x0 for 1, snr, truncated-snr for max(snr, 1), or v for snr + 1 / sigma-data^2, the error of the
 *     velocity (default truncated-snr)
 * @param labelDrop probability of a dropped label (default 0)
 * @param wLeast least guidance w, at least 0; of use with w-most alone (default 0)
 * @param wMost greatest w of a student and a teacher that take the guidance scale as an input, at least the least: the second
 *     stage of guidance distillation; absent for networks that take none
 */
public record ProgressiveDistillation(
        double sigmaData,
        Parametrisation.Form form,
        int firstSteps,
        int lastSteps,
        Weight weight,
        double labelDrop,
        double wLeast,
        @Nullable Double wMost)
        implements MethodSettings {
    /** What the error is of. */
    public enum Weight {
        X0,
        SNR,
        TRUNCATED_SNR,
        V
    }

    static Map<String, Object> defaults() {
        return Map.of(
                "sigma-data",
                0.5,
                "form",
                Parametrisation.Form.SIGMA,
                "first-steps",
                64,
                "last-steps",
                1,
                "weight",
                Weight.TRUNCATED_SNR,
                "label-drop",
                0.0,
                "w-least",
                0.0);
    }

    public ProgressiveDistillation {
        SettingsChecks.positive("sigma-data", sigmaData);
        power("first-steps", firstSteps, 2, 1 << 20);
        power("last-steps", lastSteps, 1, firstSteps);
        SettingsChecks.within("label-drop", labelDrop, 0.0, 1.0);
        LevelChecks.guidance(wLeast, wMost == null ? wLeast : wMost);
    }

    private static void power(String key, int value, int least, int most) {
        SettingsChecks.within(key, value, least, most);
        if (Integer.bitCount(value) != 1) {
            throw new SettingsException(key, Integer.toString(value), "a power of two", "");
        }
    }

    /** The numbers of steps over a run. */
    private ScaleSchedule.Halving halving(long steps) {
        int rounds = log2(firstSteps) - log2(lastSteps) + 1;
        int parts = rounds + (lastSteps <= 2 ? 1 : 0) + (lastSteps == 1 ? 1 : 0);
        if (steps < parts) {
            throw new SettingsException(
                    "training.steps",
                    Long.toString(steps),
                    "at least " + parts + ", a step for each part of the " + rounds + " rounds",
                    "");
        }
        return new ScaleSchedule.Halving(firstSteps, steps / parts, lastSteps);
    }

    private static int log2(int power) {
        return Integer.numberOfTrailingZeros(power);
    }

    @Override
    public Round round(long step, long steps) {
        ScaleSchedule.Halving halving = halving(steps);
        int scales = halving.scales(Math.min(step, steps - 1));
        int number = log2(firstSteps) - log2(scales);
        long first = halving.stepsPerStage() * (scales == 1 ? number + 1 : number);
        long next = first + halving.stepsPerStage() * (scales == 2 ? 2 : 1);
        return new Round(number, first, (scales == lastSteps ? steps : next) - first);
    }

    @Override
    public int times() {
        return 1;
    }

    @Override
    public Parametrisation parametrisation() {
        return Parametrisation.steps(form, sigmaData);
    }

    @Override
    public boolean taught() {
        return true;
    }

    @Override
    public boolean drawsGuidance() {
        return wMost != null;
    }

    @Override
    public boolean guidedTeacher() {
        return wMost != null;
    }

    private PairWeight pairWeight() {
        return switch (weight) {
            case X0 -> new PairWeight.Uniform();
            case SNR -> new PairWeight.Snr();
            case TRUNCATED_SNR -> new PairWeight.TruncatedSnr();
            case V -> new PairWeight.Karras(sigmaData);
        };
    }

    @Override
    public Loss<Network, ?> loss(Roles roles) {
        Parametrisation as = parametrisation();
        FewStepTimes times = FewStepTimes.of(as);
        PredictionNet teacher = roles.requireTeacher().x0(form);
        Config config = new Config(
                times.schedule(),
                Prediction.X0,
                times.spacing(),
                times.from(),
                times.to(),
                halving(roles.steps()),
                form == Parametrisation.Form.TRIGFLOW,
                new Distance.MeanSquare(),
                pairWeight(),
                labelDrop,
                roles.classes(),
                wMost == null ? null : new GuidanceLaw(wLeast, wMost));
        return StudentLoss.of(
                new org.fewstep.loss.ProgressiveDistillation(config),
                (student, dropping) -> new Nets(as.around(student), teacher));
    }
}
