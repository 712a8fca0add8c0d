package org.fewstep.loss;

import static org.fewstep.op.Ops.mul;
import static org.fewstep.op.Ops.mulAdd;

import java.util.List;
import org.fewstep.model.Cond;
import org.fewstep.model.PredictionNet;
import org.fewstep.path.PathCoefficients;
import org.fewstep.path.Prediction;
import org.fewstep.tensor.Tensor;

/**
 * What turns a network's prediction into x0 at one time a sample.
 *
 * @param t what the network gets as its times (B)
 * @param ofX weight of the state (B, 1, ..., 1)
 * @param ofValue weight of the prediction (B, 1, ..., 1)
 */
record X0Columns(Tensor t, Tensor ofX, Tensor ofValue) {
    /** The columns for points of a path; worked out in double, rounded once. */
    static X0Columns of(Prediction given, PathCoefficients at, double[] t, Tensor like) {
        double[][] weights = given.weights(Prediction.X0, at);
        return new X0Columns(
                PerSample.times(t, like), Tensor.perSample(weights[0], like), Tensor.perSample(weights[1], like));
    }

    /** x0 of states (B, ...) as the network predicts it. */
    Tensor x0(PredictionNet net, Tensor x, Cond cond) {
        return of(net.of(x, t, cond), x);
    }

    /** x0, or whatever the columns were made for, of a prediction at states (B, ...). */
    Tensor of(Tensor value, Tensor x) {
        return mulAdd(x, ofX, mul(value, ofValue));
    }

    List<Tensor> tensors() {
        return List.of(t, ofX, ofValue);
    }
}
