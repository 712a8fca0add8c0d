/**
 * Values: contiguous, row-major, immutable arrays with a shape, a dtype and a device. Applying an op to tensors is the
 * one place where arithmetic is started, recorded for reverse mode and extended with tangents for forward mode.
 */
@NullMarked
package org.fewstep.tensor;

import org.jspecify.annotations.NullMarked;
