/** Orders of convergence of the solvers, and what a step costs. */
@NullMarked
package org.fewstep.bench.solvers;

import org.jspecify.annotations.NullMarked;
