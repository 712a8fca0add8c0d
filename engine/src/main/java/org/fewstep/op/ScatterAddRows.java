package org.fewstep.op;

import org.fewstep.kernels.Gather;
import org.fewstep.tensor.Shape;
import org.fewstep.tensor.Tensor;

/** Rows of a (count, width) block added to a zero table of the given rows by an I32 index. */
record ScatterAddRows(Tensor index, int rows) implements LinearOp {
    @Override
    public String name() {
        return "scatterAddRows";
    }

    @Override
    public Tensor forward(Tensor... in) {
        Tensor x = in[0];
        Args.requireFloats(name(), x);
        Picking.requireTable(name(), x);
        Picking.requireIndex(name(), x, index);
        if (x.dim(0) != index.dim(0) || rows < 0) {
            throw new IllegalArgumentException("scatterAddRows: got " + index.dim(0) + " indices and " + rows
                    + " rows for " + x.shape() + "; expected one index a row of x, and rows of at least 0");
        }
        Tensor y = Tensor.of(x.device().allocate(x.dtype(), rows * x.dim(1)), Shape.of(rows, x.dim(1)));
        y.device()
                .run(new Gather(
                        Gather.Code.SCATTER_ADD, rows, index.dim(0), x.dim(1), index.buffer(), x.buffer(), y.buffer()));
        return y;
    }

    @Override
    public Tensor transpose(Tensor g, Tensor x) {
        return Tensor.apply(new GatherRows(index), g);
    }
}
