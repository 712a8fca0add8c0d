package org.fewstep.kernels.trial;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import org.fewstep.kernels.Workload;

/** The trials of each family: its codes at a shape that is asked for, and at the shapes where kernels err. */
public final class Trials {
    private static final int MOST_SIZES = 8;

    private Trials() {}

    /** How a family's shape is written. */
    public static String form(Workload.Family family) {
        return shapes(family).form();
    }

    /** A shape as networks have it, small enough for a quick look. */
    public static String usual(Workload.Family family) {
        return shapes(family).usual().get(0);
    }

    /** Shapes as networks have them, small and large. */
    public static List<String> tuned(Workload.Family family) {
        return shapes(family).usual();
    }

    /**
     * All codes of a family at a shape.
     *
     * @param shape as {@link #form} says
     * @throws IllegalArgumentException for another form
     */
    public static List<Trial> of(Workload.Family family, String shape) {
        FamilyShapes shapes = shapes(family);
        int[] sizes = sizes(family, shape);
        List<Trial> trials = new ArrayList<>();
        shapes.add(sizes, shape, trials);
        return trials;
    }

    /** All codes of a family at shapes of 1, of odd sizes, and around the sizes of tiles. */
    public static List<Trial> edges(Workload.Family family) {
        List<Trial> trials = new ArrayList<>();
        FamilyShapes shapes = shapes(family);
        for (String shape : shapes.edges()) {
            shapes.add(sizes(family, shape), shape, trials);
            shapes.addVariants(sizes(family, shape), shape, trials);
        }
        return trials;
    }

    private static int[] sizes(Workload.Family family, String shape) {
        String[] parts = shape.split("x", -1);
        String form = form(family);
        int most = form.split(" x ", -1).length;
        if (parts.length != most || parts.length > MOST_SIZES) {
            throw unlike(family, shape);
        }
        int[] sizes = new int[most];
        for (int i = 0; i < most; i++) {
            if (!parts[i].matches("[1-9]\\d{0,8}")) {
                throw unlike(family, shape);
            }
            sizes[i] = Integer.parseInt(parts[i]);
        }
        return sizes;
    }

    private static IllegalArgumentException unlike(Workload.Family family, String shape) {
        return new IllegalArgumentException("shape: got \"" + shape + "\" for "
                + family.name().toLowerCase(Locale.ROOT) + "; expected " + form(family) + ", such as "
                + usual(family));
    }

    private static FamilyShapes shapes(Workload.Family family) {
        return switch (family) {
            case ELEMENTWISE -> new ElementwiseShapes();
            case COMBINE -> new CombineShapes();
            case MATMUL -> new MatMulShapes();
            case REDUCE -> new ReduceShapes();
            case SCAN -> new ScanShapes();
            case SOFTMAX -> new SoftmaxShapes();
            case NORM -> new NormShapes();
            case MODULATED_NORM -> new ModulatedNormShapes();
            case CONV2D -> new Conv2dShapes();
            case ATTENTION -> new AttentionShapes();
            case GATHER -> new GatherShapes();
            case RANDOM -> new RandomShapes();
            case UPDATE -> new UpdateShapes();
        };
    }
}
