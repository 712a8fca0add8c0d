package org.fewstep.train;

import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.function.LongToDoubleFunction;
import org.fewstep.io.SettingsChecks;
import org.fewstep.io.SettingsException;
import org.fewstep.loss.ConditionalFlowMatching;
import org.fewstep.loss.InterpolantFields;
import org.fewstep.loss.Loss;
import org.fewstep.model.ClassifierNet;
import org.fewstep.model.Init;
import org.fewstep.model.InterpolantConfig;
import org.fewstep.model.InterpolantField;
import org.fewstep.model.InterpolantNetwork;
import org.fewstep.model.Module;
import org.fewstep.model.Network;
import org.fewstep.model.NetworkConfig;
import org.fewstep.model.Parametrisation;
import org.fewstep.path.Diagonal;
import org.fewstep.path.Gamma;
import org.fewstep.path.IndependentCoupling;
import org.fewstep.path.InterpolantMean;
import org.fewstep.path.LinearPath;
import org.fewstep.path.LogNormalTimes;
import org.fewstep.path.LogitNormalPairs;
import org.fewstep.path.LogitNormalTimes;
import org.fewstep.path.MinibatchCoupling;
import org.fewstep.path.ModeTimes;
import org.fewstep.path.OptimalTransport;
import org.fewstep.path.Path;
import org.fewstep.path.StochasticInterpolant;
import org.fewstep.path.TimeSampler;
import org.fewstep.path.TruncatedTimes;
import org.fewstep.path.UniformTimes;
import org.jspecify.annotations.Nullable;

