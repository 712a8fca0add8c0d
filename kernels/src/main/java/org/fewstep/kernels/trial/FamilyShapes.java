package org.fewstep.kernels.trial;

import java.util.List;
import java.util.Locale;
import org.fewstep.kernels.Workload;

/** The shapes of one family and its trials at them. */
abstract class FamilyShapes {
    private final Workload.Family family;
    private final String form;
    private final List<String> usual;
    private final List<String> edges;

    /**
     * Describes them.
     *
     * @param form how a shape is written, its sizes joined by " x "
     * @param usual as networks have them, the first for a quick look
     * @param edges where kernels err
     */
    FamilyShapes(Workload.Family family, String form, List<String> usual, List<String> edges) {
        this.family = family;
        this.form = form;
        this.usual = usual;
        this.edges = edges;
    }

    final String form() {
        return form;
    }

    final List<String> usual() {
        return usual;
    }

    final List<String> edges() {
        return edges;
    }

    /** Adds the trials of all codes at a shape. */
    abstract void add(int[] sizes, String shape, List<Trial> to);

    /** Adds what is worth a check there, and no race: turned operands, other layouts. */
    void addVariants(int[] sizes, String shape, List<Trial> to) {}

    final Trial trial(String label, String shape, double epsilons, Trial.Maker maker) {
        return new Trial(family, label, shape, epsilons, maker, null);
    }

    /** Tolerance of a sum of {@code n} products that is rounded after each. */
    static double sum(long n) {
        return 8 + 2 * Math.sqrt((double) n);
    }

    static String lower(Enum<?> code) {
        return code.name().toLowerCase(Locale.ROOT);
    }
}
