/**
 * How far a set of generated samples is from data, in double precision on the host.
 *
 * <p>A sample set is a row-major array of n points with d coordinates; both sets of a distance share d, not n. Nothing
 * here is differentiable. {@link org.fewstep.metric.EnergyDistance} and {@link org.fewstep.metric.SlicedWasserstein2}
 * need no tuning, {@link org.fewstep.metric.Mmd} needs a bandwidth, and {@link org.fewstep.metric.ModeCoverage} says
 * which mode of a known mixture is missing.
 */
@NullMarked
package org.fewstep.metric;

import org.jspecify.annotations.NullMarked;
