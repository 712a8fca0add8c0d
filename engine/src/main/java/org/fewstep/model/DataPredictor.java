package org.fewstep.model;

import static org.fewstep.op.Ops.clamp;
import static org.fewstep.op.Ops.div;
import static org.fewstep.op.Ops.sub;

import java.util.List;
import org.fewstep.tensor.Tensor;

/**
 * A network F that predicts data, as an average velocity on the linear path with noise at 1: u(x, t, r) = (x - F(x, t, r)) /
 * max(t, least).
 *
 * @paper pixel MeanFlow; checked against Lyy-iiis/pMF
 */
public final class DataPredictor extends FlowNetwork {
    private final DataPredictorConfig config;
    private final FlowNetwork net;

    DataPredictor(Init init, DataPredictorConfig config) {
        this.config = config;
        if (!(child("net", config.net().build(init)) instanceof FlowNetwork flow)) {
            throw new IllegalArgumentException(
                    "data predictor: got " + config.net() + "; expected a network of state and times");
        }
        this.net = flow;
    }

    @Override
    public DataPredictorConfig config() {
        return config;
    }

    @Override
    public List<Tensor> lastLayer() {
        return net.lastLayer();
    }

    @Override
    protected Tensor forward(Tensor x, Tensor from, Tensor to, Cond cond) {
        return div(sub(x, net.u(x, from, to, cond)), divisor(x, from));
    }

    @Override
    protected List<Tensor> forwardHeads(Tensor x, Tensor from, Tensor to, Cond cond) {
        TwoHeadNet.Heads data = net.heads(x, from, to, cond);
        Tensor t = divisor(x, from);
        return List.of(div(sub(x, data.u()), t), div(sub(x, data.v()), t));
    }

    private Tensor divisor(Tensor x, Tensor from) {
        return clamp(PerSampleColumn.of(from, x), config.leastTime(), 1);
    }
}
