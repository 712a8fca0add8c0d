package org.fewstep.io;

/**
 * Draws sets of 2-D points into a square picture with equal axes, so that samples can be compared with data.
 *
 * <p>A point is a disc of fixed opacity; where discs of a set overlap the colour saturates as 1 - (1 - opacity)^n, so
 * dense regions look dense and single points stay visible. Later sets lie over earlier ones. Lines mark the integers, a
 * darker one each axis.
 */
public final class Scatter2d {
    private static final int PAPER = 0xffffff;
    private static final int FRAME = 0x9a9a9a;
    private static final int AXIS = 0xc8c8c8;
    private static final int GRID = 0xececec;
    private static final int MAX_GRID_LINES = 40;

    private final Raster picture;
    private final double low;
    private final double high;
    private double radius = 1.5;
    private double opacity = 0.5;

    /**
     * An empty picture of {@code side} x {@code side} pixels for both coordinates in [low, high].
     *
     * @throws IllegalArgumentException if the limits are not finite or not in order
     */
    public Scatter2d(int side, double low, double high) {
        if (!(low < high) || !Double.isFinite(high - low)) {
            throw new IllegalArgumentException(
                    "Scatter2d: got limits " + low + ", " + high + "; expected finite low < high; swap them");
        }
        this.picture = Raster.rgb(side, side, PAPER);
        this.low = low;
        this.high = high;
        drawAxes();
    }

    /** Sets radius in pixels (0.5..20) and opacity (above 0, at most 1) of the points that follow. */
    public Scatter2d pen(double radius, double opacity) {
        if (!(radius >= 0.5 && radius <= 20) || !(opacity > 0 && opacity <= 1)) {
            throw new IllegalArgumentException("Scatter2d.pen: got radius " + radius + ", opacity " + opacity
                    + "; expected 0.5..20 and (0, 1]; choose within");
        }
        this.radius = radius;
        this.opacity = opacity;
        return this;
    }

    /**
     * Draws a set of points in a colour 0xRRGGBB; points beyond the limits are left out.
     *
     * @shape points (N, 2)
     * @throws IllegalArgumentException if the length is odd or a coordinate is NaN
     */
    public Scatter2d add(float[] points, int colour) {
        if (points.length % 2 != 0) {
            throw new IllegalArgumentException(
                    "Scatter2d.add: got " + points.length + " values; expected (N, 2); check the shape");
        }
        int side = picture.width();
        double[] cover = new double[side * side];
        for (int i = 0; i < points.length; i += 2) {
            if (Float.isNaN(points[i]) || Float.isNaN(points[i + 1])) {
                throw new IllegalArgumentException(
                        "Scatter2d.add: got NaN in point " + i / 2 + "; expected numbers; the model has diverged");
            }
            if (inside(points[i]) && inside(points[i + 1])) {
                disc(cover, column(points[i]), side - 1 - column(points[i + 1]));
            }
        }
        for (int y = 0; y < side; y++) {
            for (int x = 0; x < side; x++) {
                if (cover[y * side + x] > 0) {
                    picture.set(x, y, blend(picture.get(x, y), colour, cover[y * side + x]));
                }
            }
        }
        return this;
    }

    /** Writes a caption into the upper left corner (see {@link PixelFont} for the characters). */
    public Scatter2d caption(String text) {
        PixelFont.draw(picture, text, 6, 6, Math.max(1, picture.width() / 200), 0x303030);
        return this;
    }

    /** The picture drawn so far; later drawing changes it. */
    public Raster picture() {
        return picture;
    }

    private boolean inside(double value) {
        return value >= low && value <= high;
    }

    /** Pixel coordinate, 0 at the centre of the first pixel. */
    private double column(double value) {
        return (value - low) / (high - low) * (picture.width() - 1);
    }

    /** Lays a disc over a set's opacity: cover becomes 1 - (1 - cover)(1 - opacity). */
    private void disc(double[] cover, double x, double y) {
        int side = picture.width();
        int reach = (int) Math.ceil(radius + 0.5);
        int centreX = (int) Math.rint(x);
        int centreY = (int) Math.rint(y);
        for (int py = Math.max(0, centreY - reach); py <= Math.min(side - 1, centreY + reach); py++) {
            for (int px = Math.max(0, centreX - reach); px <= Math.min(side - 1, centreX + reach); px++) {
                double distance = Math.sqrt((px - x) * (px - x) + (py - y) * (py - y));
                double edge = Math.max(0, Math.min(1, radius + 0.5 - distance)); // anti-aliased rim of one pixel
                int at = py * side + px;
                cover[at] += (1 - cover[at]) * opacity * edge;
            }
        }
    }

    private void drawAxes() {
        int last = picture.width() - 1;
        if (high - low <= MAX_GRID_LINES) {
            double first = Math.ceil(low);
            for (int i = 0; i <= MAX_GRID_LINES && first + i <= high; i++) {
                cross(first + i, GRID);
            }
        }
        if (inside(0)) {
            cross(0, AXIS);
        }
        for (int i = 0; i <= last; i++) {
            picture.set(i, 0, FRAME);
            picture.set(i, last, FRAME);
            picture.set(0, i, FRAME);
            picture.set(last, i, FRAME);
        }
    }

    private void cross(double at, int colour) {
        int last = picture.width() - 1;
        int pixel = (int) Math.rint(column(at));
        for (int i = 0; i <= last; i++) {
            picture.set(pixel, i, colour);
            picture.set(i, last - pixel, colour);
        }
    }

    private static int blend(int below, int above, double cover) {
        int out = 0;
        for (int shift = 16; shift >= 0; shift -= 8) {
            int from = below >> shift & 0xff;
            int to = above >> shift & 0xff;
            out |= (int) Math.rint(from + (to - from) * cover) << shift;
        }
        return out;
    }
}
