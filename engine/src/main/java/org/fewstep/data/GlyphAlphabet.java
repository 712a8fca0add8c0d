package org.fewstep.data;

import java.util.List;

/** The ten digits and those capital letters that no digit or other letter resembles, drawn by hand. */
final class GlyphAlphabet {
    static final List<Glyph> GLYPHS = List.of(
            new Glyph('0').fromArc(0, 0, 0.56, 1, 0, 360),
            new Glyph('1').from(-0.38, -0.6).to(0.06, -1).to(0.06, 1),
            new Glyph('2').fromArc(0, -0.47, 0.53, 0.53, 185, 395).to(-0.56, 1).to(0.58, 1),
            new Glyph('3').fromArc(-0.06, -0.52, 0.5, 0.48, 205, 450).toArc(-0.06, 0.48, 0.58, 0.52, 270, 515),
            new Glyph('4').from(0.28, 1).to(0.28, -1).to(-0.58, 0.42).to(0.62, 0.42),
            new Glyph('5').from(0.48, -1).to(-0.4, -1).to(-0.46, -0.1).toArc(-0.04, 0.38, 0.58, 0.62, 232, 505),
            new Glyph('6').fromArc(0.42, 0.42, 0.96, 1.42, 275, 180).toArc(0, 0.42, 0.54, 0.58, 180, 540),
            new Glyph('7').from(-0.56, -1).to(0.56, -1).to(-0.16, 1),
            new Glyph('8').fromArc(0, -0.52, 0.43, 0.48, 90, 450).toArc(0, 0.48, 0.54, 0.52, 270, 630),
            new Glyph('9').fromArc(-0.42, -0.42, 0.96, 1.42, 95, 0).toArc(0, -0.42, 0.54, 0.58, 0, 360),
            new Glyph('A')
                    .from(-0.62, 1)
                    .to(0, -1)
                    .to(0.62, 1)
                    .from(-0.38, 0.34)
                    .to(0.38, 0.34),
            new Glyph('C').fromArc(0.1, 0, 0.68, 1, 310, 50),
            new Glyph('E')
                    .from(0.5, -1)
                    .to(-0.46, -1)
                    .to(-0.46, 1)
                    .to(0.5, 1)
                    .from(-0.46, 0)
                    .to(0.34, 0),
            new Glyph('F')
                    .from(0.5, -1)
                    .to(-0.42, -1)
                    .to(-0.42, 1)
                    .from(-0.42, -0.02)
                    .to(0.34, -0.02),
            new Glyph('H')
                    .from(-0.54, -1)
                    .to(-0.54, 1)
                    .from(0.54, -1)
                    .to(0.54, 1)
                    .from(-0.54, 0)
                    .to(0.54, 0),
            new Glyph('J').from(0.38, -1).toArc(-0.08, 0.5, 0.46, 0.5, 0, 165),
            new Glyph('K')
                    .from(-0.48, -1)
                    .to(-0.48, 1)
                    .from(0.54, -1)
                    .to(-0.48, 0.14)
                    .from(-0.16, -0.2)
                    .to(0.58, 1),
            new Glyph('L').from(-0.42, -1).to(-0.42, 1).to(0.52, 1),
            new Glyph('M').from(-0.64, 1).to(-0.6, -1).to(0, 0.4).to(0.6, -1).to(0.64, 1),
            new Glyph('N').from(-0.54, 1).to(-0.54, -1).to(0.54, 1).to(0.54, -1),
            new Glyph('P')
                    .from(-0.46, 1)
                    .to(-0.46, -1)
                    .toArc(0.04, -0.48, 0.5, 0.52, 270, 450)
                    .to(-0.46, 0.04),
            new Glyph('R')
                    .from(-0.46, 1)
                    .to(-0.46, -1)
                    .toArc(0.04, -0.5, 0.48, 0.5, 270, 450)
                    .to(-0.46, 0)
                    .from(0, 0)
                    .to(0.56, 1),
            new Glyph('T').from(-0.62, -1).to(0.62, -1).from(0, -1).to(0, 1),
            new Glyph('U').from(-0.52, -1).toArc(0, 0.46, 0.52, 0.54, 180, 0).to(0.52, -1),
            new Glyph('X').from(-0.56, -1).to(0.56, 1).from(0.56, -1).to(-0.56, 1),
            new Glyph('Y').from(-0.58, -1).to(0, 0).to(0.58, -1).from(0, 0).to(0, 1));

    private GlyphAlphabet() {}
}
