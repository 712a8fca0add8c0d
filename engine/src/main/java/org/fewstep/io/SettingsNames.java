package org.fewstep.io;

import java.util.Collection;
import java.util.Locale;

/** Spellings: {@code logEvery} in Java is {@code log-every} in a file; the nearest known name for a wrong one. */
final class SettingsNames {
    /** Characters of a name from outside that are compared or shown. */
    private static final int LONGEST = 60;

    private SettingsNames() {}

    /** The key of a record component or the kind of a record class: words in lower case, joined by hyphens. */
    static String key(String javaName) {
        StringBuilder key = new StringBuilder();
        for (int i = 0; i < javaName.length(); i++) {
            char c = javaName.charAt(i);
            if (Character.isUpperCase(c) && i > 0) {
                key.append('-');
            }
            key.append(Character.toLowerCase(c));
        }
        return key.toString();
    }

    /** The word of an enum constant: {@code TWO_MOONS} is {@code two-moons}. */
    static String word(Enum<?> constant) {
        return constant.name().toLowerCase(Locale.ROOT).replace('_', '-');
    }

    /** Two spellings that mean the same constant. */
    static boolean sameWord(String a, String b) {
        return a.replace('_', '-').equalsIgnoreCase(b.replace('_', '-'));
    }

    /** A name from outside for a message: in quotes, printable, not too long. */
    static String quote(String name) {
        String shown = name.length() <= LONGEST ? name : name.substring(0, LONGEST) + "...";
        return '"' + shown.replaceAll("\\p{Cntrl}", "?") + '"';
    }

    static String join(String section, String path) {
        if (section.isEmpty() || path.isEmpty()) {
            return section + path;
        }
        return path.startsWith("[") ? section + path : section + "." + path;
    }

    /** The known name of least edit distance; the first of equals. */
    static String nearest(String name, Collection<String> known) {
        String spelled = name.substring(0, Math.min(name.length(), LONGEST)).toLowerCase(Locale.ROOT);
        String nearest = "";
        int least = Integer.MAX_VALUE;
        for (String candidate : known) {
            int distance = distance(spelled.replace('_', '-'), candidate);
            if (distance < least) {
                least = distance;
                nearest = candidate;
            }
        }
        return nearest;
    }

    /** Least number of insertions, deletions, replacements and swaps of neighbours that turn a into b. */
    static int distance(String a, String b) {
        int[][] cost = new int[a.length() + 1][b.length() + 1];
        for (int i = 0; i <= a.length(); i++) {
            for (int j = 0; j <= b.length(); j++) {
                if (i == 0 || j == 0) {
                    cost[i][j] = i + j;
                    continue;
                }
                int replace = cost[i - 1][j - 1] + (a.charAt(i - 1) == b.charAt(j - 1) ? 0 : 1);
                int best = Math.min(replace, Math.min(cost[i - 1][j], cost[i][j - 1]) + 1);
                if (i > 1 && j > 1 && a.charAt(i - 1) == b.charAt(j - 2) && a.charAt(i - 2) == b.charAt(j - 1)) {
                    best = Math.min(best, cost[i - 2][j - 2] + 1);
                }
                cost[i][j] = best;
            }
        }
        return cost[a.length()][b.length()];
    }
}