/** How a run learns: the loss and its numbers; the key {@code kind} picks one of the records. */
public sealed interface MethodSettings
        permits MethodSettings.FlowMatching,
                MethodSettings.MeanFlow,
                MethodSettings.Interpolant,
                Edm,
                ConsistencyDistillation,
                ConsistencyTraining,
                ContinuousConsistency,
                Ict,
                Ect,
                Sct,
                Scd,
                Rcm,
                Scott,
                Ctm,
                Tcm,
                KnowledgeDistillation,
                Drifting,
                Reflow,
                ProgressiveDistillation,
                MultistepConsistency,
                GuidanceDistillation,
                LatentConsistency,
                SelfDistillationSettings,
                Imm,
                Shortcut,
                TwoTime,
                AlignYourFlowSettings,
                MapDistillationSettings,
                Fmm,
                Pfmm,
                ImprovedMeanFlow,
                AlphaFlow,
                SplitMeanFlow,
                Tvm,
                GeneratorMethod,
                MethodSettings.Classification {
    /** The path whose time the network is called in; null without time, for a bridge and for a method of noise levels. */
    default @Nullable Path path() {
        return null;
    }

    /** The bridge from a source data set; null where there is none. */
    default @Nullable StochasticInterpolant bridge() {
        return null;
    }

    /** How the network's output becomes clean data at a noise level; null for a method of another kind. */
    default @Nullable Parametrisation parametrisation() {
        return null;
    }

    /** Whether it learns from stored pairs of noise and data. */
    default boolean paired() {
        return false;
    }

    /** Whether the student learns from the recipe's teacher. */
    default boolean taught() {
        return false;
    }

    /** Whether the recipe's teacher is a first stage of the student's own kind, not a denoiser. */
    default boolean hasFirstStage() {
        return false;
    }

    /** Whether the recipe's teacher is a flow map, of as many times as the student. */
    default boolean mapTeacher() {
        return false;
    }

    /** File of a weaker flow that the teacher is guided away from; null for none. */
    default @Nullable String weakTeacher() {
        return null;
    }

    /**
     * Rate of the average of the student that targets are taken from, by step; null where they are the student's own.
     *
     * @param steps of the whole run
     */
    default @Nullable LongToDoubleFunction targetRate(long steps) {
        return null;
    }

    /** Whether the map is trained from data to noise, too. */
    default boolean invertible() {
        return false;
    }

    /** Networks that are trained beside the student, each before it in every step. */
    default List<Opponent<?>> opponents() {
        return List.of();
    }

    /** A fresh weight of times that is trained with the student, of no use for samples; null for none. */
    default @Nullable Module logVariance(Init init) {
        return null;
    }

    /**
     * The round that a step belongs to; all steps are one round unless the method says otherwise.
     *
     * @param step from 0 to steps; the end belongs to the last round
     * @param steps of the whole run
     */
    default Round round(long step, long steps) {
        return new Round(0, 0, steps);
    }

    /** The structure that is trained, for that of a network of these settings. */
    default NetworkConfig structure(NetworkConfig network) {
        return network;
    }

    /** Refuses a batch that the method cannot be trained with. */
    default void requireBatch(int batch) {}

    /** Spread of samples, in those of the data, beyond which a run is taken to diverge. */
    default double widest() {
        return 3;
    }

    /** Times that the network must take: 1 or 2, or 0 for a classifier. */
    int times();

    /** Whether samples draw guidance scales, which the network must then take as an input. */
    default boolean drawsGuidance() {
        return false;
    }

    /** Whether the teacher takes the guidance scale as an input, too. */
    default boolean guidedTeacher() {
        return false;
    }

    /** The loss of a run. */
    Loss<Network, ?> loss(Roles roles);

    /** Law of one training time. */
    enum TimeLaw {
        /** uniform on (0, 1) */
        UNIFORM,
        /** sigmoid of a normal number */
        LOGIT_NORMAL,
        /** heavier in the middle, or at the ends */
        MODE,
        /** the logarithm of the noise level sigma / alpha is normal */
        LOG_NORMAL
    }

    /** Which samples of the source go with which of the data. */
    enum Pairs {
        /** independent samples */
        INDEPENDENT,
        /** the batch's optimal transport */
        OPTIMAL_TRANSPORT;

        MinibatchCoupling coupling() {
            return this == INDEPENDENT ? new IndependentCoupling() : new OptimalTransport();
        }
    }

    /** Which samples of a batch get r = t. */
    enum DiagonalChoice {
        /** the first of the batch, an exact share */
        LEADING,
        /** each with the same probability */
        RANDOM;

        /** A share of the batch. */
        Diagonal of(double share) {
            return this == LEADING ? new Diagonal.Leading(share) : new Diagonal.Ratio(1 - share);
        }
    }

    /**
     * {@link org.fewstep.loss.FlowMatching} on the linear path.
     *
     * @param noiseTime time of the noise: 0, as LSD, ESD and PSD have it, or 1, as MeanFlow and AYF do,
     *     which can start as a flow of the same (default 0)
     * @param timeLaw law of t (default uniform)
     * @param timeMean mean of the logit for logit-normal, of ln (sigma / alpha) for log-normal times (default 0)
     * @param timeStd standard deviation of the same (default 1)
     * @param timeScale weight of the middle for mode times, -1 to 1.75 (default 1.29)
     * @param timeFrom least time; those below are drawn again (default 0)
     * @param timeTo greatest time; those above are drawn again (default 1)
     * @param labelDrop probability of a dropped label (default 0.1)
     */
    record FlowMatching(
            int noiseTime,
            TimeLaw timeLaw,
            double timeMean,
            double timeStd,
            double timeScale,
            double timeFrom,
            double timeTo,
            double labelDrop)
            implements MethodSettings {
        static Map<String, Object> defaults() {
            return Map.ofEntries(
                    Map.entry("noise-time", 0),
                    Map.entry("time-law", TimeLaw.UNIFORM),
                    Map.entry("time-mean", 0.0),
                    Map.entry("time-std", 1.0),
                    Map.entry("time-scale", 1.29),
                    Map.entry("time-from", 0.0),
                    Map.entry("time-to", 1.0),
                    Map.entry("label-drop", 0.1));
        }

        public FlowMatching {
            SettingsChecks.within("noise-time", noiseTime, 0, 1);
            SettingsChecks.finite("time-mean", timeMean);
            SettingsChecks.positive("time-std", timeStd);
            SettingsChecks.within("time-scale", timeScale, -1.0, ModeTimes.MOST);
            SettingsChecks.within("time-from", timeFrom, 0.0, 1.0);
            SettingsChecks.within("time-to", timeTo, 0.0, 1.0);
            if (timeFrom >= timeTo) {
                throw new SettingsException("time-to", Double.toString(timeTo), "above time-from " + timeFrom, "");
            }
            SettingsChecks.within("label-drop", labelDrop, 0.0, 1.0);
        }

        @Override
        public Path path() {
            return noiseTime == 0 ? LinearPath.NOISE_AT_ZERO : LinearPath.NOISE_AT_ONE;
        }

        @Override
        public int times() {
            return 1;
        }

        @Override
        public Loss<Network, ?> loss(Roles roles) {
            int classes = roles.classes();
            return StudentLoss.of(new org.fewstep.loss.FlowMatching(
                    path(),
                    new org.fewstep.loss.FlowMatching.Config(timeSampler(), classes == 0 ? 0 : labelDrop, classes)));
        }

        /** The law of t with its numbers. */
        TimeSampler timeSampler() {
            TimeSampler whole = switch (timeLaw) {
                case UNIFORM -> UniformTimes.UNIT;
                case LOGIT_NORMAL -> new LogitNormalTimes(timeMean, timeStd);
                case MODE -> new ModeTimes(timeScale);
                case LOG_NORMAL -> new LogNormalTimes(path(), timeMean, timeStd);
            };
            return timeFrom == 0 && timeTo == 1 ? whole : new TruncatedTimes(whole, timeFrom, timeTo);
        }
    }

    /**
     * {@link org.fewstep.loss.MeanFlow} on the linear path with noise at 1.
     *
     * @param p exponent of the adaptive weight, at least 0 (default 1)
     * @param c added to the squared error in the weight, above 0 (default 0.01)
     * @param diagonal which samples get r = t (default leading)
     * @param diagonalShare share of samples with r = t (default 0.75)
     * @param timeMean mean of the logit of t and r (default -0.4)
     * @param timeStd standard deviation of the logit (default 1)
     * @param omega weight of the sample's velocity in the guided one, 1 is none (default 1)
     * @param omegaMost for a network with guided true: each sample draws its weight between omega and this (default absent)
     * @param kappa weight of the network's own conditional velocity, below 1 (default 0)
     * @param guidanceFrom first time with guidance (default 0)
     * @param guidanceTo last time with guidance (default 1)
     * @param labelDrop probability of a dropped label (default 0.1)
     */
    record MeanFlow(
            double p,
            double c,
            DiagonalChoice diagonal,
            double diagonalShare,
            double timeMean,
            double timeStd,
            double omega,
            @Nullable Double omegaMost,
            double kappa,
            double guidanceFrom,
            double guidanceTo,
            double labelDrop)
            implements MethodSettings {
        static Map<String, Object> defaults() {
            return Map.ofEntries(
                    Map.entry("p", 1.0),
                    Map.entry("c", 0.01),
                    Map.entry("diagonal", DiagonalChoice.LEADING),
                    Map.entry("diagonal-share", 0.75),
                    Map.entry("time-mean", -0.4),
                    Map.entry("time-std", 1.0),
                    Map.entry("omega", 1.0),
                    Map.entry("kappa", 0.0),
                    Map.entry("guidance-from", 0.0),
                    Map.entry("guidance-to", 1.0),
                    Map.entry("label-drop", 0.1));
        }

        public MeanFlow {
            SettingsChecks.notNegative("p", p);
            SettingsChecks.positive("c", c);
            SettingsChecks.within("diagonal-share", diagonalShare, 0.0, 1.0);
            SettingsChecks.finite("time-mean", timeMean);
            SettingsChecks.positive("time-std", timeStd);
            SettingsChecks.finite("omega", omega);
            SettingsChecks.finite("kappa", kappa);
            if (omegaMost != null
                    && (!(omegaMost > omega) || Double.isInfinite(omegaMost) || !(omega > 0) || kappa != 0)) {
                throw new SettingsException(
                        "omega-most", omegaMost.toString(), "a finite number above omega, omega above 0, kappa 0", "");
            }
            if (kappa >= 1) {
                throw new SettingsException("kappa", Double.toString(kappa), "a number below 1", "");
            }
            SettingsChecks.within("guidance-from", guidanceFrom, 0.0, 1.0);
            SettingsChecks.within("guidance-to", guidanceTo, guidanceFrom, 1.0);
            SettingsChecks.within("label-drop", labelDrop, 0.0, 1.0);
        }

        @Override
        public Path path() {
            return org.fewstep.loss.MeanFlow.PATH;
        }

        @Override
        public int times() {
            return 2;
        }

        @Override
        public boolean drawsGuidance() {
            return omegaMost != null;
        }

        @Override
        public Loss<Network, ?> loss(Roles roles) {
            int classes = roles.classes();
            if (classes == 0 && (omega != 1 || omegaMost != null || kappa != 0)) {
                throw new SettingsException(
                        "method.omega",
                        "guidance " + omega + ", kappa " + kappa + " for data without classes",
                        "omega 1 and kappa 0",
                        "guidance needs labels");
            }
            return StudentLoss.of(new org.fewstep.loss.MeanFlow(new org.fewstep.loss.MeanFlow.Config(
                    new LogitNormalPairs(timeMean, timeStd, diagonal.of(diagonalShare)),
                    p,
                    c,
                    new org.fewstep.loss.MeanFlow.Guidance(
                            omega, omegaMost == null ? omega : omegaMost, kappa, guidanceFrom, guidanceTo),
                    classes == 0 ? 0 : labelDrop,
                    classes)));
        }
    }

    /**
     * {@link org.fewstep.loss.InterpolantFields}: a stochastic interpolant from the recipe's source at 0 to its data at 1, without
     * labels.
     *
     * @param mean how the ends are mixed: linear, trig or encoding-decoding (default linear)
     * @param gamma width of the latent noise: brownian, sqrt-2, sine-squared or zero (default brownian)
     * @param learn fields, each by a network of its own: b alone for the ODE, with s or eta for the SDE (default [b, eta])
     * @param pairs which source sample goes with which data sample (default independent)
     * @param timeLaw law of t (default uniform)
     * @param timeMean mean of the logit, for logit-normal times (default 0)
     * @param timeStd standard deviation of the logit, for logit-normal times (default 1)
     */
    record Interpolant(
            InterpolantMean mean,
            Gamma gamma,
            List<InterpolantField> learn,
            Pairs pairs,
            TimeLaw timeLaw,
            double timeMean,
            double timeStd)
            implements MethodSettings {
        static Map<String, Object> defaults() {
            return Map.of(
                    "mean",
                    InterpolantMean.LINEAR,
                    "gamma",
                    Gamma.BROWNIAN,
                    "learn",
                    List.of(InterpolantField.B, InterpolantField.ETA),
                    "pairs",
                    Pairs.INDEPENDENT,
                    "time-law",
                    TimeLaw.UNIFORM,
                    "time-mean",
                    0.0,
                    "time-std",
                    1.0);
        }

        public Interpolant {
            learn = List.copyOf(learn);
            if (!learn.contains(InterpolantField.B) || new HashSet<>(learn).size() != learn.size()) {
                throw new SettingsException("learn", learn.toString(), "b and any of s and eta, each once", "");
            }
            if (gamma == Gamma.ZERO && learn.size() > 1) {
                throw new SettingsException(
                        "learn", learn.toString(), "b alone, since gamma is zero", "choose another gamma for the SDE");
            }
            if (timeLaw != TimeLaw.UNIFORM && timeLaw != TimeLaw.LOGIT_NORMAL) {
                throw new SettingsException("time-law", timeLaw.toString(), "uniform or logit-normal", "");
            }
            SettingsChecks.finite("time-mean", timeMean);
            SettingsChecks.positive("time-std", timeStd);
        }

        private TimeSampler timeSampler() {
            return timeLaw == TimeLaw.UNIFORM ? UniformTimes.UNIT : new LogitNormalTimes(timeMean, timeStd);
        }

        @Override
        public StochasticInterpolant bridge() {
            return new StochasticInterpolant(mean, gamma);
        }

        @Override
        public NetworkConfig structure(NetworkConfig network) {
            return new InterpolantConfig(network, learn);
        }

        @Override
        public int times() {
            return 1;
        }

        @Override
        public Loss<Network, ?> loss(Roles roles) {
            return new RoleLoss<>(
                    InterpolantNetwork.class,
                    new InterpolantFields(
                            new ConditionalFlowMatching.Config(bridge(), timeSampler(), pairs.coupling()), learn));
        }
    }

    /**
     * {@link org.fewstep.loss.Classification} of labelled data, for a network of kind conv-classifier.
     *
     * @param smoothing part of each target that is spread over all classes evenly (default 0)
     * @param shift greatest distance in pixels by which images are moved at random (default 0)
     * @param testEvery steps between measurements on the test set, at least 1 (default 500)
     */
    record Classification(double smoothing, int shift, int testEvery) implements MethodSettings {
        static Map<String, Object> defaults() {
            return Map.of("smoothing", 0.0, "shift", 0, "test-every", 500);
        }

        public Classification {
            SettingsChecks.within("smoothing", smoothing, 0.0, 1.0);
            SettingsChecks.within("shift", shift, 0, 1000);
            SettingsChecks.atLeast("test-every", testEvery, 1);
        }

        @Override
        public int times() {
            return 0;
        }

        @Override
        public Loss<Network, ?> loss(Roles roles) {
            return new RoleLoss<>(
                    ClassifierNet.class,
                    new org.fewstep.loss.Classification(
                            new org.fewstep.loss.Classification.Config(roles.classes(), smoothing, shift)));
        }
    }
}
