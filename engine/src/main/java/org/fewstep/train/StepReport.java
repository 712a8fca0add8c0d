package org.fewstep.train;

/**
 * What one step did.
 *
 * @param step steps done, from 1
 * @param steps of the whole run
 * @param loss of the step's batch, before the update
 * @param learningRate of the update
 * @param gradNorm of all gradients together, before clipping
 */
public record StepReport(long step, long steps, double loss, double learningRate, double gradNorm) {}
