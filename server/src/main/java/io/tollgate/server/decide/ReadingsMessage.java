/* Licensed under the Apache License, Version 2.0. See the LICENSE file at the root of this repository. */
package io.tollgate.server.decide;

import io.tollgate.core.BatchMode;
import io.tollgate.core.Plane;
import io.tollgate.core.engine.Beyond;
import io.tollgate.core.engine.Readings;
import io.tollgate.v1.CounterReading;
import io.tollgate.v1.DecisionReadings;
import io.tollgate.v1.PlaneReading;
import org.jspecify.annotations.Nullable;

/** Readings as the decision log has them, both ways. */
public final class ReadingsMessage {
    private static final Plane[] PLANES = Plane.values();

    private ReadingsMessage() {}

    /** {@return the message} */
    static DecisionReadings.Builder of(final Readings readings) {
        final DecisionReadings.Builder message = DecisionReadings.newBuilder()
                .setDecidedAtNs(readings.decidedAtNs())
                .setOffered(readings.offered())
                .setTaken(readings.counters().taken())
                .setBeyondValue(readings.beyond().code())
                .setBatchMode(batchMode(readings.batch()))
                .setExtending(readings.extending());
        if (readings.hasSnapshot()) {
            message.setEpoch(readings.epoch())
                    .setSnapshotVersion(readings.version())
                    .setDeltaSequence(readings.deltaSequence());
            for (final Plane plane : PLANES) {
                message.addPlanes(plane(readings, plane.code()));
            }
        }
        for (int i = 0; i < readings.counters().size(); i++) {
            message.addCounters(CounterReading.newBuilder()
                    .setOrdinal(readings.counters().ordinal(i))
                    .setValue(readings.counters().value(i)));
        }
        return message;
    }

    private static PlaneReading plane(final Readings readings, final int code) {
        final PlaneReading.Builder plane =
                PlaneReading.newBuilder().setPlaneValue(code).setMaxAgeNs(readings.boundNs(code));
        if (readings.ageNs(code) == Readings.NEVER_NS) {
            return plane.setMissing(true).build();
        }
        return plane.setAgeNs(readings.ageNs(code)).build();
    }

    private static io.tollgate.v1.BatchMode batchMode(final @Nullable BatchMode mode) {
        if (mode == null) {
            return io.tollgate.v1.BatchMode.BATCH_MODE_UNSPECIFIED;
        }
        return switch (mode) {
            case CUMULATIVE -> io.tollgate.v1.BatchMode.BATCH_MODE_CUMULATIVE;
            case ATOMIC -> io.tollgate.v1.BatchMode.BATCH_MODE_ATOMIC;
        };
    }

    /** Fills readings from a message; what it does not know reads as {@link Beyond#FAULT}. */
    public static void read(final DecisionReadings message, final Readings to) {
        to.clear()
                .decidedAtNs(message.getDecidedAtNs())
                .offered(message.getOffered())
                .beyond(Beyond.ofCode(message.getBeyondValue()))
                .extending(message.getExtending());
        switch (message.getBatchMode()) {
            case BATCH_MODE_CUMULATIVE -> to.batch(BatchMode.CUMULATIVE);
            case BATCH_MODE_ATOMIC -> to.batch(BatchMode.ATOMIC);
            case UNRECOGNIZED -> to.beyond(Beyond.FAULT);
            default -> to.batch(null);
        }
        if (message.getSnapshotVersion() != 0) {
            to.snapshot(message.getEpoch(), message.getSnapshotVersion(), message.getDeltaSequence());
        }
        for (final PlaneReading plane : message.getPlanesList()) {
            if (Plane.ofCode(plane.getPlaneValue()) != null) {
                final long ageNs = plane.getMissing() ? Readings.NEVER_NS : plane.getAgeNs();
                to.plane(plane.getPlaneValue(), ageNs, plane.getMaxAgeNs());
            }
        }
        for (final CounterReading counter : message.getCountersList()) {
            to.counters().add(counter.getOrdinal(), counter.getValue());
        }
        to.counters().taken(message.getTaken());
    }
}
