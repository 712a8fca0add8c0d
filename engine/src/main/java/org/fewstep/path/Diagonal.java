package org.fewstep.path;

/**
 * Which samples of a batch get r = t, where a flow map is plain flow matching.
 *
 * <p>The two MeanFlow codes name the share with opposite meanings: {@link Leading} takes the share of samples
 * <em>with</em> r = t, {@link Ratio} the share <em>without</em>.
 */
public sealed interface Diagonal {
    /**
     * The samples with r = t.
     *
     * @param uniform one number in (0, 1) a sample
     */
    boolean[] of(double[] uniform);

    /**
     * The first floor(B dataProportion) samples (Gsunshine/meanflow, JAX).
     *
     * @param dataProportion share with r = t, 0 to 1
     */
    record Leading(double dataProportion) implements Diagonal {
        public Leading {
            requireShare("data proportion", dataProportion);
        }

        @Override
        public boolean[] of(double[] uniform) {
            boolean[] on = new boolean[uniform.length];
            int count = (int) Math.floor(uniform.length * dataProportion);
            for (int i = 0; i < count; i++) {
                on[i] = true;
            }
            return on;
        }
    }

    /**
     * Each sample where u &lt; 1 - ratio (Gsunshine/py-meanflow, torch).
     *
     * @param ratio share with r != t, 0 to 1
     */
    record Ratio(double ratio) implements Diagonal {
        public Ratio {
            requireShare("ratio", ratio);
        }

        @Override
        public boolean[] of(double[] uniform) {
            boolean[] on = new boolean[uniform.length];
            for (int i = 0; i < on.length; i++) {
                on[i] = uniform[i] < 1 - ratio;
            }
            return on;
        }
    }

    private static void requireShare(String what, double share) {
        if (!(0 <= share && share <= 1)) {
            throw new IllegalArgumentException(what + ": got " + share + "; expected 0 to 1");
        }
    }
}
