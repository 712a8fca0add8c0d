package org.fewstep.path;

/**
 * TrigFlow's quarter circle: alpha = cos(t), sigma = s sin(t) for t in [0, pi/2], with data at 0, so that the state has the
 * data's standard deviation at every time.
 *
 * @param sigmaData s, above 0
 * @paper Lu, Song: Simplifying, Stabilizing and Scaling Continuous-Time Consistency Models, 2024, arXiv:2410.11081
 */
public record TrigFlowSchedule(double sigmaData) implements NoiseSchedule {
    public TrigFlowSchedule {
        if (!(sigmaData > 0) || Double.isInfinite(sigmaData)) {
            throw new IllegalArgumentException(
                    "trigflow: got sigma_data " + sigmaData + "; expected a finite number above 0");
        }
    }

    @Override
    public String name() {
        return "trigflow";
    }

    @Override
    public double alpha(double t) {
        return Math.cos(t);
    }

    @Override
    public double sigma(double t) {
        return sigmaData * Math.sin(t);
    }

    @Override
    public double dAlpha(double t) {
        return -Math.sin(t);
    }

    @Override
    public double dSigma(double t) {
        return sigmaData * Math.cos(t);
    }

    @Override
    public double timeAtSnr(double snr) {
        Snr.require(snr);
        return Math.atan2(1, snr * sigmaData);
    }
}
