package org.fewstep.train;

import java.util.HashSet;
import java.util.List;
import java.util.Map;
import org.fewstep.io.SettingsChecks;
import org.fewstep.io.SettingsException;
import org.fewstep.loss.ConditionalFlowMatching;
import org.fewstep.loss.InterpolantFields;
import org.fewstep.loss.Loss;
import org.fewstep.model.ClassifierNet;
import org.fewstep.model.InterpolantConfig;
import org.fewstep.model.InterpolantField;
import org.fewstep.model.InterpolantNetwork;
import org.fewstep.model.Network;
import org.fewstep.model.NetworkConfig;
import org.fewstep.path.Diagonal;
import org.fewstep.path.Gamma;
import org.fewstep.path.IndependentCoupling;
import org.fewstep.path.InterpolantMean;
import org.fewstep.path.LinearPath;
import org.fewstep.path.LogitNormalPairs;
import org.fewstep.path.LogitNormalTimes;
import org.fewstep.path.MinibatchCoupling;
import org.fewstep.path.OptimalTransport;
import org.fewstep.path.Path;
import org.fewstep.path.StochasticInterpolant;
import org.fewstep.path.TimeSampler;
import org.fewstep.path.UniformTimes;
import org.jspecify.annotations.Nullable;

/** How a run learns: the loss and its numbers; the key {@code kind} picks one of the records. */
public sealed interface MethodSettings {
    /** The path whose time the network is called in; null for a network without time and for a bridge. */
    @Nullable
    Path path();

    /** The bridge from a source data set; null where there is none. */
    default @Nullable StochasticInterpolant bridge() {
        return null;
    }

    /** The structure that is trained, for that of a network of these settings. */
    default NetworkConfig structure(NetworkConfig network) {
        return network;
    }

    /** Times that the network must take: 1 or 2, or 0 for a classifier. */
    int times();

    /** Whether samples draw guidance scales, which the network must then take as an input. */
    default boolean drawsGuidance() {
        return false;
    }

    /** The loss for a network of K classes, 0 for none. */
    Loss<Network, ?> loss(int classes);

    /** Law of one training time. */
    enum TimeLaw {
        /** uniform on (0, 1) */
        UNIFORM,
        /** sigmoid of a normal number */
        LOGIT_NORMAL;

        TimeSampler sampler(double mean, double std) {
            return this == UNIFORM ? UniformTimes.UNIT : new LogitNormalTimes(mean, std);
        }
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
        RANDOM
    }

    /**
     * {@link org.fewstep.loss.FlowMatching} on the linear path with noise at 0.
     *
     * @param timeLaw law of t (default uniform)
     * @param timeMean mean of the logit, for logit-normal times (default 0)
     * @param timeStd standard deviation of the logit, for logit-normal times (default 1)
     * @param labelDrop probability of a dropped label (default 0.1)
     */
    record FlowMatching(TimeLaw timeLaw, double timeMean, double timeStd, double labelDrop) implements MethodSettings {
        static Map<String, Object> defaults() {
            return Map.of("time-law", TimeLaw.UNIFORM, "time-mean", 0.0, "time-std", 1.0, "label-drop", 0.1);
        }

        public FlowMatching {
            SettingsChecks.finite("time-mean", timeMean);
            SettingsChecks.positive("time-std", timeStd);
            SettingsChecks.within("label-drop", labelDrop, 0.0, 1.0);
        }

        @Override
        public Path path() {
            return LinearPath.NOISE_AT_ZERO;
        }

        @Override
        public int times() {
            return 1;
        }

        @Override
        public Loss<Network, ?> loss(int classes) {
            return StudentLoss.of(new org.fewstep.loss.FlowMatching(
                    path(),
                    new org.fewstep.loss.FlowMatching.Config(
                            timeLaw.sampler(timeMean, timeStd), classes == 0 ? 0 : labelDrop, classes)));
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
        public Loss<Network, ?> loss(int classes) {
            if (classes == 0 && (omega != 1 || omegaMost != null || kappa != 0)) {
                throw new SettingsException(
                        "method.omega",
                        "guidance " + omega + ", kappa " + kappa + " for data without classes",
                        "omega 1 and kappa 0",
                        "guidance needs labels");
            }
            Diagonal on = diagonal == DiagonalChoice.LEADING
                    ? new Diagonal.Leading(diagonalShare)
                    : new Diagonal.Ratio(1 - diagonalShare);
            return StudentLoss.of(new org.fewstep.loss.MeanFlow(new org.fewstep.loss.MeanFlow.Config(
                    new LogitNormalPairs(timeMean, timeStd, on),
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
            SettingsChecks.finite("time-mean", timeMean);
            SettingsChecks.positive("time-std", timeStd);
        }

        @Override
        public @Nullable Path path() {
            return null;
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
        public Loss<Network, ?> loss(int classes) {
            return new RoleLoss<>(
                    InterpolantNetwork.class,
                    new InterpolantFields(
                            new ConditionalFlowMatching.Config(
                                    bridge(), timeLaw.sampler(timeMean, timeStd), pairs.coupling()),
                            learn));
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
        public @Nullable Path path() {
            return null;
        }

        @Override
        public int times() {
            return 0;
        }

        @Override
        public Loss<Network, ?> loss(int classes) {
            return new RoleLoss<>(
                    ClassifierNet.class,
                    new org.fewstep.loss.Classification(
                            new org.fewstep.loss.Classification.Config(classes, smoothing, shift)));
        }
    }
}
