package org.fewstep.loss;

import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.Map;
import org.fewstep.tensor.Tensor;

/**
 * The value of a loss with what it was made of.
 *
 * @param total scalar to differentiate
 * @param error scalar to watch: the mean error without a weight that hides its size, the total where there is none
 * @param perSample (B) contributions whose mean is the total
 * @param parts named targets, tangents, predictions and weights, in the order of the paper's lines; pinned, so that
 *     they can be read after the gradient was taken
 */
public record LossResult(Tensor total, Tensor error, Tensor perSample, Map<String, Tensor> parts) {
    /** A loss without weights: its total is the error. */
    public LossResult(Tensor total, Tensor perSample, Map<String, Tensor> parts) {
        this(total, total, perSample, parts);
    }

    public LossResult {
        total.pin();
        error.pin();
        perSample.pin();
        parts = Collections.unmodifiableMap(new LinkedHashMap<>(parts));
        parts.values().forEach(Tensor::pin);
    }

    /** A named part. */
    public Tensor part(String name) {
        Tensor part = parts.get(name);
        if (part == null) {
            throw new IllegalArgumentException("loss: got part \"" + name + "\"; expected one of " + parts.keySet());
        }
        return part;
    }
}
