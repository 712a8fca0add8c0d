package org.fewstep.model;

import org.fewstep.op.Ops;
import org.fewstep.tensor.Shape;
import org.fewstep.tensor.Tensor;

/**
 * Square patches of an image, each a token: a convolution whose stride is its kernel's size, computed as one linear layer
 * on the patches. Weights are stored as the convolution's, (out, in, patch, patch).
 */
final class PatchEmbedding extends Module {
    private final Parameter weight;
    private final Parameter bias;
    private final int patch;

    /** A layer with weight and bias uniform on (-k, k), k = 1 / sqrt(in patch^2). */
    PatchEmbedding(Init init, int in, int out, int patch) {
        this.patch = patch;
        Shape shape = Shape.of(out, in, patch, patch);
        double k = 1 / Math.sqrt((double) in * patch * patch);
        this.weight = parameter(init, "weight", shape, Starts.uniform(init, "weight", shape.count(), k));
        this.bias = parameter(init, "bias", Shape.of(out), Starts.uniform(init, "bias", out, k));
    }

    /** x (B, in, H, W) with sides divisible by the patch to (B, tokens, out), tokens row by row. */
    Tensor of(Tensor x) {
        int batch = x.dim(0);
        int in = x.dim(1);
        int rows = x.dim(2) / patch;
        int columns = x.dim(3) / patch;
        int depth = in * patch * patch;
        int out = bias.tensor().dim(0);
        Tensor split = Ops.reshape(x, batch, in, rows, patch, columns, patch);
        Tensor patches = Ops.reshape(Ops.permute(split, 0, 2, 4, 1, 3, 5), batch * rows * columns, depth);
        Tensor matrix = Ops.permute(Ops.reshape(weight.tensor(), out, depth), 1, 0);
        return Ops.reshape(Ops.linear(patches, matrix, bias.tensor()), batch, rows * columns, out);
    }
}
