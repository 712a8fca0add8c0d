package org.fewstep.solver;

/**
 * An ancestral step from noise level {@code from} to {@code to}: a deterministic move to {@code down}, then fresh noise of
 * standard deviation {@code up}, with down^2 + up^2 = to^2 and up = min(to, eta to sqrt(1 - to^2 / from^2)).
 *
 * @param down level of the move
 * @param up level of the fresh noise
 */
public record AncestralSplit(double down, double up) {
    /**
     * The split of one step.
     *
     * @param from level at the start, above 0
     * @param to level at the end, at most {@code from}
     * @param eta share of the noise, 0 is deterministic and 1 all of it
     */
    public static AncestralSplit of(double from, double to, double eta) {
        if (eta == 0) {
            return new AncestralSplit(to, 0);
        }
        double ratio = to / from;
        double up = Math.min(to, eta * to * Math.sqrt((1 - ratio) * (1 + ratio)));
        return new AncestralSplit(Math.sqrt((to - up) * (to + up)), up);
    }

    /** Demands a share of noise and a factor of noise that make sense. */
    static void require(String solver, double eta, double noise) {
        if (!(eta >= 0) || !(noise >= 0) || Double.isInfinite(eta) || Double.isInfinite(noise)) {
            throw new IllegalArgumentException(solver + ": got eta " + eta + ", noise " + noise
                    + "; expected finite numbers of at least 0; eta 0 is deterministic, noise 1 is usual");
        }
    }
}
