/* Licensed under the Apache License, Version 2.0. See the LICENSE file at the root of this repository. */
package io.tollgate.bench.fuzz;

import io.tollgate.core.condition.ConditionDecoder;
import io.tollgate.core.condition.ConditionEncoder;
import io.tollgate.core.condition.ConditionFormatException;
import io.tollgate.core.condition.Expression;
import io.tollgate.v1.PolicyRecord;
import io.tollgate.v1.RuleRecord;
import io.tollgate.v1.Section;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/** Compiled conditions: what is no program is refused, what is one is written back as the same bytes. */
final class ConditionFuzz implements FuzzTarget {
    public static void fuzzerTestOneInput(final byte[] data) throws Exception {
        new ConditionFuzz().run(data);
    }

    @Override
    public List<byte[]> seeds() {
        final List<byte[]> programs = new ArrayList<>();
        for (final SmallSnapshot.Row row : SmallSnapshot.rows(SmallSnapshot.scratch())) {
            if (row.section() == Section.SECTION_POLICY) {
                try {
                    for (final RuleRecord rule :
                            PolicyRecord.parseFrom(row.record().getValue()).getRulesList()) {
                        if (!rule.getConditionProgram().isEmpty()) {
                            programs.add(rule.getConditionProgram().toByteArray());
                        }
                    }
                } catch (final com.google.protobuf.InvalidProtocolBufferException ex) {
                    throw new IllegalStateException(ex);
                }
            }
        }
        return programs;
    }

    @Override
    public void run(final byte[] data) {
        try {
            final Expression expression = ConditionDecoder.decode(data);
            final byte[] again = ConditionEncoder.encode(expression);
            if (!Arrays.equals(again, ConditionEncoder.encode(ConditionDecoder.decode(again)))) {
                throw new IllegalStateException("written back, it is another program");
            }
        } catch (final ConditionFormatException expected) {
            // refused, with a reason
        }
    }
}
