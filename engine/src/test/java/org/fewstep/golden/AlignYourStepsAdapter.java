package org.fewstep.golden;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.fewstep.io.JsonCursor;
import org.fewstep.solver.AlignYourSteps;

/** The published tables, resampled. */
final class AlignYourStepsAdapter implements Adapter {
    private static final Pattern KEY = Pattern.compile("(.+)_resampled_(\\d+)");
    private static final Map<String, AlignYourSteps> PUBLISHED = Map.of(
            "StableDiffusionSigmas", AlignYourSteps.STABLE_DIFFUSION,
            "StableDiffusionXLSigmas", AlignYourSteps.STABLE_DIFFUSION_XL,
            "StableDiffusionVideoSigmas", AlignYourSteps.STABLE_VIDEO_DIFFUSION);

    @Override
    public void run(GoldenRun run) {
        run.requireNoModel();
        JsonCursor given = run.params().object("tables");
        Map<String, AlignYourSteps> tables = new TreeMap<>();
        for (String name : given.keys()) {
            AlignYourSteps published = PUBLISHED.get(name);
            double[] levels = given.get(name).asDoubles();
            List<Double> list = new ArrayList<>();
            for (int i = 0; i < levels.length - 1; i++) {
                list.add(levels[i]);
            }
            if (levels[levels.length - 1] != 0
                    || (published != null && !published.levels().equals(list))) {
                throw given.get(name)
                        .fail(list.toString(), published + " and a closing 0", "the table is not the published one");
            }
            tables.put(name, published == null ? new AlignYourSteps(name, list) : published);
        }
        for (String key : run.expected().keys()) {
            Matcher matcher = KEY.matcher(key);
            AlignYourSteps table = matcher.matches() ? tables.get(matcher.group(1)) : null;
            if (table != null) {
                run.expected().offer(key, table.resampled(Integer.parseInt(matcher.group(2))));
            }
        }
    }

    @Override
    public boolean f64Only() {
        return true;
    }
}
