package org.fewstep.op;

import org.fewstep.kernels.DType;
import org.fewstep.tensor.Shape;
import org.fewstep.tensor.Tensor;

/** Rows and elements picked by index, and rows added by index. */
final class Picking {
    private Picking() {}

    static Tensor gatherRows(Tensor table, int[] index) {
        Args.requireFloats("gatherRows", table);
        requireTable("gatherRows", table);
        return Tensor.apply(new GatherRows(indices("gatherRows", table, index, table.dim(0))), table);
    }

    static Tensor scatterAddRows(Tensor x, int[] index, int rows) {
        Args.requireFloats("scatterAddRows", x);
        requireTable("scatterAddRows", x);
        return Tensor.apply(new ScatterAddRows(indices("scatterAddRows", x, index, rows), rows), x);
    }

    /** The element of each row of the last axis: x as a table of one column, each row's index behind those before it. */
    static Tensor pick(Tensor x, int[] index) {
        Args.requireFloats("pick", x);
        int n = x.rank() == 0 ? 0 : x.dim(-1);
        int rows = n == 0 ? -1 : x.shape().count() / n;
        if (index.length != rows) {
            throw new IllegalArgumentException("pick: got " + index.length + " indices for " + x.shape()
                    + "; expected one a row of the last axis");
        }
        int[] place = new int[rows];
        for (int i = 0; i < rows; i++) {
            if (index[i] < 0 || index[i] >= n) {
                throw new IllegalArgumentException(
                        "pick: got index " + index[i] + " at " + i + "; expected 0.." + (n - 1));
            }
            place[i] = i * n + index[i];
        }
        int[] sizes = x.shape().sizes();
        Shape left = Shape.of(java.util.Arrays.copyOf(sizes, sizes.length - 1));
        Tensor column = Ops.reshape(x, Shape.of(x.shape().count(), 1));
        return Ops.reshape(Tensor.apply(new GatherRows(Tensor.of(x.device(), place, rows)), column), left);
    }

    private static Tensor indices(String name, Tensor x, int[] index, int rows) {
        for (int k = 0; k < index.length; k++) {
            if (index[k] < 0 || index[k] >= rows) {
                throw new IllegalArgumentException(name + ": got index " + index[k] + " at " + k + " for " + rows
                        + " rows; expected 0.." + (rows - 1));
            }
        }
        return Tensor.of(x.device(), index, index.length);
    }

    static void requireTable(String name, Tensor table) {
        if (table.rank() != 2) {
            throw new IllegalArgumentException(name + ": got " + table.shape() + "; expected (rows, width)");
        }
    }

    /** An I32 index (count) on the device of x. */
    static void requireIndex(String name, Tensor x, Tensor index) {
        Args.requireLive(name, x, index);
        if (index.rank() != 1 || index.dtype() != DType.I32) {
            throw new IllegalArgumentException(
                    name + ": got an index " + index.dtype() + " " + index.shape() + "; expected I32 (count)");
        }
    }
}
