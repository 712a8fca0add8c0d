package org.fewstep.train;

import java.util.Map;
import org.fewstep.io.SettingsException;
import org.fewstep.loss.Loss;
import org.fewstep.loss.TrigFlowConsistency.WarmUp;
import org.fewstep.model.Init;
import org.fewstep.model.LogVarianceHead;
import org.fewstep.model.Network;
import org.fewstep.model.Parametrisation;
import org.jspecify.annotations.Nullable;

/**
 * Continuous-time consistency distillation: {@link org.fewstep.loss.TrigFlowConsistency} along the flow of the recipe's teacher.
 *
 * @param sigmaData standard deviation of the data, above 0 (default 0.5)
 * @param form coordinates of the network: trigflow, or sigma to start from the teacher (default trigflow)
 * @param timeMean mean of ln sigma (default -1)
 * @param timeStd standard deviation of ln sigma, above 0 (default 1.4)
 * @param tangent derivative of the velocity along the flow: forward, semi-continuous or discrete
 *     (default forward)
 * @param difference step of the tangents with differences: a time, 1e-6 to 0.1 (default 1e-3)
 * @param warmUp what comes in with the warm-up: whole, all but the distance to the flow, or state (default whole)
 * @param warmUpSteps steps over which the tangent's unstable part comes in, at least 1 (default 10000)
 * @param bound how the tangent is made small: normalised or clipped to [-1, 1] (default normalised)
 * @param c of the tangent's normalisation, above 0 (default 0.1)
 * @param noiseWeight whether a sample counts with 1 / sigma, else all noises alike; the weight that is learned as published
 *     ends near the latter, since the bounded tangent is of one size at all noises (default true)
 * @param adaptive whether a further weight e^-logvar(t) is learned with the student, by the same optimizer (default false)
 * @param labelDrop probability of a dropped label (default 0)
 */
public record Scd(
        double sigmaData,
        Parametrisation.Form form,
        double timeMean,
        double timeStd,
        Tangent tangent,
        double difference,
        WarmUp warmUp,
        long warmUpSteps,
        TangentBound bound,
        double c,
        boolean noiseWeight,
        boolean adaptive,
        double labelDrop)
        implements MethodSettings, TrigFlowSettings {
    static Map<String, Object> defaults() {
        return TrigFlowSettings.defaults();
    }

    public Scd {
        check(sigmaData, timeMean, timeStd, tangent, difference, warmUpSteps, c, labelDrop);
    }

    /** Checks of every method along a teacher's flow. */
    static void check(
            double sigmaData,
            double timeMean,
            double timeStd,
            Tangent tangent,
            double difference,
            long warmUpSteps,
            double c,
            double labelDrop) {
        TrigFlowSettings.check(sigmaData, timeMean, timeStd, difference, warmUpSteps, c, labelDrop);
        if (tangent == Tangent.PATH_DIFFERENCE) {
            throw new SettingsException(
                    "tangent",
                    "path-difference",
                    "forward, semi-continuous or discrete, since the flow is the teacher's",
                    "path-difference is for sct");
        }
    }

    @Override
    public int times() {
        return 1;
    }

    @Override
    public Parametrisation parametrisation() {
        return consistency();
    }

    @Override
    public boolean taught() {
        return true;
    }

    @Override
    public @Nullable LogVarianceHead logVariance(Init init) {
        return adaptive ? new LogVarianceHead(init, sigmaData) : null;
    }

    @Override
    public Loss<Network, ?> loss(Roles roles) {
        return loss(roles, roles.requireTeacher().trigFlow());
    }
}
