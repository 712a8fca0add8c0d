package org.fewstep.train;

import java.util.Map;
import org.fewstep.io.SettingsChecks;
import org.fewstep.io.SettingsException;
import org.fewstep.loss.Loss;
import org.fewstep.loss.PowerLawScales;
import org.fewstep.model.DataPredictorConfig;
import org.fewstep.model.Network;
import org.fewstep.model.NetworkConfig;
import org.fewstep.model.TwoHeadNet;
import org.fewstep.path.LinearPath;
import org.fewstep.path.LogitNormalPairs;
import org.fewstep.path.Path;
import org.jspecify.annotations.Nullable;

/**
 * {@link org.fewstep.loss.ImprovedMeanFlow}, and pixel MeanFlow where the network predicts data. A network without a second head
 * has its own u(z, t, t) as the velocity, which costs an evaluation more and does not see the interval of guidance.
 *
 * @param predicts velocity, or data (default velocity)
 * @param leastTime for data: time below which the divisor stays, above 0 to 1 (default 0.05)
 * @param head whether a second head of the network gives the velocity, which a mlp or residual-mlp can have (default false)
 * @param intervals with head and scale-most: whether the interval of guidance is an input, its first time drawn below 1/2 and
 *     its last above (default false)
 * @param p exponent of the adaptive weight, at least 0 (default 1)
 * @param c added to the squared error in the weight, above 0 (default 0.01)
 * @param diagonal which samples get r = t (default leading)
 * @param diagonalShare share of samples with r = t, 0 to 1 (default 0.5)
 * @param timeMean mean of the logit of t and r (default -0.4)
 * @param timeStd standard deviation of the logit, above 0 (default 1)
 * @param scaleMost greatest guidance scale, above 1, for a network with guided true and data with classes: scales are drawn
 *     from 1 to it with a density proportional to w^-beta (default absent)
 * @param beta of that law (default 1)
 * @param labelDrop probability of a dropped label (default 0.1)
 */
public record ImprovedMeanFlow(
        Predicts predicts,
        double leastTime,
        boolean head,
        boolean intervals,
        double p,
        double c,
        DiagonalChoice diagonal,
        double diagonalShare,
        double timeMean,
        double timeStd,
        @Nullable Double scaleMost,
        double beta,
        double labelDrop)
        implements MethodSettings {
    /** What the network gives. */
    public enum Predicts {
        /** the average velocity */
        VELOCITY,
        /** data, of which the average velocity is made */
        DATA
    }

    static Map<String, Object> defaults() {
        return Map.ofEntries(
                Map.entry("predicts", Predicts.VELOCITY),
                Map.entry("least-time", 0.05),
                Map.entry("head", false),
                Map.entry("intervals", false),
                Map.entry("p", 1.0),
                Map.entry("c", 0.01),
                Map.entry("diagonal", DiagonalChoice.LEADING),
                Map.entry("diagonal-share", 0.5),
                Map.entry("time-mean", -0.4),
                Map.entry("time-std", 1.0),
                Map.entry("beta", 1.0),
                Map.entry("label-drop", 0.1));
    }

    public ImprovedMeanFlow {
        if (!(leastTime > 0 && leastTime <= 1)) {
            throw new SettingsException("least-time", Double.toString(leastTime), "above 0, at most 1", "");
        }
        SettingsChecks.notNegative("p", p);
        SettingsChecks.positive("c", c);
        SettingsChecks.within("diagonal-share", diagonalShare, 0.0, 1.0);
        SettingsChecks.finite("time-mean", timeMean);
        SettingsChecks.positive("time-std", timeStd);
        if (scaleMost != null && (!(scaleMost > 1) || Double.isInfinite(scaleMost))) {
            throw new SettingsException("scale-most", scaleMost.toString(), "a finite number above 1", "");
        }
        if (intervals && (!head || scaleMost == null)) {
            throw new SettingsException(
                    "intervals",
                    head ? "true without scale-most" : "true without head",
                    "false, or method.head true and method.scale-most above 1",
                    "an interval is of guidance, and the second head is what learns to see it");
        }
        SettingsChecks.finite("beta", beta);
        SettingsChecks.within("label-drop", labelDrop, 0.0, 1.0);
    }

    @Override
    public Path path() {
        return LinearPath.NOISE_AT_ONE;
    }

    @Override
    public int times() {
        return 2;
    }

    @Override
    public boolean drawsGuidance() {
        return scaleMost != null;
    }

    @Override
    public NetworkConfig structure(NetworkConfig network) {
        NetworkConfig inner = head ? network.withVelocityHead(intervals) : network;
        if (inner == null) {
            throw new SettingsException(
                    "method.head",
                    "true for a network that can have no second head" + (intervals ? " or no interval" : ""),
                    "network.kind residual-mlp, or mlp without method.intervals; else method.head false",
                    "");
        }
        return predicts == Predicts.DATA ? new DataPredictorConfig(inner, leastTime) : inner;
    }

    @Override
    public Loss<Network, ?> loss(Roles roles) {
        boolean labelled = roles.classes() > 0;
        if (labelled != (scaleMost != null)) {
            throw new SettingsException(
                    "method.scale-most",
                    scaleMost == null ? "none for data with classes" : scaleMost + " for data without classes",
                    labelled ? "a number above 1, and network.guided true" : "none",
                    "guidance is an input of this method, and needs labels");
        }
        return StudentLoss.of(
                new org.fewstep.loss.ImprovedMeanFlow(new org.fewstep.loss.ImprovedMeanFlow.Config(
                        new LogitNormalPairs(timeMean, timeStd, diagonal.of(diagonalShare)),
                        p,
                        c,
                        new PowerLawScales(beta, scaleMost == null ? 1 : scaleMost - 1), // not read without classes
                        intervals,
                        labelled ? labelDrop : 0,
                        roles.classes(),
                        1,
                        predicts == Predicts.DATA ? leastTime : 0)),
                (student, dropping) -> head ? student.heads() : TwoHeadNet.ofDiagonal(student));
    }
}
