package org.fewstep.bench.peers.djl;

import ai.djl.engine.Engine;
import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDList;
import ai.djl.ndarray.types.Shape;
import ai.djl.nn.Activation;
import ai.djl.nn.convolutional.Conv2d;
import ai.djl.nn.core.Linear;
import ai.djl.nn.norm.LayerNorm;
import ai.djl.training.GradientCollector;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/** Operations in the fastest form that DJL has for them. */
final class Torch {
    private Torch() {}

    /** x sigmoid(x); {@code Activation.swish} takes ten times as long. */
    static NDArray silu(NDArray x) {
        return x.mul(Activation.sigmoid(x));
    }

    /** x (1 + tanh(sqrt(2 / pi) (x + 0.044715 x^3))) / 2. */
    static NDArray geluTanh(NDArray x) {
        NDArray inner = x.mul(x).mul(x).mul(0.044715f).add(x).mul((float) Math.sqrt(2 / Math.PI));
        return inner.tanh().add(1).mul(x).mul(0.5f);
    }

    /** x W^T + b with W (out, in). */
    static NDArray linear(NDArray x, NDArray w, NDArray b) {
        return Linear.linear(x, w, b).singletonOrThrow();
    }

    /** Normalisation of the last axis with scale and shift. */
    static NDArray layerNorm(NDArray x, NDArray scale, NDArray shift, double eps) {
        Shape last = new Shape(x.getShape().get(x.getShape().dimension() - 1));
        return LayerNorm.layerNorm(x, last, scale, shift, (float) eps).singletonOrThrow();
    }

    /** Convolution with equal stride and padding on both axes. */
    static NDArray conv2d(NDArray x, NDArray w, @Nullable NDArray b, int stride, int padding) {
        return Conv2d.conv2d(x, w, b, new Shape(stride, stride), new Shape(padding, padding))
                .singletonOrThrow();
    }

    /** Attention from (B, T, 3 H C), the last axis [q, k, v][head][channel], to (B, T, H C). */
    static NDArray selfAttention(NDArray qkv, int heads) {
        long batch = qkv.getShape().get(0);
        long tokens = qkv.getShape().get(1);
        long width = qkv.getShape().get(2) / 3;
        long channels = width / heads;
        NDList parts = qkv.reshape(batch, tokens, 3, heads, channels)
                .transpose(2, 0, 3, 1, 4)
                .split(3);
        NDArray q = parts.get(0).squeeze(0);
        NDArray k = parts.get(1).squeeze(0);
        NDArray v = parts.get(2).squeeze(0);
        NDArray scores = q.matMul(k.transpose(0, 1, 3, 2)).mul((float) (1 / Math.sqrt(channels)));
        return scores.softmax(-1).matMul(v).transpose(0, 2, 1, 3).reshape(batch, tokens, width);
    }

    /**
     * Gradients of a scalar by operands. Each call makes leaves of its own on the operands' numbers: nothing is added to
     * an earlier gradient, and libtorch need not copy the new one.
     */
    static NDList gradient(Function<NDList, NDArray> scalar, NDArray... operands) {
        NDList leaves = new NDList();
        for (NDArray operand : operands) {
            NDArray leaf = operand.stopGradient();
            leaf.setRequiresGradient(true);
            leaves.add(leaf);
        }
        try (GradientCollector collector = Engine.getEngine("PyTorch").newGradientCollector()) {
            collector.backward(scalar.apply(leaves));
        }
        NDList gradients = new NDList();
        for (NDArray leaf : leaves) {
            gradients.add(leaf.getGradient());
        }
        return gradients;
    }
}
