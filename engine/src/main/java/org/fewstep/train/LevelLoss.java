package org.fewstep.train;

import org.fewstep.loss.ConsistencyTraining;
import org.fewstep.loss.Loss;
import org.fewstep.model.FlowMapNet;
import org.fewstep.model.FlowNetwork;
import org.fewstep.model.Network;
import org.fewstep.model.Parametrisation;
import org.fewstep.model.PredictionNet;

/** How the losses of noise levels get their networks of a run's. */
final class LevelLoss {
    private LevelLoss() {}

    /** The student and its target as consistency functions. */
    static Loss<Network, ?> training(ConsistencyTraining loss, Parametrisation levels, Roles roles) {
        return StudentLoss.of(
                loss,
                (student, dropping) ->
                        new ConsistencyTraining.Nets(levels.around(student), target(levels, roles, student, dropping)));
    }

    /** The average where the run keeps one, with the student's dropout; else the student. */
    static PredictionNet target(
            Parametrisation levels, Roles roles, FlowMapNet student, StudentLoss.Dropping dropping) {
        FlowNetwork average = roles.target();
        return levels.around(average == null ? student : dropping.of(average));
    }
}
