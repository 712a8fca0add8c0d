package org.fewstep.solver;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.List;
import org.fewstep.path.EdmSchedule;
import org.fewstep.path.GridPoint;
import org.fewstep.path.LinearPath;
import org.fewstep.path.VeSchedule;
import org.fewstep.path.VpSchedule;
import org.junit.jupiter.api.Test;

class SpacingTest {
    private static final List<Spacing> ALL = List.of(
            PowerSpacing.UNIFORM,
            PowerSpacing.QUADRATIC,
            LogSnrSpacing.UNIFORM,
            new LogSnrSpacing(2),
            new PolyexponentialSpacing(1.7),
            new KarrasSpacing(),
            new BetaSpacing(),
            new CosineSpacing());

    @Test
    void everySpacingGivesEveryNumberOfSteps() {
        for (Spacing spacing : ALL) {
            for (int steps : new int[] {1, 2, 3, 5}) {
                for (FinalPoint end : FinalPoint.values()) {
                    TimeGrid grid = TimeGrid.spaced(new VpSchedule(), spacing, steps, 1, 1e-3, end);
                    assertEquals(steps, grid.steps(), spacing.name());
                    assertEquals(1, grid.point(0).t(), 0);
                    if (end == FinalPoint.CLEAN) {
                        assertEquals(0, grid.point(steps).sigma(), 0);
                        assertEquals(
                                steps == 1 ? 1 : 1e-3, grid.point(steps - 1).t(), 0);
                    } else {
                        assertEquals(1e-3, grid.point(steps).t(), 0);
                    }
                }
            }
        }
    }

    /** Equal steps of the angle are equal steps of the Brownian width's own angle, and the grid is its mirror image. */
    @Test
    void cosineStepsAreEqualAngles() {
        TimeGrid grid = TimeGrid.spaced(LinearPath.NOISE_AT_ZERO, new CosineSpacing(), 6, 0, 1, FinalPoint.LEAST);
        for (int i = 0; i <= 6; i++) {
            double t = grid.point(i).t();
            assertEquals(Math.sin(Math.PI * i / 6) / 2, Math.sqrt(t * (1 - t)), 1e-15);
            assertEquals(1, t + grid.point(6 - i).t(), 1e-15);
        }
    }

    @Test
    void stepsOfOneLengthEndShort() {
        TimeGrid grid = TimeGrid.stepped(LinearPath.NOISE_AT_ZERO, 0.3, 1, 0);
        double[] t = grid.points().stream().mapToDouble(GridPoint::t).toArray();
        assertArrayEquals(new double[] {1, 0.7, 0.4, 0.1, 0}, t, 1e-15);
        for (int n = 1; n < 60; n++) {
            assertEquals(
                    n, TimeGrid.stepped(LinearPath.NOISE_AT_ZERO, 1.0 / n, 0, 1).steps());
        }
        assertEquals(1, TimeGrid.stepped(LinearPath.NOISE_AT_ZERO, 5, 0, 1).steps());
        refused("step length", () -> TimeGrid.stepped(LinearPath.NOISE_AT_ZERO, 0, 0, 1));
    }

    @Test
    void levelsDoNotDependOnTheSchedule() {
        double[] levels = new KarrasSpacing(5).levels(6, 40, 0.1);
        VpSchedule vp = new VpSchedule();
        TimeGrid grid = TimeGrid.spaced(
                vp, new KarrasSpacing(5), 5, vp.timeAtSnr(1 / 40.0), vp.timeAtSnr(1 / 0.1), FinalPoint.LEAST);
        assertArrayEquals(
                levels, grid.points().stream().mapToDouble(GridPoint::rho).toArray(), 1e-9);
        assertArrayEquals(
                levels,
                TimeGrid.ofLevels(LinearPath.NOISE_AT_ZERO, levels).points().stream()
                        .mapToDouble(GridPoint::rho)
                        .toArray(),
                1e-9);
    }

    @Test
    void spacingsMeetInTheirLimits() {
        assertArrayEquals(
                LogSnrSpacing.UNIFORM.levels(5, 80, 0.02), new PolyexponentialSpacing(1).levels(5, 80, 0.02), 1e-12);
        double[] equal = new KarrasSpacing(1).levels(5, 9, 1);
        assertArrayEquals(new double[] {9, 7, 5, 3, 1}, equal, 1e-14);
        assertArrayEquals(LogSnrSpacing.UNIFORM.levels(4, 80, 0.02), new KarrasSpacing(1e6).levels(4, 80, 0.02), 1e-3);
        assertArrayEquals(new double[] {9}, new KarrasSpacing().levels(1, 9, 1), 1e-14);
    }

