package org.fewstep.bench.work;

import java.util.List;

/** The check before every timing of another library. */
public final class Agreement {
    private Agreement() {}

    /**
     * Demands that two results agree: |ours - theirs| at most tolerance times the greatest |ours|, element by element.
     *
     * @param what work and library, named in the error
     * @param tolerance above 0
     * @throws Disagreement when they do not, when lengths differ, or when a number is not finite
     */
    public static void require(String what, float[] ours, float[] theirs, double tolerance) {
        if (ours.length == 0 || ours.length != theirs.length) {
            throw refuse(what, theirs.length + " numbers", "as many as here, " + ours.length + ", and at least one");
        }
        double greatest = 0;
        for (float x : ours) {
            greatest = Math.max(greatest, Math.abs(x));
        }
        double limit = tolerance * greatest;
        for (int i = 0; i < ours.length; i++) {
            double difference = Math.abs((double) ours[i] - theirs[i]);
            if (!(difference <= limit)) {
                throw refuse(
                        what,
                        theirs[i] + " as element " + i,
                        ours[i] + " within " + limit + " (" + tolerance + " of the greatest element)");
            }
        }
        if (!(greatest > 0)) {
            throw refuse(what, "zeros only", "numbers that can tell a wrong result from a right one");
        }
    }

    /** As {@link #require(String, float[], float[], double)} for each of several results. */
    public static void require(String what, List<float[]> ours, List<float[]> theirs, double tolerance) {
        if (ours.isEmpty() || ours.size() != theirs.size()) {
            throw refuse(what, theirs.size() + " results", "as many as here, " + ours.size() + ", and at least one");
        }
        for (int i = 0; i < ours.size(); i++) {
            require(what + ", result " + i, ours.get(i), theirs.get(i), tolerance);
        }
    }

    private static Disagreement refuse(String what, String got, String expected) {
        return new Disagreement("agreement: " + what + ": got " + got + "; expected " + expected
                + "; the libraries do not compute the same, so no time is taken");
    }
}
