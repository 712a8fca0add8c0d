/**
 * Training runs: a {@link org.fewstep.train.Recipe} says everything, a {@link org.fewstep.train.Trainer} carries it out
 * in a run folder, a {@link org.fewstep.train.Checkpoint} holds all that the rest of the run depends on.
 *
 * <p>A step is a function of its number, the seed and the state: data order, times and noise are never consumed, so a
 * run that was killed and resumed leaves the same bytes as an unbroken one.
 */
@NullMarked
package org.fewstep.train;

import org.jspecify.annotations.NullMarked;
