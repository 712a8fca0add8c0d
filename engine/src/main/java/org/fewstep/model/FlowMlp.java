package org.fewstep.model;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.fewstep.op.Ops;
import org.fewstep.tensor.Shape;
import org.fewstep.tensor.Tensor;
import org.jspecify.annotations.Nullable;

/** State, times and class vector side by side through an {@link Mlp} with SiLU: the network of 2-D studies. */
public final class FlowMlp extends FlowNetwork {
    private final MlpConfig config;
    private final TimeFeatures time;
    private final @Nullable TimeFeatures second;
    private final @Nullable ClassEmbedding labels;
    private final Mlp mlp;

    FlowMlp(Init init, MlpConfig c) {
        this.config = c;
        this.time =
                child("time", new TimeFeatures(init.part("time"), c.timeEncoding(), c.timeWidth(), c.maxFrequency()));
        this.second = c.times() == 1
                ? null
                : child(
                        "second",
                        new TimeFeatures(init.part("second"), c.timeEncoding(), c.timeWidth(), c.maxFrequency()));
        this.labels = c.classes() == 0
                ? null
                : child("labels", new ClassEmbedding(init.part("labels"), c.classes(), c.classWidth()));
        int[] widths = new int[c.depth() + 2];
        Arrays.fill(widths, c.width());
        widths[0] = c.dim() + c.times() * c.timeWidth() + (c.classes() == 0 ? 0 : c.classWidth());
        widths[c.depth() + 1] = c.outputs();
        this.mlp = child("mlp", new Mlp(init.part("mlp"), Activation.SILU, widths));
    }

    @Override
    public MlpConfig config() {
        return config;
    }

    @Override
    public List<Tensor> lastLayer() {
        return mlp.last().leaves();
    }

    @Override
    protected Tensor forward(Tensor x, Tensor from, Tensor to, Cond cond) {
        Tensor y = outputs(x, from, to, cond);
        return Ops.reshape(config.velocityHead() ? Ops.slice(y, 1, 0, config.dim()) : y, x.shape());
    }

    @Override
    protected List<Tensor> forwardHeads(Tensor x, Tensor from, Tensor to, Cond cond) {
        Tensor[] heads = Ops.split(outputs(x, from, to, cond), 1, 2);
        return List.of(Ops.reshape(heads[0], x.shape()), Ops.reshape(heads[1], x.shape()));
    }

    /** What the last layer gives, (B, outputs). */
    private Tensor outputs(Tensor x, Tensor from, Tensor to, Cond cond) {
        int batch = x.dim(0);
        List<Tensor> columns = new ArrayList<>();
        columns.add(Ops.reshape(x, Shape.of(batch, config.dim())));
        columns.add(time.of(from));
        if (second != null) {
            columns.add(second.of(config.pair() == TimePair.SPAN ? Ops.sub(from, to) : to));
        }
        if (labels != null) {
            columns.add(labels.of(cond.labels(), batch));
        }
        return mlp.of(Ops.concat(1, columns.toArray(new Tensor[0])));
    }
}
