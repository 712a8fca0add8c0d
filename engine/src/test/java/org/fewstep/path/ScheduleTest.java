package org.fewstep.path;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.List;
import org.junit.jupiter.api.Test;

class ScheduleTest {
    private static final BetaTable STABLE_DIFFUSION = BetaTable.scaledLinear(1000, 0.00085, 0.012);

    private static final List<NoiseSchedule> ALL = List.of(
            new VpSchedule(),
            new VpSchedule(3, 3),
            new VpPath(),
            new VpCosineSchedule(),
            new VeSchedule(),
            new SubVpSchedule(),
            new LaplaceSchedule(0.3, 0.7),
            new EdmSchedule(),
            DiscreteSchedule.of(STABLE_DIFFUSION));

    @Test
    void derivativesAreThoseOfTheCoefficients() {
        for (NoiseSchedule schedule : ALL) {
            for (double t : new double[] {0.0625, 0.2531, 0.61234, 0.9105}) {
                double h = 1e-6;
                double dAlpha = (schedule.alpha(t + h) - schedule.alpha(t - h)) / (2 * h);
                double dSigma = (schedule.sigma(t + h) - schedule.sigma(t - h)) / (2 * h);
                assertEquals(dAlpha, schedule.dAlpha(t), 1e-6 * Math.max(1, Math.abs(dAlpha)), schedule + " " + t);
                assertEquals(dSigma, schedule.dSigma(t), 1e-6 * Math.max(1, Math.abs(dSigma)), schedule + " " + t);
            }
        }
    }

    @Test
    void timesAreFoundAgainByTheirSignal() {
        for (NoiseSchedule schedule : ALL) {
            for (double t : new double[] {1e-4, 0.01, 0.3, 0.5, 0.77, 0.99}) {
                double snr = schedule.alpha(t) / schedule.sigma(t);
                assertEquals(t, schedule.timeAtSnr(snr), 1e-10, schedule + " " + t);
            }
        }
    }

    @Test
    void theCleanEndHasNoNoise() {
        for (NoiseSchedule schedule : ALL) {
            double t = schedule.timeAtSnr(Double.POSITIVE_INFINITY);
            assertEquals(0, schedule.sigma(t), 1e-12, schedule.toString());
            assertEquals(1, schedule.alpha(t), 1e-12, schedule.toString());
        }
    }

    @Test
    void noSignalIsNeverAnUndefinedTime() {
        for (NoiseSchedule schedule : ALL) {
            assertFalse(Double.isNaN(schedule.timeAtSnr(0)), schedule.toString());
        }
    }

    @Test
    void diffusionsHaveTheirPublishedRates() {
        double t = 0.37;
        double beta = 0.1 + t * 19.9;
        assertEquals(beta, new VpSchedule().squaredDiffusion(t), 1e-12);
        assertEquals(-beta / 2, new VpSchedule().driftRate(t), 1e-12);
        double decay = Math.exp(-2 * 0.1 * t - 19.9 * t * t);
        assertEquals(beta * (1 - decay), new SubVpSchedule().squaredDiffusion(t), 1e-12);
        VeSchedule ve = new VeSchedule(0.02, 30);
        assertEquals(2 * Math.log(1500) * Math.pow(ve.sigma(t), 2), ve.squaredDiffusion(t), 1e-12);
        assertEquals(2 * t, new EdmSchedule().squaredDiffusion(t), 0);
        assertEquals(new VpSchedule().squaredDiffusion(t), new VpPath().squaredDiffusion(1 - t), 1e-12);
    }

    @Test
    void vpPathIsVpScheduleFromTheOtherEnd() {
        Path back = new VpPath(0.2, 9).reversed();
        assertEquals(new VpSchedule(0.2, 9), back);
        assertEquals(new VpPath(0.2, 9), back.reversed());
        assertEquals(back.alpha(0.3), new VpPath(0.2, 9).alpha(0.7), 1e-15);
        assertEquals(-back.dSigma(0.3), new VpPath(0.2, 9).dSigma(0.7), 1e-14);
    }

