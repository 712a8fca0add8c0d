package org.fewstep.cli;

import java.awt.image.BufferedImage;
import java.nio.file.Path;
import org.fewstep.io.Png;
import org.fewstep.io.Raster;
import org.knowm.xchart.BitmapEncoder;
import org.knowm.xchart.internal.chartpart.Chart;

/** XChart's charts as our PNG files. */
final class ChartFile {
    private ChartFile() {}

    static void write(Path file, Chart<?, ?> chart) {
        BufferedImage image = BitmapEncoder.getBufferedImage(chart);
        Raster raster = Raster.rgb(image.getWidth(), image.getHeight(), 0xffffff);
        for (int y = 0; y < image.getHeight(); y++) {
            for (int x = 0; x < image.getWidth(); x++) {
                raster.set(x, y, image.getRGB(x, y) & 0xffffff);
            }
        }
        Png.write(file, raster);
    }
}
