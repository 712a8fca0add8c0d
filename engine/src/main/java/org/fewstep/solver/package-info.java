/**
 * Solvers of the sampling ODEs and SDEs.
 *
 * <p>A {@link org.fewstep.solver.TimeGrid} goes through a {@link org.fewstep.solver.Solver} and becomes a {@link
 * org.fewstep.solver.StepPlan}: a straight-line program of field evaluations, noise draws and linear combinations with
 * all coefficients computed in double, which can be printed and tested without a model. {@link
 * org.fewstep.solver.Sampler} or a {@link org.fewstep.solver.Stepper} runs it on a {@link org.fewstep.solver.Field}.
 */
@NullMarked
package org.fewstep.solver;

import org.jspecify.annotations.NullMarked;
