package org.fewstep.bench.sample;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import org.fewstep.io.Png;
import org.fewstep.io.Raster;
import org.fewstep.io.Scatter2d;
import org.fewstep.kernels.Devices;
import org.fewstep.sample.Generator;
import org.fewstep.sample.GeneratorOptions;
import org.fewstep.train.Checkpoint;
import org.fewstep.train.HeldOut;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** {@code sheet}: samples of several models of points in the plane in one picture. */
@Command(
        name = "sheet",
        mixinStandardHelpOptions = true,
        description =
                "Draw samples of models of points in the plane side by side: held-out data of the first model's recipe,"
                        + " then a column a model and a row a number of steps.")
public final class SheetCommand implements Callable<Integer> {
    private static final long SEED = 1;
    private static final int GAP = 4;
    private static final int PAPER = 0xffffff;
    private static final int GREY = 0x4a4a4a;
    private static final int BLUE = 0x1f5fa8;

    @Parameters(paramLabel = "CAPTION=CHECKPOINT", arity = "1..*", description = "Models with their captions.")
    private Map<String, Path> models = Map.of();

    @Option(
            names = "--steps",
            paramLabel = "N[,N...]",
            split = ",",
            defaultValue = "1,4",
            description = "Numbers of steps (default: 1,4).")
    private List<Integer> steps = List.of();

    @Option(names = "--samples", paramLabel = "N", defaultValue = "4000", description = "Points each (default: 4000).")
    private int samples = 4000;

    @Option(names = "--side", paramLabel = "N", defaultValue = "180", description = "Pixels each (default: 180).")
    private int side = 180;

    @Option(
            names = "--limit",
            paramLabel = "L",
            defaultValue = "2.5",
            description = "Largest coordinate (default: 2.5).")
    private double limit = 2.5;

    @Option(names = "--out", paramLabel = "FILE", required = true, description = "The PNG to write.")
    private Path out = Path.of("");

    @Override
    public Integer call() {
        if (samples < 1 || side < 20 || !(limit > 0)) {
            throw new IllegalArgumentException("sheet: got " + samples + " samples, " + side + " pixels, limit " + limit
                    + "; expected at least 1, at least 20, above 0");
        }
        Path first = models.values().iterator().next();
        float[] held = HeldOut.data(Checkpoint.of(first).recipe(), 0).read(samples);
        List<Raster> columns = new ArrayList<>();
        columns.add(column(List.of(picture(held, GREY, "data"))));
        models.forEach((caption, model) -> columns.add(column(pictures(caption, model))));
        Png.write(out, Raster.beside(GAP, PAPER, columns.toArray(new Raster[0])));
        return 0;
    }

    private List<Raster> pictures(String caption, Path model) {
        try (Generator generator = Generator.load(model, Devices.require("cpu"))) {
            if (!Arrays.equals(generator.shape(), new int[] {2})) {
                throw new IllegalArgumentException("sheet: got " + model + ", a model of samples "
                        + Arrays.toString(generator.shape()) + "; expected one of points in the plane");
            }
            int[] labels = new int[samples];
            int classes = generator.classes();
            Arrays.setAll(labels, i -> classes == 0 ? Generator.NO_LABEL : i % classes);
            return steps.stream()
                    .map(count -> picture(
                            generator.sample(0, count, SEED, labels, GeneratorOptions.DEFAULT),
                            BLUE,
                            caption + ", " + count + (count == 1 ? " step" : " steps")))
                    .toList();
        }
    }

    private Raster picture(float[] points, int colour, String caption) {
        return new Scatter2d(side, -limit, limit)
                .pen(0.7, 0.5)
                .add(points, colour)
                .caption(caption)
                .picture();
    }

    /** Pictures one below the other. */
    private Raster column(List<Raster> pictures) {
        Raster column = Raster.rgb(side, pictures.size() * (side + GAP) - GAP, PAPER);
        for (int i = 0; i < pictures.size(); i++) {
            column.paste(pictures.get(i), 0, i * (side + GAP));
        }
        return column;
    }
}
