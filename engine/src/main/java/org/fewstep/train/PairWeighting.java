package org.fewstep.train;

import org.fewstep.loss.PairWeight;

/** Weight of a pair of noise levels r &lt; t. */
public enum PairWeighting {
    /** 1 / (t - r) */
    INVERSE_SPAN,
    /** 1 / sqrt(t - r) */
    INVERSE_ROOT_SPAN,
    /** 1 / c_out(t), what the network's output is multiplied by */
    INVERSE_OUT;

    PairWeight of(double sigmaData) {
        return switch (this) {
            case INVERSE_SPAN -> new PairWeight.InverseSpan();
            case INVERSE_ROOT_SPAN -> new PairWeight.InverseRootSpan();
            case INVERSE_OUT -> new PairWeight.InverseOut(sigmaData, 1);
        };
    }
}
