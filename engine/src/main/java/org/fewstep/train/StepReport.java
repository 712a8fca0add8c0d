package org.fewstep.train;

/**
 * What one step did.
 *
 * @param step steps done, from 1
 * @param steps of the whole run
 * @param loss mean error of the step's batch without adaptive weights, before the update
 * @param objective value that is differentiated; a weight such as MeanFlow's keeps it near 1 whatever the loss
 * @param learningRate of the update
 * @param gradNorm of all gradients together, before clipping
 */
public record StepReport(long step, long steps, double loss, double objective, double learningRate, double gradNorm) {}
