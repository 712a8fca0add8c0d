package org.fewstep.model;

import org.fewstep.op.Ops;
import org.fewstep.tensor.Tensor;

/**
 * The logarithm of a loss's size, learned beside a flow map as a function of its two times: w(s, t) = W2 silu(W1 [phi(s),
 * phi(t)]) + b, from 0.
 *
 * <p>The least of E[L e^-w + w] is ln E[L | s, t].
 *
 * @paper Boffi, Albergo, Vanden-Eijnden: How to build a consistency model: Learning flow maps via self-distillation, 2025,
 *     arXiv:2505.18825
 */
public final class MapVarianceHead extends Module {
    private static final int TIME_WIDTH = 16;
    private static final double MAX_FREQUENCY = 2;
    private static final int WIDTH = 32;

    private final TimeFeatures time;
    private final Linear hidden;
    private final Linear out;

    /** A head that gives 0. */
    public MapVarianceHead(Init init) {
        this.time =
                child("time", new TimeFeatures(init.part("time"), TimeEncoding.SINUSOIDAL, TIME_WIDTH, MAX_FREQUENCY));
        this.hidden = child("hidden", new Linear(init.part("hidden"), 2 * TIME_WIDTH, WIDTH, 1));
        this.out = child("out", new Linear(init.part("out"), WIDTH, 1, 0));
    }

    /** w (B) of start times s and end times t, each (B). */
    public Tensor of(Tensor s, Tensor t) {
        Tensor features = Ops.concat(1, time.of(s), time.of(t));
        return Ops.reshape(out.of(Activation.SILU.after(hidden, features)), t.dim(0));
    }
}
