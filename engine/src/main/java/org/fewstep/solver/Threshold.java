package org.fewstep.solver;

import java.util.Locale;
import org.jspecify.annotations.Nullable;

/**
 * A choice between {@link StaticThresholding} and {@link DynamicThresholding} for data in [-1, 1].
 *
 * @param quantile of |x0| to which dynamic thresholding clips, but not below 1; null for the static one
 */
public record Threshold(@Nullable Double quantile) {
    /** Clips to [-1, 1]. */
    public static final Threshold STATIC = new Threshold(null);

    /** The published quantile. */
    public static final double PUBLISHED_QUANTILE = 0.995;

    public Threshold {
        if (quantile != null && !(quantile >= 0 && quantile <= 1)) {
            throw new IllegalArgumentException("threshold: got quantile " + quantile + "; expected 0 to 1");
        }
    }

    /**
     * Reads {@code static}, {@code dynamic} or {@code dynamic:0.99}.
     *
     * @throws IllegalArgumentException for anything else
     */
    public static Threshold of(String text) {
        String name = text.toLowerCase(Locale.ROOT);
        if (name.equals("static")) {
            return STATIC;
        }
        if (name.equals("dynamic")) {
            return new Threshold(PUBLISHED_QUANTILE);
        }
        if (name.matches("dynamic:[01](\\.[0-9]{1,15})?")) {
            return new Threshold(Double.valueOf(name.substring("dynamic:".length())));
        }
        throw new IllegalArgumentException(
                "threshold: got \"" + text + "\"; expected static, dynamic, or dynamic:P with a quantile P of 0 to 1");
    }

    /** The field with its x0 clipped. */
    public Field over(Field x0) {
        return quantile == null
                ? new StaticThresholding(x0, 1)
                : new DynamicThresholding(x0, quantile, 1, Double.POSITIVE_INFINITY);
    }
}
