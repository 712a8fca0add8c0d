/**
 * The work that is timed, apart from who times it: operands that depend on their names alone, the work on this engine,
 * and the check that another library computes the same numbers.
 */
@NullMarked
package org.fewstep.bench.work;

import org.jspecify.annotations.NullMarked;
