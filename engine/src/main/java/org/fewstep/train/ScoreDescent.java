package org.fewstep.train;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.function.LongFunction;
import java.util.function.Supplier;
import org.fewstep.kernels.DType;
import org.fewstep.kernels.Device;
import org.fewstep.kernels.Scope;
import org.fewstep.loss.Batch;
import org.fewstep.loss.DenoisingWeight;
import org.fewstep.loss.Loss;
import org.fewstep.loss.ScoreDistillation;
import org.fewstep.loss.ScoreOpponent;
import org.fewstep.loss.ScoreTerm;
import org.fewstep.loss.StudentSteps;
import org.fewstep.model.FlowNetwork;
import org.fewstep.model.Module;
import org.fewstep.model.Parametrisation;
import org.fewstep.model.PredictionNet;
import org.fewstep.model.SigmaScaling;
import org.fewstep.path.NoiseSchedule;
import org.fewstep.path.Prediction;
import org.fewstep.tensor.NoGrad;
import org.fewstep.tensor.Rng;
import org.fewstep.tensor.Shape;
import org.fewstep.tensor.Tensor;
import org.jspecify.annotations.Nullable;

/**
 * Score distillation of anything differentiable: particles, the pixels of an image, a curve, a simulator. Its parameters follow the
 * gradient of what they make, x = g(theta), at noised samples of it, by {@link ScoreDistillation} without a generator.
 *
 * <p>x must be of the teacher's samples. With SDS and SJC the spread of x falls to 0 whatever the teacher's: all particles end in the
 * same few places. VSD, Diff-Instruct and DMD keep it, by a fake score network that all particles share. Used by one thread at a time.
 *
 * @paper Poole, Jain, Barron, Mildenhall: DreamFusion, 2022, arXiv:2209.14988; Wang et al.: ProlificDreamer, 2023,
 *     arXiv:2305.16213
 */
public final class ScoreDescent implements AutoCloseable {
    private final Device device;
    private final TrainingStep<Module, ?> subject;
    private final @Nullable TrainingStep<FlowNetwork, ?> fake;
    private final int ratio;
    private final List<AutoCloseable> owned = new ArrayList<>();
    private long step;

    /**
     * How to descend.
     *
     * @param term the method
     * @param circle whether samples are noised as cos(t) x + sin(t) n, which keeps variance, or as x + sigma n
     * @param table noise levels
     * @param optimizer of the parameters
     * @param steps that are to be made, at least 1; schedules count them
     * @param seed of all noise and times
     */
    public record Config(
            ScoreTerm term, boolean circle, LevelTable table, OptimizerSettings optimizer, int steps, long seed) {
        public Config {
            if (steps < 1) {
                throw new IllegalArgumentException("score descent: got " + steps + " steps; expected at least 1");
            }
        }

        private NoiseSchedule schedule() {
            return circle ? ScoreDistiller.CIRCLE : ScoreDistiller.LEVELS;
        }

        /** A denoiser of noise levels in the coordinates that samples are noised in. */
        private PredictionNet on(PredictionNet levels) {
            return circle ? Parametrisation.onCircle(levels) : levels;
        }
    }

    /**
     * A fake score network, which stays the caller's.
     *
     * @param net called as EDM's denoisers are; a copy of the teacher as a rule
     * @param sigmaData of its scalings, above 0
     * @param optimizer of its parameters
     * @param ratio updates a step, at least 1
     */
    public record Fake(FlowNetwork net, double sigmaData, OptimizerSettings optimizer, int ratio) {
        public Fake {
            if (ratio < 1) {
                throw new IllegalArgumentException(
                        "score descent: got ratio " + ratio + "; expected at least 1 update a step");
            }
        }

        private PredictionNet denoiser() {
            return SigmaScaling.edm(sigmaData).around(net);
        }
    }

