/**
 * Arithmetic on buffers, on every device: the contract (allocate, copy, run a workload, lifetime) and one class for
 * each kernel family. Nothing here knows a tensor, a probability or a network; the packages below hold the devices.
 */
@NullMarked
package org.fewstep.kernels;

import org.jspecify.annotations.NullMarked;
