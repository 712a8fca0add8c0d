package org.fewstep.cli;

import java.util.Arrays;
import org.fewstep.io.Raster;
import org.fewstep.io.SampleGrid;
import org.fewstep.io.Scatter2d;

/** Samples as pictures: images in a grid, points in the plane. */
final class Pictures {
    static final int BLUE = 0x1f5fa8;
    static final int ORANGE = 0xc2571a;
    static final int GREY = 0x4a4a4a;

    private static final int SCATTER_SIDE = 440;
    private static final int TILE = 48;
    private static final int PADDING = 2;
    private static final float BLANK = -0.5f;

    private Pictures() {}

    /** True for samples of shape (C, H, W) with one or three channels. */
    static boolean areImages(int[] shape) {
        return shape.length == 3 && (shape[0] == 1 || shape[0] == 3);
    }

    /** True for samples of shape (2). */
    static boolean arePoints(int[] shape) {
        return shape.length == 1 && shape[0] == 2;
    }

    /** Images side by side, small ones enlarged by a whole factor. */
    static Raster grid(float[] values, int[] shape, int columns) {
        int scale = Math.max(1, Math.round((float) TILE / Math.max(shape[1], shape[2])));
        int n = values.length / (shape[0] * shape[1] * shape[2]);
        return new SampleGrid(columns, PADDING, scale).draw(values, n, shape[0], shape[1], shape[2]);
    }

    /** Images in pairs of rows: below each row of the first set the row of the second. */
    static Raster pairs(float[] above, float[] below, int[] shape, int columns) {
        int row = columns * shape[0] * shape[1] * shape[2];
        int rows = (above.length + row - 1) / row;
        float[] all = new float[2 * rows * row];
        Arrays.fill(all, BLANK);
        for (int i = 0; i < rows; i++) {
            int count = Math.min(row, above.length - i * row);
            System.arraycopy(above, i * row, all, 2 * i * row, count);
            System.arraycopy(below, i * row, all, (2 * i + 1) * row, count);
        }
        return grid(all, shape, columns);
    }

    /** Two sets of points within [-limit, limit]: the first grey, the second blue over it. */
    static Raster scatter(float[] source, float[] points, double limit, String caption) {
        return new Scatter2d(SCATTER_SIDE, -limit, limit)
                .pen(1.5, 0.25)
                .add(source, GREY)
                .pen(1.5, 0.45)
                .add(points, BLUE)
                .caption(caption)
                .picture();
    }

    /** Points, what they became and what that became within [-limit, limit]: grey, orange, and blue over them. */
    static Raster scatter(float[] first, float[] middle, float[] last, double limit, String caption) {
        return new Scatter2d(SCATTER_SIDE, -limit, limit)
                .pen(1.5, 0.45)
                .add(first, GREY)
                .pen(1.5, 0.25)
                .add(middle, ORANGE)
                .pen(1.5, 0.45)
                .add(last, BLUE)
                .caption(caption)
                .picture();
    }

    /** Points of one colour within [-limit, limit]. */
    static Raster scatter(float[] points, double limit, int colour, String caption) {
        return new Scatter2d(SCATTER_SIDE, -limit, limit)
                .pen(1.5, 0.45)
                .add(points, colour)
                .caption(caption)
                .picture();
    }

    /** A limit that holds nearly all coordinates: the 99.5 % quantile of their size with a margin, in halves, at most 100. */
    static double limit(float[] values) {
        double[] sizes = new double[values.length];
        for (int i = 0; i < values.length; i++) {
            sizes[i] = Math.abs(values[i]);
        }
        Arrays.sort(sizes);
        double most = sizes.length == 0 ? 1 : sizes[(int) (0.995 * (sizes.length - 1))];
        return Math.min(100, Math.max(1, Math.ceil(most * 1.15 * 2) / 2));
    }
}
