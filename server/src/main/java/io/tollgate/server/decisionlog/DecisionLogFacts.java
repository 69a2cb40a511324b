/* Licensed under the Apache License, Version 2.0. See the LICENSE file at the root of this repository. */
package io.tollgate.server.decisionlog;

/**
 * What the decision log says about itself.
 *
 * @param enabled     a file or a collector is configured
 * @param healthy     the file takes what is written
 * @param sequence    the last number given
 * @param written     entries in the file, or, without one, taken from the event loops
 * @param dropped     entries lost on the way to any configured destination
 * @param exported    entries that the collector took
 * @param lengthBytes of the file and those before it
 * @param followers   who follow now
 * @param lastError   empty = none yet
 * @param lastErrorMs when, since 1970
 */
public record DecisionLogFacts(
        boolean enabled,
        boolean healthy,
        long sequence,
        long written,
        long dropped,
        long exported,
        long lengthBytes,
        int followers,
        String lastError,
        long lastErrorMs) {}
