/** Whole networks: outputs and training steps. */
@NullMarked
package org.fewstep.bench.networks;

import org.jspecify.annotations.NullMarked;
