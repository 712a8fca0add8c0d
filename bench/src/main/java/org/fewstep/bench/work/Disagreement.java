package org.fewstep.bench.work;

/** Another library did not compute the numbers that this engine computes, so its time says nothing. */
public final class Disagreement extends IllegalStateException {
    private static final long serialVersionUID = 1L;

    Disagreement(String message) {
        super(message);
    }
}
