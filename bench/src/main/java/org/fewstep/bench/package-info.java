/**
 * What the engine takes, beside what other libraries take for the same work on the same machine.
 *
 * <p>{@code work} holds the work itself; {@code kernels}, {@code ops}, {@code networks} and {@code losses} time it on this
 * engine, {@code peers} on other libraries; {@code machine} measures what the machine could do; {@code report} turns one
 * run into a table of ratios.
 */
@NullMarked
package org.fewstep.bench;

import org.jspecify.annotations.NullMarked;
