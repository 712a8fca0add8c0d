package org.fewstep;

import static com.tngtech.archunit.base.DescribedPredicate.not;
import static com.tngtech.archunit.core.domain.JavaClass.Predicates.assignableTo;
import static com.tngtech.archunit.core.domain.JavaClass.Predicates.resideInAPackage;
import static com.tngtech.archunit.core.domain.JavaClass.Predicates.resideInAnyPackage;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static com.tngtech.archunit.library.GeneralCodingRules.ACCESS_STANDARD_STREAMS;
import static com.tngtech.archunit.library.dependencies.SlicesRuleDefinition.slices;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.tngtech.archunit.base.DescribedPredicate;
import com.tngtech.archunit.core.domain.JavaClass;
import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.domain.JavaPackage;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import com.tngtech.archunit.core.importer.ImportOption;
import com.tngtech.archunit.lang.ArchRule;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import org.fewstep.cli.ForbiddenRoom;
import org.fewstep.loss.Canary;
import org.jspecify.annotations.NullMarked;
import org.junit.jupiter.api.Test;

/**
 * Who may import whom. An import rule runs twice: on the main classes, which must keep it, and on the main classes
 * with {@link Canary} and {@link ForbiddenRoom} among them, which must break it, so that no rule passes by looking at
 * nothing.
 */
class ArchitectureTest {
    /** The rooms of the house and what each may use; using a room includes using what that room itself uses. */
    private static final Map<String, List<String>> USES = new LinkedHashMap<>();

    static {
        USES.put("kernels", List.of());
        USES.put("tensor", List.of("kernels"));
        USES.put("op", List.of("tensor"));
        USES.put("autodiff", List.of("op"));
        USES.put("io", List.of("tensor"));
        USES.put("path", List.of("op"));
        USES.put("data", List.of("op", "io"));
        USES.put("metric", List.of("op"));
        USES.put("model", List.of("op", "autodiff", "path")); // path: the GridPoint at which a Denoiser is asked
        USES.put("solver", List.of("op", "path", "autodiff"));
        USES.put("loss", List.of("path", "model", "solver", "op", "autodiff"));
        USES.put("sample", List.of("solver", "model", "path", "io"));
        USES.put("train", List.of("loss", "model", "op", "sample", "metric", "data", "io"));
        USES.put("study", List.of("train"));
        USES.put("cli", List.of("study", "train"));
    }

    /** The parts of the JDK that live in the module java.desktop. */
    private static final String[] DESKTOP = {
        "java.awt..",
        "java.applet..",
        "java.beans..",
        "javax.accessibility..",
        "javax.imageio..",
        "javax.print..",
        "javax.sound..",
        "javax.swing.."
    };

    /** The libraries a place sees beside the JDK and JSpecify; every other place sees none. */
    private static final Map<String, List<String>> LIBRARIES = Map.of(
            "org.fewstep.kernels.cpu..", List.of("org.ejml..", "pabeles..", "jdk.incubator.vector.."),
            "org.fewstep.kernels.gpu..", List.of("jcuda..", "org.jocl.."),
            "org.fewstep.cli..", List.of("picocli..", "org.snakeyaml..", "org.knowm..", "javax.."));

    private static final JavaClasses MAIN = new ClassFileImporter()
            .withImportOption(new ImportOption.DoNotIncludeTests())
            .importPackages("org.fewstep");

    private static final JavaClasses WITH_CANARY = withCanary();

    @Test
    void everyRoomUsesOnlyTheRoomsBelowIt() {
        for (String room : USES.keySet()) {
            if (isPresent(room)) {
                layer(room).check(MAIN);
            }
        }
        assertCaught(layer("loss"));
    }

    @Test
    void roomsFormNoCycle() {
        ArchRule rule = slices().matching("org.fewstep.(*)..").should().beFreeOfCycles();
        rule.allowEmptyShould(false).check(MAIN);
        assertCaught(rule);
    }

    @Test
    void everyPackageStandsInTheTable() {
        Set<String> found = new TreeSet<>();
        for (JavaClass c : MAIN) {
            String inside = c.getPackageName().substring("org.fewstep".length());
            found.add(inside.isEmpty() ? "(root)" : inside.substring(1).split("\\.", 2)[0]);
        }
        found.removeAll(USES.keySet());
        assertEquals(Set.of(), found, "packages of org.fewstep that no rule knows");
    }

    @Test
    void everyRoomIsThere() {
        for (String room : USES.keySet()) {
            assertTrue(isPresent(room), () -> "org.fewstep." + room + " holds no class");
        }
    }

    @Test
    void everyPlaceSeesOnlyItsLibraries() {
        LIBRARIES.forEach((place, seen) -> {
            if (MAIN.that(resideInAPackage(place)).size() > 0) {
                libraries(resideInAPackage(place), seen).check(MAIN);
            }
        });
        ArchRule elsewhere = libraries(not(resideInAnyPackage(LIBRARIES.keySet().toArray(String[]::new))), List.of());
        elsewhere.check(MAIN);
        assertCaught(elsewhere);
        String report = elsewhere.evaluate(WITH_CANARY).getFailureReport().toString();
        assertTrue(report.contains("org.ejml.") && report.contains("picocli."), report);
    }

