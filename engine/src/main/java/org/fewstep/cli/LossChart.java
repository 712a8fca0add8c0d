package org.fewstep.cli;

import java.awt.Color;
import java.awt.Font;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.knowm.xchart.XYChart;
import org.knowm.xchart.XYChartBuilder;
import org.knowm.xchart.XYSeries;
import org.knowm.xchart.style.Styler;
import org.knowm.xchart.style.XYStyler;
import org.knowm.xchart.style.markers.SeriesMarkers;

/** Loss curves over steps, drawn by XChart: the raw values pale, their running mean dark. */
final class LossChart {
    private static final int WIDTH = 900;
    private static final int HEIGHT = 520;
    private static final Color[] COLOURS = {
        new Color(0x1f5fa8), new Color(0xc2571a), new Color(0x2f7d32), new Color(0x7b3f99)
    };

    private final XYChart chart;
    private double least = Double.POSITIVE_INFINITY;
    private double most = Double.NEGATIVE_INFINITY;
    private int curves;

    LossChart(String title) {
        chart = new XYChartBuilder()
                .width(WIDTH)
                .height(HEIGHT)
                .title(title)
                .xAxisTitle("step")
                .yAxisTitle("loss")
                .build();
        XYStyler style = chart.getStyler();
        style.setLegendPosition(Styler.LegendPosition.InsideNE);
        style.setLegendBorderColor(Color.WHITE);
        style.setChartBackgroundColor(Color.WHITE);
        style.setChartTitleBoxVisible(false);
        style.setChartTitleFont(new Font(Font.SANS_SERIF, Font.PLAIN, 18));
        style.setChartTitlePadding(12);
        style.setPlotGridLinesColor(new Color(0xe4e4e4));
        style.setPlotBorderColor(new Color(0x9a9a9a));
        style.setAxisTickMarksColor(new Color(0x9a9a9a));
        style.setMarkerSize(0);
        style.setAxisTickLabelsFont(new Font(Font.SANS_SERIF, Font.PLAIN, 10));
    }

    /**
     * Adds a curve.
     *
     * @param values a loss by step, steps rising; values that are not finite are left out
     */
    LossChart add(String name, Map<Long, Double> values) {
        List<Map.Entry<Long, Double>> finite = values.entrySet().stream()
                .filter(e -> Double.isFinite(e.getValue()))
                .toList();
        double[] step = finite.stream().mapToDouble(Map.Entry::getKey).toArray();
        double[] loss = finite.stream().mapToDouble(Map.Entry::getValue).toArray();
        if (step.length == 0) {
            return this;
        }
        for (double value : loss) {
            least = Math.min(least, value);
            most = Math.max(most, value);
        }
        Color colour = COLOURS[curves++ % COLOURS.length];
        Color pale = new Color(colour.getRed(), colour.getGreen(), colour.getBlue(), 60);
        line(name + " ", step, loss, pale, 1).setShowInLegend(false);
        line(name, step, runningMean(loss), colour, 2);
        return this;
    }

    /**
     * Writes the chart, with a logarithmic axis where the losses span a decade above zero.
     *
     * @return false, and no file, when no curve has a point
     */
    boolean write(Path file) {
        if (curves == 0) {
            return false;
        }
        chart.getStyler().setYAxisLogarithmic(least > 0 && most > 10 * least);
        ChartFile.write(file, chart);
        return true;
    }

    private XYSeries line(String name, double[] x, double[] y, Color colour, float width) {
        XYSeries series = chart.addSeries(name, x, y);
        series.setMarker(SeriesMarkers.NONE).setLineColor(colour).setLineWidth(width);
        return series;
    }

    /** Mean over the last twentieth of the points so far. */
    private static double[] runningMean(double[] values) {
        double[] mean = new double[values.length];
        int window = Math.max(1, values.length / 20);
        double sum = 0;
        for (int i = 0; i < values.length; i++) {
            sum += values[i];
            if (i >= window) {
                sum -= values[i - window];
            }
            mean[i] = sum / Math.min(i + 1, window);
        }
        return mean;
    }
}
