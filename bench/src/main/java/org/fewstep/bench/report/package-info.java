/**
 * From JMH's file to a page: {@code JmhFile} reads, {@code Run} looks up, {@code Targets} says what was asked for,
 * {@code PeerHealth} whether another library's times count, {@code Report} writes it all down.
 */
@NullMarked
package org.fewstep.bench.report;

import org.jspecify.annotations.NullMarked;
