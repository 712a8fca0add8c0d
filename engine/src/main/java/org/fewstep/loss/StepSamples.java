package org.fewstep.loss;

import java.util.ArrayList;
import java.util.List;
import org.fewstep.model.Cond;
import org.fewstep.model.PredictionNet;
import org.fewstep.op.Ops;
import org.fewstep.tensor.Rng;
import org.fewstep.tensor.Tensor;
import org.jspecify.annotations.Nullable;

/**
 * What a student of a few steps makes, at each of them alike, for the loss of a discriminator.
 *
 * @param steps of the student
 * @param student gives clean data
 * @param classes number of classes K; 0 for none
 */
public record StepSamples(StudentSteps steps, PredictionNet student, int classes)
        implements Generated<StepSamples.Draw> {
    /**
     * The randomness of a step.
     *
     * @param real samples (B, ...)
     * @param start of the student
     * @param labels of the samples (B), or null
     * @param cond the labels on the device
     */
    public record Draw(Tensor real, StudentSteps.Start start, int @Nullable [] labels, Cond cond) {}

    @Override
    public Draw draw(Batch batch, Rng rng, int step) {
        int[] labels = Labels.of("student samples", batch, classes);
        Tensor x0 = batch.x0();
        return new Draw(x0, steps.draw(x0, rng, step), labels, Labels.cond(labels, classes, x0));
    }

    @Override
    public Pairs of(Draw draw) {
        return new Pairs(draw.real, steps.samples(student, draw.start, draw.cond), draw.start.t(), draw.cond);
    }

    @Override
    public List<Tensor> inputs(Draw draw) {
        if (!steps.recordable()) {
            return List.of();
        }
        List<Tensor> inputs = new ArrayList<>(draw.start.tensors());
        inputs.add(draw.real);
        Labels.addTo(inputs, draw.cond);
        return inputs;
    }

    @Override
    public Draw slice(Draw draw, int from, int to) {
        int[] labels = Labels.slice(draw.labels, from, to);
        return new Draw(
                Ops.slice(draw.real, 0, from, to),
                steps.slice(draw.start, from, to),
                labels,
                Labels.cond(labels, classes, draw.real));
    }
}
