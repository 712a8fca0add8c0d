package org.fewstep.loss;

import java.util.Map;
import org.fewstep.tensor.NoGrad;
import org.fewstep.tensor.Tensor;

/**
 * A gradient as a loss.
 *
 * @param gradient of the samples
 * @param surrogate the value that has it
 */
public record GradientTerm(ScoreGradient gradient, Surrogate surrogate) implements ScoreTerm {
    @Override
    public Tensor perSample(ScorePoint point, Map<String, Tensor> parts) {
        Tensor g;
        try (NoGrad off = NoGrad.open()) {
            ScorePoint constant = point.stopped();
            g = gradient.of(constant);
            constant.addTo(parts);
        }
        Tensor each = surrogate.each(point.x(), g);
        parts.put("gradient", g);
        parts.put("each", each);
        return surrogate.of(each);
    }

    @Override
    public Coupling coupling() {
        return gradient.coupling();
    }

    @Override
    public boolean recordable() {
        return gradient.recordable();
    }
}
