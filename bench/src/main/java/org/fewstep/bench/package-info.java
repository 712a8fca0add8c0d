/**
 * JMH benchmarks: {@code kernels} times the families, {@code losses} whole training steps, {@code peers} other
 * libraries on the same work, so that a figure is a ratio within one run.
 */
@NullMarked
package org.fewstep.bench;

import org.jspecify.annotations.NullMarked;
