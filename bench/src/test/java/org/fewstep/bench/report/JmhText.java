package org.fewstep.bench.report;

import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;

/** Text in the form of JMH's result file. */
final class JmhText {
    private final List<String> entries = new ArrayList<>();

    /**
     * Adds a measurement; the mean is the median.
     *
     * @param name below {@code org.fewstep.bench.}
     * @param params names and values
     * @param min microseconds
     * @param median microseconds
     */
    JmhText add(String name, double min, double median, String... params) {
        StringBuilder pairs = new StringBuilder();
        for (int i = 0; i < params.length; i += 2) {
            pairs.append(i == 0 ? "" : ",").append("\"%s\":\"%s\"".formatted(params[i], params[i + 1]));
        }
        entries.add("""
                {"jmhVersion":"1.37","benchmark":"org.fewstep.bench.%s","mode":"avgt","threads":1,"forks":3,
                 "jdkVersion":"25.0.3","params":{%s},
                 "primaryMetric":{"score":%s,"scoreError":"NaN","scoreConfidence":["NaN","NaN"],
                  "scorePercentiles":{"0.0":%s,"50.0":%s,"100.0":1e9},"scoreUnit":"us/op","rawData":[[1.0]]},
                 "secondaryMetrics":{"gc.alloc.rate.norm":{"score":2048.0,"scoreUnit":"B/op"}}}""".formatted(name, pairs, median, min, median));
        return this;
    }

    String text() {
        return "[" + String.join(",\n", entries) + "]";
    }

    byte[] bytes() {
        return text().getBytes(StandardCharsets.UTF_8);
    }

    Run run() {
        return new Run("run.json", JmhFile.parse(bytes(), "run.json"), null);
    }
}
