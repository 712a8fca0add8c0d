package org.fewstep.cli;

import java.awt.Color;
import java.awt.Font;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.knowm.xchart.CategoryChart;
import org.knowm.xchart.CategoryChartBuilder;
import org.knowm.xchart.CategorySeries;
import org.knowm.xchart.style.CategoryStyler;
import org.knowm.xchart.style.markers.Marker;
import org.knowm.xchart.style.markers.SeriesMarkers;

/** Numbers between the ends of their intervals, drawn by XChart. */
final class IntervalChart {
    private static final int WIDTH = 900;
    private static final int HEIGHT = 480;
    private static final double SPAN = 10;

    /** Least distance of two labels in pixels, so small that none is left out. */
    private static final int BETWEEN = 16;

    private final CategoryChart chart;
    private final List<String> names = new ArrayList<>();
    private final List<Double> means = new ArrayList<>();
    private final List<Double> halfWidths = new ArrayList<>();

    IntervalChart(String title, String axis) {
        chart = new CategoryChartBuilder()
                .width(WIDTH)
                .height(HEIGHT)
                .title(title)
                .yAxisTitle(axis)
                .build();
        CategoryStyler style = chart.getStyler();
        style.setLegendVisible(false);
        style.setChartBackgroundColor(Color.WHITE);
        style.setChartTitleBoxVisible(false);
        style.setChartTitleFont(new Font(Font.SANS_SERIF, Font.PLAIN, 18));
        style.setPlotGridLinesColor(new Color(0xe4e4e4));
        style.setPlotBorderColor(new Color(0x9a9a9a));
        // Upright labels leave room for all of them.
        style.setXAxisLabelRotation(90);
        style.setXAxisTickMarkSpacingHint(BETWEEN);
        style.setDefaultSeriesRenderStyle(CategorySeries.CategorySeriesRenderStyle.Scatter);
        style.setOverlapped(true);
        style.setMarkerSize(9);
    }

    /** Adds a number. */
    void add(String name, double mean, double halfWidth) {
        names.add(name);
        means.add(mean);
        halfWidths.add(halfWidth);
    }

    /** Writes the chart, with a logarithmic axis where the intervals, all above 0, span more than a decade. */
    void write(Path file) {
        double least = Double.POSITIVE_INFINITY;
        double most = 0;
        // The ends are series of their own: error bars of XChart are wrong on a logarithmic axis.
        List<Double> low = new ArrayList<>();
        List<Double> high = new ArrayList<>();
        for (int i = 0; i < means.size(); i++) {
            low.add(means.get(i) - halfWidths.get(i));
            high.add(means.get(i) + halfWidths.get(i));
            least = Math.min(least, low.get(i));
            most = Math.max(most, means.get(i));
        }
        chart.getStyler().setYAxisLogarithmic(least > 0 && most > SPAN * least);
        series("low", low, SeriesMarkers.TRIANGLE_UP, new Color(0x8a93a0));
        series("high", high, SeriesMarkers.TRIANGLE_DOWN, new Color(0x8a93a0));
        series("mean", means, SeriesMarkers.CIRCLE, new Color(0x1f5fa8));
        ChartFile.write(file, chart);
    }

    private void series(String name, List<Double> values, Marker marker, Color color) {
        CategorySeries series = chart.addSeries(name, names, values);
        series.setMarker(marker);
        series.setMarkerColor(color);
    }
}
