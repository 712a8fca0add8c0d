package org.fewstep.model;

import org.fewstep.kernels.DType;
import org.fewstep.kernels.Device;
import org.fewstep.tensor.Rng;

/**
 * Where a network's parameters are made and from which numbers they are drawn.
 *
 * @param rng each part draws from its own stream, named after it, so adding a layer leaves the others unchanged
 */
public record Init(Device device, DType dtype, Rng rng) {
    /** The start of a named part. */
    public Init part(String name) {
        return new Init(device, dtype, rng.stream(name));
    }
}
