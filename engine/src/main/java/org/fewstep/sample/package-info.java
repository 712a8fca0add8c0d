/**
 * Generation with trained models.
 *
 * <p>{@link org.fewstep.sample.Generator} is the embedding API: it loads a {@link org.fewstep.sample.ModelFile} and makes
 * samples, from any thread. Below it stand the loops: {@link org.fewstep.sample.FlowMapSampler} jumps by average
 * velocities, {@link org.fewstep.sample.OdeSampler} integrates a velocity with guidance. {@link
 * org.fewstep.sample.Translator} is the API for models between two data sets.
 */
@NullMarked
package org.fewstep.sample;

import org.jspecify.annotations.NullMarked;