    /**
     * Begins a descent.
     *
     * @param theta parameters, which stay the caller's
     * @param samples g: makes x (B, ...) of the parameters, recorded, in the innermost scope; the same shape at each call
     * @param teacher E[x0 | x] at x = x0 + sigma n, frozen
     * @param fake what the method compares the teacher with; null for SDS and SJC
     */
    public ScoreDescent(
            Module theta, Supplier<Tensor> samples, PredictionNet teacher, @Nullable Fake fake, Config config) {
        this.device = theta.leaves().get(0).device();
        Rng rng = new Rng(config.seed);
        LongFunction<Batch> like = like(samples);
        PredictionNet student = (x, t, cond) -> samples.get();
        StudentSteps start = StudentSteps.one(ScoreDistiller.LEVELS, 1);
        ScoreDistillation objective = new ScoreDistillation(new ScoreDistillation.Config(
                config.schedule(),
                Prediction.X0,
                Prediction.X0,
                start,
                config.table.middle(config.schedule()),
                config.term));
        ScoreDistillation.Nets nets = new ScoreDistillation.Nets(
                student, config.on(teacher), fake == null ? null : config.on(fake.denoiser()), null);
        this.subject =
                step("theta", theta, config.optimizer, config.steps, like, new MappedLoss<>(objective, m -> nets), rng);
        this.ratio = fake == null ? 0 : fake.ratio;
        if (fake == null) {
            this.fake = null;
            return;
        }
        ScoreOpponent following = new ScoreOpponent(
                new ScoreOpponent.Config(
                        ScoreDistiller.LEVELS,
                        start,
                        new ScoreOpponent.Denoising(
                                Prediction.X0,
                                new DenoisingWeight.Edm(fake.sigmaData),
                                config.table.all(ScoreDistiller.LEVELS)),
                        null,
                        0),
                student);
        ScoreOpponent.Nets follower = new ScoreOpponent.Nets(fake.denoiser(), null);
        this.fake = step(
                "fake",
                fake.net,
                fake.optimizer,
                Math.multiplyExact((long) config.steps, fake.ratio),
                like,
                new MappedLoss<FlowNetwork, ScoreOpponent.Nets, ScoreOpponent.Draw>(following, net -> follower),
                rng.stream("fake"));
    }

    private <M extends Module, D> TrainingStep<M, D> step(
            String name,
            M network,
            OptimizerSettings optimizer,
            long updates,
            LongFunction<Batch> like,
            Loss<M, D> loss,
            Rng rng) {
        Player<M> player = new Player<>(name, network, Map.of(), optimizer, new Round(0, 0, updates), 0);
        owned.add(player);
        // Not recorded: what the caller's function computes on the host would be lost.
        return new TrainingStep<>(device, like, loss, rng.stream("draw"), player, false);
    }

    /** Zeros of the shape of x, for losses that read no data. */
    private LongFunction<Batch> like(Supplier<Tensor> samples) {
        try (NoGrad off = NoGrad.open();
                Scope scope = device.scope()) {
            Tensor x = samples.get();
            DType dtype = x.dtype();
            Shape shape = x.shape();
            return n -> new Batch(Tensor.full(device, dtype, 0, shape), null);
        }
    }

    /**
     * One step: the fake score network's updates, then that of the parameters.
     *
     * @return the objective, which need not fall
     * @throws NotFiniteException when a loss or gradient is not finite; the update is not carried out
     */
    public double step() {
        TrainingStep<FlowNetwork, ?> following = fake;
        for (int i = 0; following != null && i < ratio; i++) {
            following.run(step * ratio + i, step + 1);
        }
        double objective = subject.run(step, step + 1).measured().objective();
        step++;
        return objective;
    }

    /** Steps done. */
    public long steps() {
        return step;
    }

    /** Gives the optimizers' moments back. */
    @Override
    public void close() {
        for (AutoCloseable part : owned) {
            try {
                part.close();
            } catch (Exception e) {
                throw new IllegalStateException("close: a part of the score descent failed", e);
            }
        }
        owned.clear();
    }
}
