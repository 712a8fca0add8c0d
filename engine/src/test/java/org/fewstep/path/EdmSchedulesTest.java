package org.fewstep.path;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

class EdmSchedulesTest {
    static Stream<NoiseSchedule> schedules() {
        return Stream.of(
                new EdmSchedule(),
                new EdmVeSchedule(),
                new EdmVpSchedule(),
                EdmVpSchedule.fitted(0.002, 81, 1e-3),
                new UnitVariance(new EdmSchedule()),
                new UnitVariance(new EdmVeSchedule()),
                new UnitVariance(new EdmVpSchedule()));
    }

    @ParameterizedTest
    @MethodSource("schedules")
    void timesAndDerivativesBelongToTheLevels(NoiseSchedule schedule) {
        for (double t : new double[] {0.01, 0.2, 0.7, 1}) {
            double snr = schedule.alpha(t) / schedule.sigma(t);
            assertEquals(t, schedule.timeAtSnr(snr), 1e-12 * t);
            double h = 1e-5 * t;
            double alpha = (schedule.alpha(t + h) - schedule.alpha(t - h)) / (2 * h);
            double sigma = (schedule.sigma(t + h) - schedule.sigma(t - h)) / (2 * h);
            assertEquals(alpha, schedule.dAlpha(t), 1e-7 * Math.max(1, Math.abs(alpha)));
            assertEquals(sigma, schedule.dSigma(t), 1e-7 * Math.max(1, Math.abs(sigma)));
        }
        assertEquals(0, schedule.sigma(schedule.timeAtSnr(Double.POSITIVE_INFINITY)), 1e-15);
        assertThrows(IllegalArgumentException.class, () -> schedule.timeAtSnr(-1));
    }

    @Test
    void scaledLevelsAreTheVariancePreservingDiffusion() {
        NoiseSchedule edm = new UnitVariance(new EdmVpSchedule());
        VpPath path = new VpPath();
        for (double t : new double[] {0.05, 0.4, 1}) {
            assertEquals(path.alpha(1 - t), edm.alpha(t), 1e-13);
            assertEquals(path.sigma(1 - t), edm.sigma(t), 1e-13);
            assertEquals(path.dAlpha(1 - t), -edm.dAlpha(t), 1e-12);
            assertEquals(path.dSigma(1 - t), -edm.dSigma(t), 1e-11);
        }
    }

    @Test
    void fitMeetsBothEnds() {
        EdmVpSchedule schedule = EdmVpSchedule.fitted(0.02, 100, 1e-2);
        assertEquals(0.02, schedule.sigma(1e-2), 1e-12);
        assertEquals(100, schedule.sigma(1), 1e-10);
        EdmVpSchedule usual = new EdmVpSchedule();
        EdmVpSchedule again = EdmVpSchedule.fitted(usual.sigma(1e-3), usual.sigma(1), 1e-3);
        assertEquals(19.9, again.betaD(), 1e-9);
        assertEquals(0.1, again.betaMin(), 1e-9);
    }

    @Test
    void badRatesAreNamed() {
        assertThrows(IllegalArgumentException.class, () -> new EdmVpSchedule(0, 0.1));
        assertThrows(IllegalArgumentException.class, () -> new EdmVpSchedule(19.9, Double.NaN));
    }
}