    @Test
    void cosineIsExactAtBothEnds() {
        VpCosineSchedule schedule = new VpCosineSchedule();
        assertEquals(0, schedule.alpha(1), 0);
        assertEquals(1, schedule.sigma(1), 1e-15);
        assertEquals(0, schedule.sigma(0), 0);
        double t = 1e-9;
        double exact = Math.sqrt(2 * t * Math.PI / 2 / 1.008 * Math.tan(0.008 / 1.008 * Math.PI / 2));
        assertEquals(exact, schedule.sigma(t), 1e-6 * exact);
    }

    @Test
    void laplaceTimesFollowTheLaw() {
        LaplaceSchedule schedule = new LaplaceSchedule(0.5, 2);
        // A quarter of the times lies at log ratios above mean + scale ln 2.
        assertEquals(0.5 + 2 * Math.log(2), 2 * schedule.lambda(0.25), 1e-12);
        assertEquals(0.5, 2 * schedule.lambda(0.5), 1e-12);
        assertEquals(0.5 - 2 * Math.log(2), 2 * schedule.lambda(0.75), 1e-12);
    }

    @Test
    void discreteScheduleMeetsItsTable() {
        DiscreteSchedule schedule = DiscreteSchedule.of(STABLE_DIFFUSION);
        double[] alphaSquared = STABLE_DIFFUSION.alphaSquared();
        for (int n : new int[] {0, 1, 500, 999}) {
            double t = schedule.timeOf(n);
            assertEquals(alphaSquared[n], Math.pow(schedule.alpha(t), 2), 1e-14);
            assertEquals(n, schedule.label(t), 1e-9);
        }
        double between = 0.5 * (schedule.timeOf(400) + schedule.timeOf(401));
        assertEquals(
                Math.sqrt(schedule.alpha(schedule.timeOf(400)) * schedule.alpha(schedule.timeOf(401))),
                schedule.alpha(between),
                1e-14);
        assertEquals(0, schedule.sigma(0), 0);
    }

    @Test
    void aCutTableIsLaidOverAllTimes() {
        DiscreteSchedule cut = DiscreteSchedule.of(BetaTable.cosine(1000, 0.999), DiscreteSchedule.PUBLISHED_CUT);
        assertTrue(cut.size() < 1000);
        assertTrue(cut.lambda(1) >= -5.1 && cut.lambda(1) < -4.9, "lambda " + cut.lambda(1));
        assertThrows(IllegalArgumentException.class, () -> DiscreteSchedule.of(STABLE_DIFFUSION.zeroTerminalSnr()));
        DiscreteSchedule rescaled =
                DiscreteSchedule.of(STABLE_DIFFUSION.zeroTerminalSnr(), DiscreteSchedule.PUBLISHED_CUT);
        assertTrue(rescaled.lambda(1) >= -5.1 && rescaled.lambda(1) < -4.9, "lambda " + rescaled.lambda(1));
    }

    @Test
    void rescaledTablesEndWithoutSignal() {
        BetaTable rescaled = STABLE_DIFFUSION.zeroTerminalSnr();
        double[] alphaSquared = rescaled.alphaSquared();
        assertEquals(0, alphaSquared[999], 0);
        assertEquals(STABLE_DIFFUSION.alphaSquared()[0], alphaSquared[0], 1e-15);
        assertEquals(
                Math.sqrt((1 - 0x1p-24) / 0x1p-24), TrainingSigmas.of(rescaled).max(), 1e-6);
    }

    @Test
    void tablesKeepTheirOwnNumbers() {
        double[] betas = {0.1, 0.2};
        BetaTable table = new BetaTable("own", betas);
        betas[0] = 0.9;
        table.betas()[1] = 0.9;
        assertEquals(new BetaTable("own", new double[] {0.1, 0.2}), table);
        assertEquals(new BetaTable("own", new double[] {0.1, 0.2}).hashCode(), table.hashCode());
        assertEquals("own[2 rates, 0.1 to 0.2]", table.toString());
        assertEquals(0.9 * 0.8, table.alphaSquared()[1], 1e-16);
    }

