package org.fewstep.train;

/**
 * Learning rate of each update: linear warm-up, then constant, or half a cosine down to a final factor.
 *
 * <p>With n the number of the update from 0, W = warmUp and N = steps: lr (n + 1) / W for n &lt; W; then lr, or
 * lr (f + (1 - f) (1 + cos(pi (n - W) / (N - W))) / 2) with f = finalFactor.
 *
 * @param kind shape after the warm-up
 * @param lr learning rate at its height, above 0
 * @param warmUp updates of warm-up, at least 0
 * @param steps updates of the whole run, at least 1
 * @param finalFactor where the cosine ends, 0 to 1
 */
public record LrSchedule(Kind kind, double lr, long warmUp, long steps, double finalFactor) {
    /** Shapes. */
    public enum Kind {
        CONSTANT,
        COSINE
    }

    public LrSchedule {
        if (!(lr > 0) || Double.isInfinite(lr) || warmUp < 0 || steps < 1 || !(finalFactor >= 0 && finalFactor <= 1)) {
            throw new IllegalArgumentException("schedule: got lr " + lr + ", warm-up " + warmUp + ", steps " + steps
                    + ", final factor " + finalFactor + "; expected lr above 0, warm-up at least 0, steps at least 1,"
                    + " final factor 0 to 1");
        }
    }

    /** The learning rate of update {@code n}, counted from 0. */
    public double at(long n) {
        if (n < warmUp) {
            return lr * (n + 1) / warmUp;
        }
        if (kind == Kind.CONSTANT) {
            return lr;
        }
        double part = Math.min(1, (double) (n - warmUp) / Math.max(1, steps - warmUp));
        return lr * (finalFactor + (1 - finalFactor) * (1 + StrictMath.cos(Math.PI * part)) / 2);
    }
}
