package org.fewstep.train;

import java.util.Map;
import org.fewstep.io.SettingsChecks;
import org.fewstep.io.SettingsException;
import org.fewstep.loss.Distance;
import org.fewstep.loss.Loss;
import org.fewstep.loss.PairWeight;
import org.fewstep.loss.RatioPairs;
import org.fewstep.loss.TruncatedConsistency;
import org.fewstep.loss.TruncatedConsistency.Nets;
import org.fewstep.model.Network;
import org.fewstep.model.Parametrisation;
import org.fewstep.model.PredictionNet;
import org.fewstep.path.LogStudentTimes;

/**
 * The second stage of a truncated consistency model: {@link TruncatedConsistency} from the first stage on, which the recipe's
 * teacher names: a checkpoint of a consistency function of noise levels, as ect or ict trains one.
 *
 * @param sigmaData standard deviation of the data, that of the first stage, above 0 (default 0.5)
 * @param sigmaMin level at which the first stage is the identity: 0 of ect, 0.002 of ict, at least 0 (default 0)
 * @param transition level t' above which the second stage learns, above sigma-min, below the highest, 80 (default 1)
 * @param boundaryShare share of the samples on the boundary, in (0, 1) (default 0.25)
 * @param boundaryWeight weight of the boundary's loss, above 0 (default 0.1)
 * @param ratio r / t for large t, in [0, 1) (default 0.999)
 * @param k slope of the mapping of pairs, at least 0 (default 8)
 * @param timeMean mean of ln t, whose law is Student's (default 0)
 * @param timeScale scale of ln t, above 0 (default 0.2)
 * @param timeDf degrees of freedom of ln t, above 0 (default 0.01)
 * @param c of the pseudo-Huber distance, at least 0; 0 for the norm (default 1e-8)
 * @param labelDrop probability of a dropped label (default 0)
 */
public record Tcm(
        double sigmaData,
        double sigmaMin,
        double transition,
        double boundaryShare,
        double boundaryWeight,
        double ratio,
        double k,
        double timeMean,
        double timeScale,
        double timeDf,
        double c,
        double labelDrop)
        implements MethodSettings {
    static Map<String, Object> defaults() {
        return Map.ofEntries(
                Map.entry("sigma-data", 0.5),
                Map.entry("sigma-min", 0.0),
                Map.entry("transition", 1.0),
                Map.entry("boundary-share", 0.25),
                Map.entry("boundary-weight", 0.1),
                Map.entry("ratio", 0.999),
                Map.entry("k", 8.0),
                Map.entry("time-mean", 0.0),
                Map.entry("time-scale", 0.2),
                Map.entry("time-df", 0.01),
                Map.entry("c", 1e-8),
                Map.entry("label-drop", 0.0));
    }

    public Tcm {
        SettingsChecks.positive("sigma-data", sigmaData);
        SettingsChecks.notNegative("sigma-min", sigmaMin);
        if (!(transition > sigmaMin && transition < Parametrisation.HIGHEST)) {
            throw new SettingsException(
                    "transition",
                    Double.toString(transition),
                    "above sigma-min " + sigmaMin + ", below the highest level, " + Parametrisation.HIGHEST,
                    "");
        }
        if (!(boundaryShare > 0 && boundaryShare < 1)) {
            throw new SettingsException("boundary-share", Double.toString(boundaryShare), "above 0 and below 1", "");
        }
        SettingsChecks.positive("boundary-weight", boundaryWeight);
        LevelChecks.rate("ratio", ratio);
        SettingsChecks.notNegative("k", k);
        SettingsChecks.finite("time-mean", timeMean);
        SettingsChecks.positive("time-scale", timeScale);
        SettingsChecks.positive("time-df", timeDf);
        SettingsChecks.notNegative("c", c);
        SettingsChecks.within("label-drop", labelDrop, 0.0, 1.0);
    }

    @Override
    public int times() {
        return 1;
    }

    @Override
    public Parametrisation parametrisation() {
        return Parametrisation.consistency(sigmaData, sigmaMin);
    }

    @Override
    public boolean taught() {
        return true;
    }

    @Override
    public boolean hasFirstStage() {
        return true;
    }

    @Override
    public Loss<Network, ?> loss(Roles roles) {
        RatioPairs pairs = new RatioPairs(
                new LogStudentTimes(timeMean, timeScale, timeDf, transition, Parametrisation.HIGHEST),
                step -> ratio,
                k,
                1,
                sigmaMin);
        TruncatedConsistency loss = new TruncatedConsistency(new TruncatedConsistency.Config(
                pairs,
                Distance.huberOrNorm(c),
                new PairWeight.InverseSpan(),
                transition,
                boundaryShare,
                boundaryWeight,
                labelDrop,
                roles.classes()));
        PredictionNet firstStage = roles.requireTeacher().firstStage();
        Parametrisation as = parametrisation();
        return StudentLoss.of(loss, (student, dropping) -> new Nets(as.around(student), firstStage));
    }
}
