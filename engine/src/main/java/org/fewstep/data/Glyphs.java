package org.fewstep.data;

import java.util.Arrays;
import java.util.List;
import org.fewstep.tensor.Rng;
import org.jspecify.annotations.Nullable;

/**
 * Endless grey images of hand-drawn digits and letters, made by code: no file is needed.
 *
 * <p>A glyph's strokes are rotated, scaled, stretched, sheared and shifted at random, then inked with a round pen of random
 * width; a pixel's coverage is read off its distance to the nearest stroke. Background -1, ink 1. Image i depends on
 * (seed, i) only: its class is an even draw among the classes, its jitter the same whatever the class.
 */
public final class Glyphs implements Dataset {
    /** Pixels along each side of the usual image. */
    public static final int SIDE = 16;

    private static final int STEP_CLASS = 0;
    private static final int STEP_ROTATION = 1;
    private static final int STEP_SCALE = 2;
    private static final int STEP_STRETCH = 3;
    private static final int STEP_SHEAR = 4;
    private static final int STEP_SHIFT_X = 5;
    private static final int STEP_SHIFT_Y = 6;
    private static final int STEP_WIDTH = 7;

    private final int classes;
    private final int side;
    private final Rng rng;

    /**
     * Images of 16 x 16 pixels.
     *
     * @param classes how many glyphs of the alphabet, from its start: 1 .. {@link #alphabet}'s length
     */
    public Glyphs(int classes, Rng rng) {
        this(classes, SIDE, rng);
    }

    /**
     * Images of any size.
     *
     * @param classes how many glyphs of the alphabet, from its start: 1 .. {@link #alphabet}'s length
     * @param side pixels, 8 .. 1024
     */
    public Glyphs(int classes, int side, Rng rng) {
        if (classes < 1 || classes > GlyphAlphabet.GLYPHS.size()) {
            throw new IllegalArgumentException(
                    "glyphs: got " + classes + " classes; expected 1 .. " + GlyphAlphabet.GLYPHS.size());
        }
        if (side < 8 || side > 1024) {
            throw new IllegalArgumentException("glyphs: got side " + side + "; expected 8 .. 1024");
        }
        this.classes = classes;
        this.side = side;
        this.rng = rng;
    }

    /** The glyphs in the order of their labels: the digits, then letters. */
    public static String alphabet() {
        StringBuilder symbols = new StringBuilder();
        for (Glyph glyph : GlyphAlphabet.GLYPHS) {
            symbols.append(glyph.symbol());
        }
        return symbols.toString();
    }

    @Override
    public long size() {
        return ENDLESS;
    }

    @Override
    public int[] sampleShape() {
        return new int[] {1, side, side};
    }

    @Override
    public int classes() {
        return classes;
    }

    @Override
    public void read(long[] indices, float[] x, int @Nullable [] labels) {
        Parameters.requireBatch("glyphs", indices, size(), side * side, x, labels);
        for (int i = 0; i < indices.length; i++) {
            int label = rng.integers(indices[i], 1, STEP_CLASS, classes)[0];
            draw(label, indices[i], x, i * side * side);
            if (labels != null) {
                labels[i] = label;
            }
        }
    }

    /**
     * Draws one glyph with the jitter of image {@code index}.
     *
     * @param label 0 .. classes - 1
     * @param x written from {@code at} on: (1, side, side)
     * @throws IllegalArgumentException if the label or the index is outside or the image does not fit
     */
    public void draw(int label, long index, float[] x, int at) {
        if (label < 0 || label >= classes) {
            throw new IllegalArgumentException("glyphs: got label " + label + "; expected 0 .. " + (classes - 1));
        }
        if (at < 0 || at > x.length - side * side) {
            throw new IllegalArgumentException("glyphs: got offset " + at + " in length " + x.length
                    + "; expected room for " + side * side + " pixels");
        }
        double rotation = between(-0.22, 0.22, index, STEP_ROTATION);
        double scale = side * between(0.31, 0.39, index, STEP_SCALE);
        double stretch = between(0.85, 1.15, index, STEP_STRETCH);
        double shear = between(-0.2, 0.2, index, STEP_SHEAR);
        double shiftX = side * between(-0.06, 0.06, index, STEP_SHIFT_X);
        double shiftY = side * between(-0.06, 0.06, index, STEP_SHIFT_Y);
        double halfWidth = side / 32.0 * between(1.3, 2.3, index, STEP_WIDTH);

        // Pixel = centre + shift + scale R(rotation) [[stretch, shear], [0, 1]] point
        double cos = scale * StrictMath.cos(rotation);
        double sin = scale * StrictMath.sin(rotation);
        double xx = cos * stretch;
        double xy = cos * shear - sin;
        double yx = sin * stretch;
        double yy = sin * shear + cos;
        float[] squaredDistance = new float[side * side];
        Arrays.fill(squaredDistance, Float.POSITIVE_INFINITY);
        for (List<double[]> stroke : GlyphAlphabet.GLYPHS.get(label).strokes()) {
            double fromX = 0;
            double fromY = 0;
            for (int k = 0; k < stroke.size(); k++) {
                double[] point = stroke.get(k);
                double toX = side / 2.0 + shiftX + xx * point[0] + xy * point[1];
                double toY = side / 2.0 + shiftY + yx * point[0] + yy * point[1];
                if (k > 0) {
                    nearer(squaredDistance, fromX, fromY, toX, toY, halfWidth + 1);
                }
                fromX = toX;
                fromY = toY;
            }
        }
        for (int p = 0; p < side * side; p++) {
            double coverage = halfWidth + 0.5 - Math.sqrt(squaredDistance[p]);
            x[at + p] = (float) (2 * Math.min(1, Math.max(0, coverage)) - 1);
        }
    }

    /** Lowers the squared distances of the pixel centres within {@code reach} of a segment. */
    private void nearer(float[] squaredDistance, double ax, double ay, double bx, double by, double reach) {
        int left = Math.max(0, (int) Math.floor(Math.min(ax, bx) - reach));
        int right = Math.min(side - 1, (int) Math.floor(Math.max(ax, bx) + reach));
        int top = Math.max(0, (int) Math.floor(Math.min(ay, by) - reach));
        int bottom = Math.min(side - 1, (int) Math.floor(Math.max(ay, by) + reach));
        double dx = bx - ax;
        double dy = by - ay;
        double length = dx * dx + dy * dy;
        for (int row = top; row <= bottom; row++) {
            for (int column = left; column <= right; column++) {
                double px = column + 0.5 - ax;
                double py = row + 0.5 - ay;
                double along = length == 0 ? 0 : Math.min(1, Math.max(0, (px * dx + py * dy) / length));
                double offX = px - along * dx;
                double offY = py - along * dy;
                float squared = (float) (offX * offX + offY * offY);
                int p = row * side + column;
                squaredDistance[p] = Math.min(squaredDistance[p], squared);
            }
        }
    }

    private double between(double low, double high, long index, int step) {
        return low + (high - low) * rng.uniform(index, 1, step)[0];
    }
}