    @Test
    void trainingSigmasAreReadAtFractions() {
        TrainingSigmas sigmas = new TrainingSigmas(new double[] {1, 2, 8});
        assertEquals(1.5, sigmas.at(0.5), 0);
        assertEquals(5, sigmas.at(1.5), 0);
        assertEquals(8, sigmas.at(7), 0);
        assertEquals(1, sigmas.at(-1), 0);
        assertEquals(1.5, sigmas.timestepOf(4), 1e-15);
        assertEquals(0, sigmas.timestepOf(0.5), 0);
        assertEquals(2, sigmas.timestepOf(9), 0);
    }

    @Test
    void shiftsInARowMultiply() {
        double s = 0.4;
        assertEquals(new FlowShift(6).at(s), new FlowShift(2).at(new FlowShift(3).at(s)), 1e-15);
        assertEquals(s, new FlowShift(1).at(s), 0);
        assertEquals(1, new FlowShift(3).at(1), 0);
        assertEquals(
                Math.exp(1.3) / (Math.exp(1.3) + 1 / s - 1),
                FlowShift.exponential(1.3).at(s),
                1e-15);
        assertEquals(Math.exp(0.5), FlowShift.ofTokens(256, 0.5, 1.15).factor(), 1e-15);
        assertEquals(Math.exp(1.15), FlowShift.ofTokens(4096, 0.5, 1.15).factor(), 1e-14);
        double[] stretched = FlowShift.stretched(new double[] {1, 0.6, 0.2}, 0.1);
        assertEquals(1, stretched[0], 0);
        assertEquals(1 - 0.4 * 0.9 / 0.8, stretched[1], 1e-15);
        assertEquals(0.1, stretched[2], 1e-15);
    }

    @Test
    void betaLawMeetsClosedForms() {
        BetaLaw law = new BetaLaw(2, 3);
        for (double x : new double[] {1e-8, 0.1, 0.5, 0.93}) {
            double exact = x * x * (6 - 8 * x + 3 * x * x);
            assertEquals(exact, law.cdf(x), 1e-14 * Math.max(exact, 1e-2));
        }
        BetaLaw arcsine = new BetaLaw(0.5, 0.5);
        for (double p : new double[] {1e-6, 0.01, 0.3, 0.5, 0.88, 0.999}) {
            assertEquals(Math.pow(Math.sin(Math.PI * p / 2), 2), arcsine.quantile(p), 1e-13);
        }
    }

    @Test
    void betaQuantilesInvertTheLaw() {
        for (double[] exponents : new double[][] {{0.6, 0.6}, {2, 1.5}, {0.1, 7}, {30, 40}}) {
            BetaLaw law = new BetaLaw(exponents[0], exponents[1]);
            for (double p : new double[] {0.001, 0.11, 0.5, 0.9, 0.999}) {
                assertEquals(p, law.cdf(law.quantile(p)), 1e-12, law + " " + p);
            }
            assertEquals(0, law.quantile(0), 0);
            assertEquals(1, law.quantile(1), 0);
        }
    }

    @Test
    void badNumbersAreNamed() {
        refused("betaMin", () -> new VpSchedule(0, 1));
        refused("betaMin", () -> new SubVpSchedule(2, 1));
        refused("offset", () -> new VpCosineSchedule(0));
        refused("sigmaMin", () -> new VeSchedule(1, 1));
        refused("scale", () -> new LaplaceSchedule(0, -1));
        refused("rate", () -> new BetaTable("own", new double[] {0.1, 1.5}));
        refused("rate", () -> new BetaTable("own", new double[] {1, 0.5}));
        refused("ln alpha", () -> new DiscreteSchedule(new double[] {-1, -1}));
        refused("timesteps", () -> new DiscreteSchedule(new double[] {-1}));
        refused("rising", () -> new TrainingSigmas(new double[] {2, 1, 3}));
        refused("factor", () -> new FlowShift(0));
        refused("terminal", () -> FlowShift.stretched(new double[] {1, 0.5}, 1));
        refused("exponents", () -> new BetaLaw(0, 1));
        refused("probability", () -> new BetaLaw(1, 1).quantile(1.5));
        refused("snr", () -> new VpSchedule().timeAtSnr(-1));
    }

    private static void refused(String word, Runnable action) {
        IllegalArgumentException error = assertThrows(IllegalArgumentException.class, action::run);
        assertTrue(error.getMessage().contains(word), error.getMessage());
        assertTrue(error.getMessage().contains("expected"), error.getMessage());
    }
}
