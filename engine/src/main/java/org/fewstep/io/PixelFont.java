package org.fewstep.io;

import java.util.Locale;

/** A bitmap font of 5 x 7 pixels for captions: A-Z, 0-9, space and {@code . , : - + = / ( ) % _}. */
final class PixelFont {
    private static final int COLUMNS = 5;
    private static final int ROWS = 7;

    /** Each character, then its rows from the top, one digit of base 32 a row, the leftmost pixel the highest bit. */
    private static final String GLYPHS = "AehhvhhhBuhhuhhuCfgggggfDuhhhhhuEvgguggvFvgguggg"
            + "GfggnhhfHhhhvhhhIe44444eJ11111heKhikokihLggggggv"
            + "MhrllhhhNhppljjhOehhhhhePuhhugggQehhhlidRuhhukih"
            + "Sfgge11uTv444444UhhhhhheVhhhhaa4WhhhllrhXhha4ahh"
            + "Yhha4444Zv1248gv0ejjlppe14ck444v2eh168gv3u11e11u"
            + "4iiiv2225vgu11he6egguhhe7v1224448ehhehhe9ehhf11e"
            + ".00000cc,0000c48:0cc0cc0-000v000+044v440=00v0v00"
            + "/11248gg(2488842)8422248%pp248jj_000000v";

    private PixelFont() {}

    /**
     * Draws a line of text into an RGB picture; lower case is drawn as upper case, what runs over the edge is cut.
     *
     * @param x left edge of the first character
     * @param y top edge
     * @param scale pixels a font pixel
     * @throws IllegalArgumentException if the font lacks a character
     */
    static void draw(Raster picture, String text, int x, int y, int scale, int colour) {
        String upper = text.toUpperCase(Locale.ROOT);
        for (int i = 0; i < upper.length(); i++) {
            if (upper.charAt(i) != ' ') {
                glyph(picture, find(upper.charAt(i)), x + i * (COLUMNS + 1) * scale, y, scale, colour);
            }
        }
    }

    private static void glyph(Raster picture, int glyph, int x, int y, int scale, int colour) {
        for (int py = 0; py < ROWS * scale; py++) {
            int row = Character.digit(GLYPHS.charAt(glyph + py / scale), 32);
            for (int px = 0; px < COLUMNS * scale; px++) {
                boolean ink = (row >> (COLUMNS - 1 - px / scale) & 1) == 1;
                if (ink && x + px < picture.width() && y + py < picture.height()) {
                    picture.set(x + px, y + py, colour);
                }
            }
        }
    }

    /** Where the rows of a character begin. */
    private static int find(char c) {
        for (int i = 0; i < GLYPHS.length(); i += ROWS + 1) {
            if (GLYPHS.charAt(i) == c) {
                return i + 1;
            }
        }
        throw new IllegalArgumentException("PixelFont: got " + BadFileException.quote(String.valueOf(c))
                + "; expected A-Z, 0-9, space or .,:-+=/()%_; use another caption");
    }
}
