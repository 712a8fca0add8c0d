package org.fewstep.kernels.gpu;

import java.util.List;
import org.fewstep.kernels.Workload;

/** Decides how each workload is run. */
@FunctionalInterface
interface Choices {
    /** Each family's own first choice. */
    Choices STANDARD = (work, legal) -> legal.get(0);

    /**
     * A choice for a workload.
     *
     * @param legal those that compute it on this device, the family's own first choice in front; at least one
     */
    Choice of(Workload work, List<Choice> legal);

    /** What a device's fingerprint says of choices that may change bits; nothing where the families' own run. */
    default String fingerprint() {
        return "";
    }

    /** One family by that choice wherever it is legal, all else as it is. */
    static Choices preferring(Workload.Family family, Choice choice) {
        return (work, legal) -> work.family() == family && legal.contains(choice) ? choice : legal.get(0);
    }
}
