/**
 * Interpolants between noise and data: schedules with their derivatives, the sample of a path with its velocity, and
 * the conversions among predictions of x0, eps, v and the score.
 */
@NullMarked
package org.fewstep.path;

import org.jspecify.annotations.NullMarked;
