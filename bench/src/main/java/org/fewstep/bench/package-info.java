/**
 * Measurements: JMH benchmarks of kernels, ops, losses and solvers. They run from {@code benchmarks.jar} and are never
 * part of the gate; a number that a document quotes comes with the command that printed it.
 */
@NullMarked
package org.fewstep.bench;

import org.jspecify.annotations.NullMarked;
