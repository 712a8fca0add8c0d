package org.fewstep.kernels.cpu;

import org.fewstep.kernels.Layout;

/**
 * Walks a range of points of a layout as runs along the last dimension, or as blocks of such runs; {@link Scratch} keeps one a
 * thread.
 */
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
    private int count;

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
        count = 1;
        length = Math.min(inner - column, left);
        place = row + column * stride;
        left -= length;
        column = 0;
        forward(1);
        return true;
    }

    /**
     * Moves to the next block, the whole runs of the last dimension but one that are left in it, or a part of a run at either end
     * of the range; false when the range is done.
     */
    boolean nextBlock() {
        if (column != 0 || left < 2 * inner || outer == 0) {
            return next();
        }
        count = Math.min(shape[outer - 1] - index[outer - 1], left / inner);
        length = inner;
        place = row;
        left -= count * inner;
        forward(count);
        return true;
    }

    /** By so many runs, at most those left in the last dimension but one. */
    private void forward(int runs) {
        int by = runs;
        for (int d = outer - 1; d >= 0; d--) {
            row += by * strides[d];
            index[d] += by;
            if (index[d] < shape[d]) {
                break;
            }
            row -= strides[d] * shape[d];
            index[d] = 0;
            by = 1;
        }
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

    /** Number of runs of the block. */
    int count() {
        return count;
    }

    /** Step from one run of the block to the next; 0 where there is no dimension but the last. */
    int pitch() {
        return outer == 0 ? 0 : strides[outer - 1];
    }
}
