/**
 * Networks: {@link org.fewstep.model.Module} and its layers, the roles a network plays for losses and solvers
 * ({@link org.fewstep.model.VelocityNet}, {@link org.fewstep.model.FlowMapNet}, {@link org.fewstep.model.Denoiser},
 * {@link org.fewstep.model.ScoreNet}), and the architectures.
 */
@NullMarked
package org.fewstep.model;

import org.jspecify.annotations.NullMarked;