    @Test
    void alignedStepsAreTheTableAtTen() {
        double[] ten = AlignYourSteps.STABLE_DIFFUSION_XL.resampled(10);
        for (int i = 0; i < 10; i++) {
            assertEquals(AlignYourSteps.STABLE_DIFFUSION_XL.levels().get(i), ten[i], 1e-13 * ten[i]);
        }
        double[] twenty = AlignYourSteps.STABLE_VIDEO_DIFFUSION.resampled(19);
        assertEquals(Math.sqrt(54.5 * 15.886), twenty[3], 1e-12);
        assertEquals(700, AlignYourSteps.STABLE_VIDEO_DIFFUSION.resampled(1)[0], 1e-10);
    }

    @Test
    void timestepsOfTheThreeSpacings() {
        assertArrayEquals(new double[] {751, 501, 251, 1}, TimestepSpacing.LEADING.timesteps(1000, 4, 1));
        assertArrayEquals(new double[] {999, 666, 333, 0}, TimestepSpacing.LINSPACE.timesteps(1000, 4, 0));
        assertArrayEquals(new double[] {999, 749, 499, 249}, TimestepSpacing.TRAILING.timesteps(1000, 4, 0));
        assertArrayEquals(new double[] {999, 499.5, 0}, TimestepSpacing.LINSPACE.fractional(1000, 3, 0));
        // 499.5 goes to the even neighbour.
        assertArrayEquals(new double[] {999, 500, 0}, TimestepSpacing.LINSPACE.timesteps(1000, 3, 0));
        assertArrayEquals(new double[] {999, 500}, TimestepSpacing.LINSPACE.timestepsBeforeEnd(1000, 1000, 2, 0));
        assertArrayEquals(new double[] {999}, TimestepSpacing.LINSPACE.timestepsBeforeEnd(1000, 1000, 1, 0));
        assertArrayEquals(new double[] {599, 349, 99}, TimestepSpacing.TRAILING.timestepsBeforeEnd(1000, 600, 4, 0));
        assertArrayEquals(new double[] {666, 333}, TimestepSpacing.LEADING.timestepsBeforeEnd(1000, 1000, 2, 0));
    }

    @Test
    void fastOrdersSpendAllEvaluations() {
        for (int order = 1; order <= 3; order++) {
            for (int n = 1; n < 20; n++) {
                List<Integer> orders = FastOrders.of(order, n);
                assertEquals(n, orders.stream().mapToInt(Integer::intValue).sum());
                assertTrue(order < 3 || orders.get(orders.size() - 1) < 3, orders.toString());
            }
        }
        assertEquals(List.of(3, 3, 2, 1), FastOrders.of(3, 9));
    }

    @Test
    void ancestralStepsKeepTheVariance() {
        for (double eta : new double[] {0, 0.3, 1, 4}) {
            AncestralSplit split = AncestralSplit.of(5, 2, eta);
            assertEquals(4, split.down() * split.down() + split.up() * split.up(), 1e-14);
        }
        assertEquals(0, AncestralSplit.of(5, 2, 0).up(), 0);
        assertEquals(0, AncestralSplit.of(5, 0, 1).down(), 0);
    }

    @Test
    void badGridsAreRefused() {
        refused(
                "clean end",
                () -> TimeGrid.spaced(new VeSchedule(), PowerSpacing.UNIFORM, 3, 1, 0.1, FinalPoint.CLEAN));
        refused("falling", () -> TimeGrid.ofLevels(new EdmSchedule(), 3, 2, 2));
        refused("at least 0", () -> TimeGrid.ofLevels(new EdmSchedule(), 3, -1));
        refused(
                "levels above 0",
                () -> TimeGrid.spaced(new EdmSchedule(), new KarrasSpacing(), 3, 80, 0, FinalPoint.LEAST));
        refused("steps", () -> TimeGrid.spaced(new EdmSchedule(), new KarrasSpacing(), 0, 80, 1, FinalPoint.LEAST));
        refused("power", () -> new KarrasSpacing(0));
        refused("timesteps", () -> TimestepSpacing.LEADING.timesteps(10, 11, 0));
        refused("level", () -> new AlignYourSteps("own", List.of(2.0, 3.0)));
        refused("order", () -> FastOrders.of(4, 3));
    }

    private static void refused(String word, Runnable action) {
        IllegalArgumentException error = assertThrows(IllegalArgumentException.class, action::run);
        assertTrue(error.getMessage().contains(word), error.getMessage());
        assertTrue(error.getMessage().contains("expected"), error.getMessage());
    }
}
