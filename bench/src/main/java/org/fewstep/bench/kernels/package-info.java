/** Kernel families on a device, one launch a call. */
@NullMarked
package org.fewstep.bench.kernels;

import org.jspecify.annotations.NullMarked;
