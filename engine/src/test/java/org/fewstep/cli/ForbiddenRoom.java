package org.fewstep.cli;

import org.fewstep.loss.Canary;

/** The room at the top, which the canary in a lower room must not know; with it the two rooms form a cycle. */
public record ForbiddenRoom(Canary downwards) {}
