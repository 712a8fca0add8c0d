package org.fewstep.op;

import org.fewstep.kernels.Elementwise;
import org.fewstep.tensor.Tensor;

/** factor x + shift. */
record ScaleShift(double factor, double shift) implements ElementwiseOp {
    @Override
    public String name() {
        return "scaleShift";
    }

    @Override
    public Elementwise.Code code() {
        return Elementwise.Code.AFFINE;
    }

    @Override
    public double a() {
        return factor;
    }

    @Override
    public double b() {
        return shift;
    }

    @Override
    public Tensor along(int i, Tensor d, Tensor y, Tensor... in) {
        return Ops.scale(d, factor);
    }

    @Override
    public boolean savesInput(int i) {
        return false;
    }
}
