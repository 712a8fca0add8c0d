package org.fewstep.kernels.cpu;

import org.fewstep.kernels.Layout;

/** Walks a range of points of a layout as runs along the last dimension; {@link Scratch} keeps one a thread. */
final class StridedRows {
    private int[] shape = {};
    private int[] strides = {};
    private int[] index = {};
    private int outer;
    private int inner;
    private int stride;
    private int left;
    private int row;
    private int column;
    private int place;
    private int length;

    /** Starts anew, before point {@code lo} of the row-major order of {@code shape}. */
    StridedRows over(Layout layout, int[] shape, int lo, int hi) {
        this.shape = shape;
        this.strides = layout.strides();
        this.outer = Math.max(0, shape.length - 1);
        this.inner = shape.length == 0 ? 1 : shape[outer];
        this.stride = shape.length == 0 ? 0 : strides[outer];
        if (index.length < outer) {
            index = new int[outer];
        }
        this.left = hi - lo;
        this.column = lo % inner;
        this.row = layout.offset();
        int rest = lo / inner;
        for (int d = outer - 1; d >= 0; d--) {
            index[d] = rest % shape[d];
            rest /= shape[d];
            row += index[d] * strides[d];
        }
        return this;
    }

    /** Moves to the next run; false when the range is done. */
    boolean next() {
        if (left == 0) {
            return false;
        }
        length = Math.min(inner - column, left);
        place = row + column * stride;
        left -= length;
        column = 0;
        for (int d = outer - 1; d >= 0; d--) {
            row += strides[d];
            if (++index[d] < shape[d]) {
                break;
            }
            row -= strides[d] * shape[d];
            index[d] = 0;
        }
        return true;
    }

    /** Place of the run's first element in the buffer. */
    int place() {
        return place;
    }

    /** Step from one element of the run to the next. */
    int stride() {
        return stride;
    }

    /** Number of elements of the run. */
    int length() {
        return length;
    }
}
