/* Licensed under the Apache License, Version 2.0. See the LICENSE file at the root of this repository. */
package io.tollgate.core.engine;

import io.tollgate.core.journal.UsageDesk;
import io.tollgate.core.journal.UsageSubject;
import io.tollgate.core.registry.Operation;
import io.tollgate.core.request.UsageNote;
import io.tollgate.core.symbol.SymbolTable;
import io.tollgate.core.world.ScopeRow;
import io.tollgate.core.world.World;
import io.tollgate.core.world.def.OperationDef;
import org.jspecify.annotations.Nullable;

/**
 * Puts what a CONSUME takes into the usage journal: one record for each dimension that it charges. Room is set aside before the take, so
 * that a deny takes nothing; without a journal there is nothing to do. Belongs to the worker's thread.
 */
final class UsageRecorder {
    private final @Nullable UsageDesk desk;
    private final ScopeRow row = new ScopeRow();

    UsageRecorder(final @Nullable UsageDesk desk) {
        this.desk = desk;
    }

    /**
     * {@return whether what the request takes can be recorded}: of a CONSUME it is set aside, of a RESERVE looked at only, for it is
     * recorded when it is settled
     */
    boolean hasRoom(final Evaluation evaluation) {
        final UsageDesk journal = desk;
        if (journal == null || evaluation.chargeCount == 0 || evaluation.replayed != null) {
            return true;
        }
        final long bytes = bound(evaluation);
        return evaluation.reserves() ? journal.hasRoom(bytes) : journal.ensure(bytes);
    }

    /** The same of many requests at once; {@code bytes} is the sum of their {@link #bound}. */
    boolean hasRoom(final long bytes, final boolean consumes) {
        final UsageDesk journal = desk;
        return journal == null || bytes == 0 || (consumes ? journal.ensure(bytes) : journal.hasRoom(bytes));
    }

    /** {@return most bytes that the records of a request have; 0 without a journal} */
    long bound(final Evaluation evaluation) {
        final UsageDesk journal = desk;
        if (journal == null || evaluation.chargeCount == 0 || evaluation.replayed != null) {
            return 0;
        }
        describe(evaluation, journal.subject());
        final SymbolTable names = evaluation.world.registry().dimensions();
        long nameBytes = 0;
        for (int i = 0; i < evaluation.chargeCount; i++) {
            nameBytes += names.utf8Length(evaluation.chargeDimensions[i]);
        }
        // who has no name for the decision gets one of this length
        return journal.bound(evaluation.chargeCount, nameBytes, 2 * UsageNote.MAX_DECISION_BYTES);
    }

    /** Appends what was taken; room is set aside. */
    void record(final Evaluation evaluation) {
        final UsageDesk journal = desk;
        if (journal == null || evaluation.chargeCount == 0 || evaluation.replayed != null) {
            return;
        }
        final UsageSubject subject = journal.subject();
        describe(evaluation, subject);
        if (evaluation.request.note().decisionLength() == 0) {
            journal.nameDecision();
        }
        final SymbolTable names = evaluation.world.registry().dimensions();
        journal.begin(evaluation.nowEpochMs);
        for (int i = 0; i < evaluation.chargeCount; i++) {
            final int dimension = evaluation.chargeDimensions[i];
            if (evaluation.chargeAmounts[i] > 0) {
                journal.record(
                        i,
                        dimension,
                        names.utf8(),
                        names.utf8Offset(dimension),
                        names.utf8Length(dimension),
                        evaluation.chargeAmounts[i]);
            }
        }
        journal.append();
    }

    /** Gives back what was set aside and not used. */
    void trim() {
        final UsageDesk journal = desk;
        if (journal != null) {
            journal.trim();
        }
    }

    /** Says that the answer is one that was given before. */
    void repeated() {
        final UsageDesk journal = desk;
        if (journal != null) {
            journal.oweAll();
        }
    }

    /** {@return see {@link UsageDesk#takeOwed}} */
    long takeOwed() {
        final UsageDesk journal = desk;
        return journal == null ? 0 : journal.takeOwed();
    }

    /** Whose usage it is, after stage REQUEST. */
    void describe(final Evaluation evaluation, final UsageSubject subject) {
        subject.reset();
        final World world = evaluation.world;
        row.wrap(world, evaluation.placeRow());
        int at = subject.put(UsageSubject.SCOPE, row.pathLength());
        if (at >= 0) {
            row.getPath(subject.bytes(), at);
        }
        final long customer = row.customerRow();
        if (customer != World.NO_ROW) {
            row.wrap(world, customer);
            at = subject.put(UsageSubject.CUSTOMER, row.customerExternalIdLength());
            if (at >= 0) {
                row.getCustomerExternalId(subject.bytes(), at);
            }
        }
        final Operation operation = evaluation.operation;
        if (operation != null && operation.featureId() != OperationDef.NO_FEATURE) {
            final SymbolTable features = world.registry().features();
            subject.put(
                    UsageSubject.FEATURE,
                    features.utf8(),
                    features.utf8Offset(operation.featureId()),
                    features.utf8Length(operation.featureId()));
        }
        final UsageNote note = evaluation.request.note();
        subject.put(UsageSubject.DECISION, note.decision(), 0, note.decisionLength());
    }
}
