package org.fewstep.train;

import java.util.Map;
import org.fewstep.loss.Loss;
import org.fewstep.model.Network;
import org.fewstep.model.Parametrisation;

/**
 * Continuous-time consistency training: {@link org.fewstep.loss.TrigFlowConsistency} on data alone.
 *
 * @param sigmaData standard deviation of the data, above 0 (default 0.5)
 * @param form coordinates of the network: trigflow, or sigma to start from a denoiser (default trigflow)
 * @param timeMean mean of ln sigma (default -1)
 * @param timeStd standard deviation of ln sigma, above 0 (default 1.4)
 * @param warmUpSteps steps over which the tangent's unstable part comes in, at least 1 (default 10000)
 * @param c of the tangent's normalisation, above 0 (default 0.1)
 * @param noiseWeight whether a sample counts with 1 / sigma, else all noises alike; the weight that is learned as published
 *     ends near the latter, since the bounded tangent is of one size at all noises (default true)
 * @param labelDrop probability of a dropped label (default 0)
 */
public record Sct(
        double sigmaData,
        Parametrisation.Form form,
        double timeMean,
        double timeStd,
        long warmUpSteps,
        double c,
        boolean noiseWeight,
        double labelDrop)
        implements MethodSettings {
    static Map<String, Object> defaults() {
        return TrigFlowSettings.defaults();
    }

    public Sct {
        TrigFlowSettings.check(sigmaData, timeMean, timeStd, warmUpSteps, c, labelDrop);
    }

    private TrigFlowSettings shared() {
        return new TrigFlowSettings(sigmaData, form, timeMean, timeStd, warmUpSteps, c, noiseWeight, labelDrop);
    }

    @Override
    public int times() {
        return 1;
    }

    @Override
    public Parametrisation parametrisation() {
        return shared().parametrisation();
    }

    @Override
    public Loss<Network, ?> loss(Roles roles) {
        return shared().loss(roles.classes(), null);
    }
}
