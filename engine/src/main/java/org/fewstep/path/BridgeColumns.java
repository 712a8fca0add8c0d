package org.fewstep.path;

import static org.fewstep.op.Ops.reshape;

import java.util.List;
import java.util.function.DoubleUnaryOperator;
import org.fewstep.tensor.Tensor;

/**
 * The coefficients of a {@link Bridge} at one time a sample, as tensors; the counterpart of {@link PathColumns}.
 *
 * @param t times (B)
 * @param source coefficient a of the source (B, 1, ..., 1)
 * @param data coefficient b of the data (B, 1, ..., 1)
 * @param noise coefficient c of the noise (B, 1, ..., 1)
 * @param dSource of the source in the velocity (B, 1, ..., 1)
 * @param dData of the data in the velocity (B, 1, ..., 1)
 * @param dNoise of the noise in the velocity (B, 1, ..., 1)
 */
public record BridgeColumns(
        Tensor t, Tensor source, Tensor data, Tensor noise, Tensor dSource, Tensor dData, Tensor dNoise) {
    /** The columns at times t (B) beside the state {@code like} (B, ...); worked out in double, rounded once. */
    public static BridgeColumns of(Bridge bridge, double[] t, Tensor like) {
        return new BridgeColumns(
                reshape(Tensor.perSample(t, like), t.length),
                column(bridge::source, t, like),
                column(bridge::data, t, like),
                column(bridge::noise, t, like),
                column(bridge::dSource, t, like),
                column(bridge::dData, t, like),
                column(bridge::dNoise, t, like));
    }

    private static Tensor column(DoubleUnaryOperator coefficient, double[] t, Tensor like) {
        double[] values = new double[t.length];
        for (int i = 0; i < t.length; i++) {
            values[i] = coefficient.applyAsDouble(t[i]);
        }
        return Tensor.perSample(values, like);
    }

    /** All columns, in the order of the components. */
    public List<Tensor> tensors() {
        return List.of(t, source, data, noise, dSource, dData, dNoise);
    }
}
