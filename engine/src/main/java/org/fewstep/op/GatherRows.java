package org.fewstep.op;

import org.fewstep.kernels.Gather;
import org.fewstep.tensor.Shape;
import org.fewstep.tensor.Tensor;

/** Rows of a (rows, width) table picked by an I32 index of shape (count). */
record GatherRows(Tensor index) implements LinearOp {
    @Override
    public String name() {
        return "gatherRows";
    }

    @Override
    public Tensor forward(Tensor... in) {
        Tensor table = in[0];
        Args.requireFloats(name(), table);
        Picking.requireTable(name(), table);
        Picking.requireIndex(name(), table, index);
        Tensor y = Tensor.of(
                table.device().allocate(table.dtype(), index.dim(0) * table.dim(1)),
                Shape.of(index.dim(0), table.dim(1)));
        y.device()
                .run(new Gather(
                        Gather.Code.PICK,
                        table.dim(0),
                        index.dim(0),
                        table.dim(1),
                        index.buffer(),
                        table.buffer(),
                        y.buffer()));
        return y;
    }

    @Override
    public Tensor transpose(Tensor g, Tensor x) {
        return Tensor.apply(new ScatterAddRows(index, x.dim(0)), g);
    }
}
