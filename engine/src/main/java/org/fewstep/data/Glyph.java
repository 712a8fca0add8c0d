package org.fewstep.data;

import java.util.ArrayList;
import java.util.List;

/**
 * A character as strokes of a round pen: polylines in coordinates with x to the right in about [-0.6, 0.6] and y down in
 * [-1, 1].
 */
final class Glyph {
    /** Arcs are cut into chords of at most this many degrees. */
    private static final double CHORD = 15;

    private final char symbol;
    private final List<List<double[]>> strokes = new ArrayList<>();

    Glyph(char symbol) {
        this.symbol = symbol;
    }

    char symbol() {
        return symbol;
    }

    /** Polylines of points (x, y), each of at least two. */
    List<List<double[]>> strokes() {
        return strokes;
    }

    /** Sets the pen down: begins a stroke. */
    Glyph from(double x, double y) {
        strokes.add(new ArrayList<>());
        return to(x, y);
    }

    /** Draws a straight line from the pen. */
    Glyph to(double x, double y) {
        strokes.get(strokes.size() - 1).add(new double[] {x, y});
        return this;
    }

    /** Begins a stroke with an arc of an ellipse; angles in degrees, 0 to the right and 90 down. */
    Glyph fromArc(double cx, double cy, double rx, double ry, double start, double end) {
        strokes.add(new ArrayList<>());
        return toArc(cx, cy, rx, ry, start, end);
    }

    /** Draws a straight line to the start of an arc, then the arc. */
    Glyph toArc(double cx, double cy, double rx, double ry, double start, double end) {
        int chords = (int) Math.ceil(Math.abs(end - start) / CHORD);
        for (int i = 0; i <= chords; i++) {
            double angle = StrictMath.toRadians(start + (end - start) * i / chords);
            to(cx + rx * StrictMath.cos(angle), cy + ry * StrictMath.sin(angle));
        }
        return this;
    }
}
