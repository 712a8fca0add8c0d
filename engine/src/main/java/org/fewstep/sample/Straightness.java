package org.fewstep.sample;

import java.util.Arrays;
import java.util.List;

/**
 * How far a flow is from moving on straight lines at constant speed, where one step would do.
 *
 * <p>S = E integral |(x_1 - x_0) - v(x_t, t)|^2 dt over times 0 to 1, along the flow's own ways x_t from noise x_0 to data x_1,
 * summed over coordinates. Euler's steps of N make the integral a sum of theirs, exact for the polygon that they draw:
 *
 * <pre>
 * S = mean sum_i |(x_N - x_0) h_i - (x_(i + 1) - x_i)|^2 / h_i        h_i = |t_(i + 1) - t_i| / |t_N - t_0|
 * </pre>
 *
 * <p>S is 0 exactly for a straight flow, and does not rise from one reflow to the next in the limit of exact ones.
 *
 * @paper Liu, Gong, Liu: Flow Straight and Fast, 2022, arXiv:2209.03003, section 2.2
 */
public final class Straightness {
    private Straightness() {}

    /**
     * S of states on their ways.
     *
     * @param states for each time, n samples one after another
     * @param times of the states, rising or falling, at least 2
     * @param n number of samples, at least 1
     */
    public static double of(List<float[]> states, double[] times, int n) {
        if (n < 1 || states.size() != times.length || times.length < 2) {
            throw new IllegalArgumentException("straightness: got " + states.size() + " states at " + times.length
                    + " times of " + n + " samples; expected a state a time, at least 2, of at least 1 sample");
        }
        int last = times.length - 1;
        float[] from = states.get(0);
        float[] to = states.get(last);
        double sum = 0;
        for (int i = 0; i < last; i++) {
            double h = (times[i + 1] - times[i]) / (times[last] - times[0]);
            float[] a = states.get(i);
            float[] b = states.get(i + 1);
            for (int j = 0; j < a.length; j++) {
                double off = ((double) to[j] - from[j]) * h - ((double) b[j] - a[j]);
                sum += off * off / h;
            }
        }
        return sum / n;
    }

    /**
     * S of a flow, by Euler's steps.
     *
     * @param flow model of the velocity on a path
     * @param n samples, at least 1, their labels in turn where the flow has classes
     * @param steps of Euler's method, at least 1
     * @throws IllegalArgumentException when the model is not one of a path with one time
     */
    public static double of(Generator flow, int n, int steps, long seed) {
        if (flow.spec().path() == null || flow.spec().network().times() != 1) {
            throw new IllegalArgumentException(
                    "straightness: got a model of another kind; expected a flow, one time on a path");
        }
        int[] labels = new int[n];
        if (flow.classes() == 0) {
            Arrays.fill(labels, Generator.NO_LABEL);
        } else {
            Arrays.setAll(labels, i -> i % flow.classes());
        }
        GeneratorOptions euler = GeneratorOptions.DEFAULT.withSolver(SolverChoice.EULER);
        return of(flow.trajectory(0, steps, seed, labels, euler), flow.times(steps, euler), n);
    }
}
