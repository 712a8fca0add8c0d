package org.fewstep.solver;

import java.util.List;

/**
 * Ten-step noise levels that were optimised for a family of models, and their log-linear resampling to other numbers of
 * steps. The tables are those published, with three decimals, without their closing 0.
 *
 * @param name of the family
 * @param levels sigma / alpha, above 0, strictly falling
 * @paper Sabour et al. 2024: Align Your Steps: Optimizing Sampling Schedules in Diffusion Models, arXiv:2404.14507
 */
public record AlignYourSteps(String name, List<Double> levels) {
    /** Stable Diffusion 1.5. */
    public static final AlignYourSteps STABLE_DIFFUSION = new AlignYourSteps(
            "stable-diffusion", List.of(14.615, 6.475, 3.861, 2.697, 1.886, 1.396, 0.963, 0.652, 0.399, 0.152));

    /** Stable Diffusion XL. */
    public static final AlignYourSteps STABLE_DIFFUSION_XL = new AlignYourSteps(
            "stable-diffusion-xl", List.of(14.615, 6.315, 3.771, 2.181, 1.342, 0.862, 0.555, 0.380, 0.234, 0.113));

    /** Stable Video Diffusion. */
    public static final AlignYourSteps STABLE_VIDEO_DIFFUSION = new AlignYourSteps(
            "stable-video-diffusion", List.of(700.0, 54.5, 15.886, 7.977, 4.248, 1.789, 0.981, 0.403, 0.173, 0.034));

    public AlignYourSteps {
        levels = List.copyOf(levels);
        if (levels.size() < 2) {
            throw new IllegalArgumentException(
                    "align your steps: got " + levels.size() + " levels; expected at least 2");
        }
        for (int i = 0; i < levels.size(); i++) {
            if (!(levels.get(i) > 0) || (i > 0 && !(levels.get(i) < levels.get(i - 1)))) {
                throw new IllegalArgumentException("align your steps: got level " + levels.get(i) + " at place " + i
                        + "; expected above 0 and strictly falling, without the closing 0");
            }
        }
    }

    /**
     * n levels whose logarithms lie on the table's, read as a broken line over its normalised index.
     *
     * @param n at least 1; one level is the first
     */
    public double[] resampled(int n) {
        if (n < 1) {
            throw new IllegalArgumentException("align your steps: got " + n + " levels; expected at least 1");
        }
        double[] out = new double[n];
        int last = levels.size() - 1;
        for (int i = 0; i < n; i++) {
            double place = n == 1 ? 0 : (double) i * last / (n - 1);
            int left = Math.min(last - 1, (int) place);
            double before = Math.log(levels.get(left));
            double after = Math.log(levels.get(left + 1));
            out[i] = Math.exp(before + (after - before) * (place - left));
        }
        return out;
    }
}
