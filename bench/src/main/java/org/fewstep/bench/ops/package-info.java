/** Operations on tensors, with the bookkeeping that a user pays for: scope, pool and, for gradients, the tape. */
@NullMarked
package org.fewstep.bench.ops;

import org.jspecify.annotations.NullMarked;
