package org.fewstep.bench.work;

import java.util.LinkedHashMap;
import java.util.Map;
import org.fewstep.model.Module;
import org.fewstep.model.StateDict;
import org.fewstep.tensor.Shape;

/**
 * A network's parameter as another library stores it.
 *
 * @param shape of a PyTorch state dictionary
 * @param values row-major
 * @param trained false for a constant
 */
public record Published(Shape shape, float[] values, boolean trained) {
    /** All parameters of a network under their published names. */
    public static Map<String, Published> of(Module net) {
        Map<String, Published> all = new LinkedHashMap<>();
        net.parameters().forEach((name, parameter) -> {
            double[] values = StateDict.published(
                    name, parameter.shape(), parameter.leaf().toDoubles());
            float[] numbers = new float[values.length];
            for (int i = 0; i < numbers.length; i++) {
                numbers[i] = (float) values[i];
            }
            all.put(
                    StateDict.name(name),
                    new Published(StateDict.shape(name, parameter.shape()), numbers, parameter.trained()));
        });
        return all;
    }
}
