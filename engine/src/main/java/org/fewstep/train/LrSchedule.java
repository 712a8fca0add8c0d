package org.fewstep.train;

/**
 * Learning rate of each update: linear warm-up, then constant, half a cosine down to a final factor, or
 * constant with a straight fall to it at the end.
 *
 * <p>With n the number of the update from 0, W = warmUp and N = steps: lr (n + 1) / W for n &lt; W; then lr, or
 * lr (f + (1 - f) (1 + cos(pi (n - W) / (N - W))) / 2) with f = finalFactor;
 * or lr (f + (1 - f) min(1, (N - n) / (N p))) with p = fall.
 *
 * @param kind shape after the warm-up
 * @param lr learning rate at its height, above 0
 * @param warmUp updates of warm-up, at least 0
 * @param steps updates of the whole run, at least 1
 * @param finalFactor where the fall ends, 0 to 1
 * @param fall last part of the run in which a linear schedule falls, in (0, 1]
 */
public record LrSchedule(Kind kind, double lr, long warmUp, long steps, double finalFactor, double fall) {
    /** Shapes. */
    public enum Kind {
        CONSTANT,
        COSINE,
        LINEAR
    }

    /** A schedule that is not linear. */
    public LrSchedule(Kind kind, double lr, long warmUp, long steps, double finalFactor) {
        this(kind, lr, warmUp, steps, finalFactor, 1);
    }

    public LrSchedule {
        if (!(lr > 0)
                || Double.isInfinite(lr)
                || warmUp < 0
                || steps < 1
                || !(finalFactor >= 0 && finalFactor <= 1)
                || !(fall > 0 && fall <= 1)) {
            throw new IllegalArgumentException("schedule: got lr " + lr + ", warm-up " + warmUp + ", steps " + steps
                    + ", final factor " + finalFactor + ", fall " + fall + "; expected lr above 0, warm-up at least 0,"
                    + " steps at least 1, final factor 0 to 1, fall above 0, at most 1");
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
        if (kind == Kind.LINEAR) {
            double left = Math.max(0, Math.min(1, (steps - n) / (steps * fall)));
            return lr * (finalFactor + (1 - finalFactor) * left);
        }
        double part = Math.min(1, (double) (n - warmUp) / Math.max(1, steps - warmUp));
        return lr * (finalFactor + (1 - finalFactor) * (1 + StrictMath.cos(Math.PI * part)) / 2);
    }
}
