/** Solvers' steps without the network: what their own arithmetic takes. */
@NullMarked
package org.fewstep.bench.solvers;

import org.jspecify.annotations.NullMarked;
