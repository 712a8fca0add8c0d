package org.fewstep.cli;

import java.util.ArrayList;
import java.util.List;
import org.fewstep.train.Accuracy;

/** Shares of recognised samples: a row a class, a column a set of samples. */
final class AccuracyTable {
    private final List<String> names = new ArrayList<>();
    private final List<Accuracy> columns = new ArrayList<>();

    /** Adds a column; all have the same numbers of samples. */
    AccuracyTable add(String name, Accuracy accuracy) {
        names.add(name);
        columns.add(accuracy);
        return this;
    }

    /** The lines, the last one over all classes. */
    List<String> lines() {
        List<String> header = new ArrayList<>(List.of("class", "samples"));
        header.addAll(names);
        Table table = new Table(header.toArray(new String[0]));
        Accuracy first = columns.get(0);
        for (int k = 0; k < first.all().length; k++) {
            int label = k;
            row(
                    table,
                    Integer.toString(k),
                    first.all()[k],
                    columns.stream().map(c -> c.share(label)).toList());
        }
        row(table, "all", first.count(), columns.stream().map(Accuracy::share).toList());
        return table.lines();
    }

    private static void row(Table table, String name, int samples, List<Double> shares) {
        List<String> cells = new ArrayList<>(List.of(name, Text.count(samples)));
        shares.forEach(share -> cells.add(Double.isNaN(share) ? "-" : percent(share)));
        table.row(cells.toArray(new String[0]));
    }

    /** Shows the one column of an accuracy on test data, with a sentence below. */
    static void show(Screen screen, Accuracy accuracy) {
        new AccuracyTable().add("recognised", accuracy).lines().forEach(screen::line);
        screen.line("%s of %s test samples are recognised", percent(accuracy.share()), Text.count(accuracy.count()));
    }

    /** A share as {@code 98.53 %}. */
    private static String percent(double share) {
        return Text.format("%.2f %%", 100 * share);
    }
}
