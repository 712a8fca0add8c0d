package org.fewstep.bench.kernels;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.stream.Collectors;
import org.fewstep.kernels.Workload;

/** Kernel families by their names. */
final class Families {
    /** All names. */
    static final String ALL =
            Arrays.stream(Workload.Family.values()).map(Families::name).collect(Collectors.joining(", "));

    private Families() {}

    static String name(Workload.Family family) {
        return family.name().toLowerCase(Locale.ROOT);
    }

    /**
     * The family of a name.
     *
     * @throws IllegalArgumentException when there is none
     */
    static Workload.Family of(String name) {
        for (Workload.Family family : Workload.Family.values()) {
            if (name(family).equals(name)) {
                return family;
            }
        }
        throw new IllegalArgumentException("family: got \"" + name + "\"; expected one of " + ALL);
    }

    /** Those of the names; all where there is no name. */
    static List<Workload.Family> of(List<String> names) {
        if (names.isEmpty()) {
            return List.of(Workload.Family.values());
        }
        List<Workload.Family> families = new ArrayList<>();
        names.forEach(name -> families.add(of(name)));
        return families;
    }
}
