package org.fewstep.model;

import org.fewstep.op.Ops;
import org.fewstep.tensor.Tensor;

/**
 * The logarithm of a loss's size, learned beside a network as a function of the time on TrigFlow's quarter circle:
 * logvar = W phi(ln(s tan t) / 4) + b, from 0.
 *
 * <p>The least of E[L e^-logvar + logvar] is ln E[L | t]. It sees ln(sigma) / 4 as EDM2's head does, and not t as the network,
 * since the weight 1 / sigma makes its logarithm that of L, up to a constant, where the tangent is of one size.
 */
public final class LogVarianceHead extends Module {
    private static final int TIME_WIDTH = 16;
    private static final double MAX_FREQUENCY = 2;

    private final double sigmaData;
    private final TimeFeatures time;
    private final Linear out;

    /**
     * A head that gives 0.
     *
     * @param sigmaData s, standard deviation of the data, above 0
     */
    public LogVarianceHead(Init init, double sigmaData) {
        if (!(sigmaData > 0)) {
            throw new IllegalArgumentException("log variance: got sigma_data " + sigmaData + "; expected above 0");
        }
        this.sigmaData = sigmaData;
        this.time =
                child("time", new TimeFeatures(init.part("time"), TimeEncoding.SINUSOIDAL, TIME_WIDTH, MAX_FREQUENCY));
        this.out = child("out", new Linear(init.part("out"), TIME_WIDTH, 1, 0));
    }

    /** logvar (B) of times (B) in (0, pi/2). */
    public Tensor of(Tensor t) {
        Tensor logTan = Ops.log(Ops.div(Ops.sin(t), Ops.cos(t)));
        Tensor noise = Ops.scaleShift(logTan, 0.25, Math.log(sigmaData) / 4);
        return Ops.reshape(out.of(time.of(noise)), t.dim(0));
    }
}
