/** Training steps: draw, loss, gradient, update. */
@NullMarked
package org.fewstep.bench.losses;

import org.jspecify.annotations.NullMarked;
