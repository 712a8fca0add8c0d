package org.fewstep.kernels.gpu;

import java.util.EnumMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Properties;
import java.util.TreeMap;
import java.util.stream.Stream;
import org.fewstep.kernels.DType;
import org.fewstep.kernels.DeviceException;
import org.fewstep.kernels.Precision;
import org.fewstep.kernels.Workload;
import org.jspecify.annotations.Nullable;

/**
 * A user's choices on one device: what is asked for, else what was tuned, else the family's own.
 *
 * <p>System property {@code fewstep.launch.FAMILY} asks for a choice, such as {@code -Dfewstep.launch.matmul=v2}; a workload
 * that may not take it fails. A {@link LaunchTable} of the user's goes before the one that comes with the kernels; an entry
 * that a workload may not take has no effect.
 */
final class Selection implements Choices {
    private static final String PREFIX = "fewstep.launch.";
    private static final LaunchTable.Entry[] NONE = {};

    private final Driver.Facts facts;
    private final Map<Workload.Family, Choice> asked = new EnumMap<>(Workload.Family.class);

    /** Entries of this device, by family and dtype, so that a family without any costs nothing. */
    private final LaunchTable.Entry[][] tuned;

    private final String fingerprint;

    /**
     * Reads what is asked for.
     *
     * @param precision of the device
     * @param properties system properties
     * @throws DeviceException for a family or version that there is not
     */
    Selection(Driver.Facts facts, Precision precision, Properties properties, LaunchTable user, LaunchTable shipped) {
        this.facts = facts;
        for (String property : properties.stringPropertyNames()) {
            if (property.startsWith(PREFIX)) {
                ask(property, properties.getProperty(property));
            }
        }
        List<LaunchTable.Entry> first = of(user, facts, precision);
        List<LaunchTable.Entry> second = of(shipped, facts, precision);
        tuned = new LaunchTable.Entry[Workload.Family.values().length * DType.values().length][];
        for (Workload.Family family : Workload.Family.values()) {
            for (DType dtype : DType.values()) {
                tuned[place(family, dtype)] = Stream.of(first, second)
                        .flatMap(List::stream)
                        .filter(entry -> entry.family() == family && entry.dtype() == dtype)
                        .toArray(LaunchTable.Entry[]::new);
            }
        }
        fingerprint = fingerprint(first);
    }

    private static List<LaunchTable.Entry> of(LaunchTable table, Driver.Facts facts, Precision precision) {
        return table.of(facts).stream()
                .filter(entry -> entry.dtype() != DType.F32 || entry.precision() == precision)
                .toList();
    }

    /** The choices of this process' user. */
    static Selection ofUser(Driver.Facts facts, Precision precision) {
        return new Selection(facts, precision, System.getProperties(), LaunchTable.ofUser(), LaunchTable.shipped());
    }

    private void ask(String property, String text) {
        String name = property.substring(PREFIX.length());
        Workload.Family family = family(name);
        if (family == null) {
            throw new DeviceException(property + ": got no family \"" + name + "\"; expected one of " + families());
        }
        Choice choice;
        try {
            choice = Choice.parse(text);
        } catch (IllegalArgumentException e) {
            throw new DeviceException(property + ": " + e.getMessage(), e);
        }
        int versions = GpuKernels.versions(family);
        if (choice.version() > versions) {
            throw new DeviceException(property + ": got " + choice + "; expected "
                    + (versions == 1 ? "v1, the only version" : "v1 to v" + versions + ", the versions") + " of "
                    + name);
        }
        asked.put(family, choice);
    }

    private static Workload.@Nullable Family family(String name) {
        for (Workload.Family family : Workload.Family.values()) {
            if (lower(family).equals(name)) {
                return family;
            }
        }
        return null;
    }

    private static String families() {
        StringBuilder names = new StringBuilder();
        for (Workload.Family family : Workload.Family.values()) {
            names.append(names.length() == 0 ? "" : ", ").append(lower(family));
        }
        return names.toString();
    }

    private static String lower(Workload.Family family) {
        return family.name().toLowerCase(Locale.ROOT);
    }

    private static int place(Workload.Family family, DType dtype) {
        return family.ordinal() * DType.values().length + dtype.ordinal();
    }

    /** What may change bits: what is asked for, and what the user tuned, of versions with other bits than v1. */
    private String fingerprint(List<LaunchTable.Entry> user) {
        Map<String, Choice> changing = new TreeMap<>();
        for (LaunchTable.Entry entry : user) {
            if (entry.choice().version() <= GpuKernels.versions(entry.family()) && mayChangeBits(entry.family())) {
                changing.put(entry.key(), entry.choice());
            }
        }
        StringBuilder text = new StringBuilder();
        asked.forEach((family, choice) -> {
            if (mayChangeBits(family)) {
                text.append('/').append(lower(family)).append(' ').append(choice);
            }
        });
        if (!changing.isEmpty()) {
            text.append("/tuned ")
                    .append(Integer.toHexString(changing.toString().hashCode()));
        }
        return text.toString();
    }

    private static boolean mayChangeBits(Workload.Family family) {
        for (int version = 1; version <= GpuKernels.versions(family); version++) {
            if (!GpuKernels.hasBitsOfFirst(family, Choice.version(version))) {
                return true;
            }
        }
        return false;
    }

    @Override
    public String fingerprint() {
        return fingerprint;
    }

    @Override
    public Choice of(Workload work, List<Choice> legal) {
        Choice wanted = asked.get(work.family());
        if (wanted != null) {
            if (!legal.contains(wanted)) {
                throw new DeviceException(work.label() + ": got " + wanted + " by -D" + PREFIX + lower(work.family())
                        + "; expected one of " + legal + ", which can do this work on " + facts.name());
            }
            return wanted;
        }
        LaunchTable.Entry[] entries = tuned[place(work.family(), work.dtype())];
        return entries.length == 0 ? legal.get(0) : tuned(entries, work, legal);
    }

    /** The first entry that fits; one for a number of rows fits only where all choices have the same bits. */
    private static Choice tuned(LaunchTable.Entry[] entries, Workload work, List<Choice> legal) {
        long sizes = SizeClass.of(work);
        long rows = SizeClass.rows(work);
        for (LaunchTable.Entry entry : entries) {
            if ((entry.sizes() < 0 || entry.sizes() == sizes)
                    && (entry.rows() < 0 || (entry.rows() == rows && GpuKernels.haveBitsOfFirst(work.family(), legal)))
                    && (entry.label() == null || entry.label().equals(work.label()))
                    && legal.contains(entry.choice())) {
                return entry.choice();
            }
        }
        return legal.get(0);
    }
}