    @Test
    void onlyTheDriversSeeNativeBindings() {
        DescribedPredicate<JavaClass> drivers = resideInAPackage("org.fewstep.kernels.gpu")
                .and(DescribedPredicate.describe(
                        "drivers", c -> c.getName().matches(".*\\.(CudaDriver|OpenClDriver|NativeLoader)(\\$.*)?")));
        onlyIn(drivers, "jcuda..", "org.jocl..").check(MAIN);
    }

    @Test
    void onlyTheCommandLineNeedsADesktop() {
        ArchRule rule = onlyIn(resideInAPackage("org.fewstep.cli.."), DESKTOP);
        rule.check(MAIN);
        assertCaught(rule);
    }

    @Test
    void onlyMetricsAndTheCommandLineReachIntoTheCpuDevice() {
        ArchRule rule = onlyIn(
                resideInAnyPackage("org.fewstep.kernels..", "org.fewstep.metric..", "org.fewstep.cli.."),
                "org.fewstep.kernels.cpu..");
        rule.check(MAIN);
        assertCaught(rule);
    }

    @Test
    void lossesSeeNoDevice() {
        ArchRule rule = noClasses()
                .that()
                .resideInAPackage("org.fewstep.loss..")
                .should()
                .dependOnClassesThat(
                        resideInAPackage("org.fewstep.kernels..").and(not(assignableTo("org.fewstep.kernels.DType"))))
                .allowEmptyShould(false);
        if (isPresent("loss")) {
            rule.check(MAIN);
        }
        assertCaught(rule);
    }

    @Test
    void onlyTheCommandLinePrints() {
        ArchRule rule = noClasses()
                .that(not(resideInAPackage("org.fewstep.cli..")))
                .should(ACCESS_STANDARD_STREAMS)
                .allowEmptyShould(false);
        rule.check(MAIN);
        assertCaught(rule);
    }

    @Test
    void everyPackageIsNullMarked() {
        Set<String> unmarked = new TreeSet<>();
        for (JavaClass c : MAIN) {
            JavaPackage room = c.getPackage();
            if (!room.isAnnotatedWith(NullMarked.class)) {
                unmarked.add(room.getName());
            }
        }
        assertEquals(Set.of(), unmarked, "packages without @NullMarked in a package-info");
    }

    @Test
    void namesSayWhatAClassIs() {
        List<String> vague = new ArrayList<>();
        for (JavaClass c : MAIN) {
            if (c.getSimpleName().matches(".*(Utils?|Helper|Manager|Impl)")) {
                vague.add(c.getName());
            }
        }
        assertEquals(List.of(), vague);
    }

    private static ArchRule layer(String room) {
        Set<String> below = new TreeSet<>();
        below.add(room);
        collect(room, below);
        String[] allowed = below.stream().map(r -> "org.fewstep." + r + "..").toArray(String[]::new);
        return noClasses()
                .that()
                .resideInAPackage("org.fewstep." + room + "..")
                .should()
                .dependOnClassesThat(resideInAPackage("org.fewstep..").and(not(resideInAnyPackage(allowed))))
                .as("org.fewstep." + room + " uses only " + below)
                .allowEmptyShould(false);
    }

    private static void collect(String room, Set<String> below) {
        for (String used : USES.get(room)) {
            if (below.add(used)) {
                collect(used, below);
            }
        }
    }

    private static ArchRule libraries(DescribedPredicate<JavaClass> place, List<String> seen) {
        List<String> allowed = new ArrayList<>(List.of("java..", "org.fewstep..", "org.jspecify.."));
        allowed.addAll(seen);
        return noClasses()
                .that(place)
                .should()
                .dependOnClassesThat(not(resideInAnyPackage(allowed.toArray(String[]::new))))
                .allowEmptyShould(false);
    }

    private static ArchRule onlyIn(DescribedPredicate<JavaClass> place, String... packages) {
        return noClasses()
                .that(not(place))
                .should()
                .dependOnClassesThat(resideInAnyPackage(packages))
                .allowEmptyShould(false);
    }

    private static boolean isPresent(String room) {
        String name = "org.fewstep." + room;
        for (JavaClass c : MAIN) {
            boolean inside =
                    c.getPackageName().equals(name) || c.getPackageName().startsWith(name + ".");
            if (inside && !c.getSimpleName().equals("package-info")) {
                return true;
            }
        }
        return false;
    }

    private static void assertCaught(ArchRule rule) {
        assertTrue(rule.evaluate(WITH_CANARY).hasViolation(), () -> "not caught: " + rule.getDescription());
    }

    private static JavaClasses withCanary() {
        Set<String> canaries = Set.of(Canary.class.getName(), ForbiddenRoom.class.getName());
        JavaClasses all = new ClassFileImporter().importPackages("org.fewstep");
        JavaClasses kept = all.that(DescribedPredicate.describe(
                "main classes and canaries", c -> MAIN.contain(c.getName()) || canaries.contains(c.getName())));
        assertFalse(MAIN.contain(Canary.class));
        assertTrue(kept.contain(Canary.class));
        return kept;
    }
}
