/**
 * Losses, one file a method, each in its paper's direction of time.
 *
 * <p>A {@link org.fewstep.loss.Loss} is a {@code draw}, which holds all randomness, and a deterministic {@code loss} of
 * networks and draw that returns a {@link org.fewstep.loss.LossResult}.
 */
@NullMarked
package org.fewstep.loss;

import org.jspecify.annotations.NullMarked;
