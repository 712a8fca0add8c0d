package org.fewstep.solver;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.HashSet;
import java.util.Set;
import org.fewstep.path.VpSchedule;
import org.junit.jupiter.api.Test;

class SolverCatalogTest {
    @Test
    void namesFindTheirSolvers() {
        Set<String> names = new HashSet<>();
        for (SolverCatalog.Entry entry : SolverCatalog.all()) {
            assertTrue(names.add(entry.name()), entry.name() + " twice");
            assertSame(entry.solver(), SolverCatalog.of(entry.name()));
            assertSame(entry.solver(), SolverCatalog.of(entry.name().toUpperCase(java.util.Locale.ROOT)));
        }
        IllegalArgumentException e = assertThrows(IllegalArgumentException.class, () -> SolverCatalog.of("dpm++"));
        assertTrue(e.getMessage().startsWith("solver: got \"dpm++\"; expected one of "), e.getMessage());
    }

    @Test
    void evaluationsAreAsStated() {
        TimeGrid grid = TimeGrid.uniform(new VpSchedule(), 12, 1, 1e-3);
        for (SolverCatalog.Entry entry : SolverCatalog.all()) {
            String[] words = entry.evaluations().split(", and ");
            int expected = 12 * Integer.parseInt(words[0]);
            if (words.length == 2) {
                expected += Integer.parseInt(words[1].split(" ")[0]);
            }
            assertEquals(expected, entry.solver().plan(grid).evaluations(), entry.name());
        }
    }
}
