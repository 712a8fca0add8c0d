package org.fewstep.model;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.fewstep.tensor.Tensor;

/** Keeps the states that are asked for as a network passes them. */
final class TapReader {
    /** Asks for nothing. */
    static final TapReader NONE = new TapReader(Set.of());

    private final Set<String> wanted;
    private final Map<String, Tensor> read = new HashMap<>();

    private TapReader(Set<String> wanted) {
        this.wanted = wanted;
    }

    /** Asks for taps of a network, each once. */
    static TapReader of(FeatureNet net, List<String> names) {
        names.forEach(net::tap);
        Set<String> wanted = new HashSet<>(names);
        if (names.isEmpty() || wanted.size() != names.size()) {
            throw new IllegalArgumentException("features: got taps " + names + "; expected at least one, each once");
        }
        return new TapReader(wanted);
    }

    /** Whether a state is asked for. */
    boolean wants(String name) {
        return wanted.contains(name);
    }

    /** Keeps a state if it is asked for; true when there is nothing left to compute. */
    boolean take(String name, Tensor state) {
        if (wanted.contains(name)) {
            read.put(name, state);
        }
        return !wanted.isEmpty() && read.size() == wanted.size();
    }

    /** The states in the order of the names. */
    List<Tensor> states(List<String> names) {
        List<Tensor> list = new ArrayList<>();
        for (String name : names) {
            Tensor state = read.get(name);
            if (state == null) {
                throw new IllegalStateException("features: no state was read at tap \"" + name + "\"");
            }
            list.add(state);
        }
        return list;
    }
}
