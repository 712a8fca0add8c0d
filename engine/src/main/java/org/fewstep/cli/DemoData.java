package org.fewstep.cli;

import java.nio.file.Path;
import java.util.List;

/** One kind of data that the demo learns, with its measure and its pictures. */
interface DemoData {
    /** Evaluations of the many-step flow for one sample. */
    int MANY = 50;

    /** Name of the data in text. */
    String name();

    /** Recipes and folders are named this with {@code -flow} and {@code -meanflow} behind it. */
    String prefix();

    /** Labels of the samples that are judged (n), -1 for none. */
    int[] labels();

    /** What {@link #distance} measures. */
    String measure();

    /** Distance of samples to data that nothing was trained on. */
    double distance(float[] samples);

    /** As many data as there are {@link #labels}, not those that {@link #distance} compares with. */
    float[] anotherDraw();

    /** What else can be said of samples, or empty. */
    String remark(float[] samples);

    /** Writes the pictures and returns their files. */
    List<Path> draw(Path out, DemoRun flow, DemoRun student);
}
