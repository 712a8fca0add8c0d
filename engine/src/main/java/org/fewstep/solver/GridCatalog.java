package org.fewstep.solver;

import java.util.List;
import java.util.Locale;

/** The spacings of grids by name, as recipes and the command line know them. */
public final class GridCatalog {
    private static final List<Spacing> ALL = List.of(
            PowerSpacing.UNIFORM,
            PowerSpacing.QUADRATIC,
            LogSnrSpacing.UNIFORM,
            new KarrasSpacing(),
            new BetaSpacing(),
            new CosineSpacing());

    private GridCatalog() {}

    /** All of them, with their usual options. */
    public static List<Spacing> all() {
        return ALL;
    }

    /**
     * The spacing of a name.
     *
     * @throws IllegalArgumentException for a name that there is not
     */
    public static Spacing of(String name) {
        for (Spacing spacing : ALL) {
            if (spacing.name().equals(name.toLowerCase(Locale.ROOT))) {
                return spacing;
            }
        }
        throw new IllegalArgumentException("grid: got \"" + name + "\"; expected one of "
                + String.join(", ", ALL.stream().map(Spacing::name).toList()));
    }
}
