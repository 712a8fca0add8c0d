package org.fewstep.train;

import org.fewstep.loss.MapUncertainty;
import org.fewstep.model.MapVarianceHead;
import org.jspecify.annotations.Nullable;

/** The learned weight of the two times of a map. */
final class MapWeight {
    private MapWeight() {}

    /** That of a run, or null. */
    static @Nullable MapUncertainty of(Roles roles) {
        MapVarianceHead head = roles.logVariance(MapVarianceHead.class);
        return head == null ? null : head::of;
    }
}
