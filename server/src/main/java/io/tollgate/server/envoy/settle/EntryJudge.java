/* Licensed under the Apache License, Version 2.0. See the LICENSE file at the root of this repository. */
package io.tollgate.server.envoy.settle;

import com.google.protobuf.Struct;
import com.google.protobuf.Value;
import io.tollgate.envoy.accesslog.v3.AccessLogCommon;
import io.tollgate.envoy.accesslog.v3.AccessLogType;
import io.tollgate.envoy.accesslog.v3.HTTPAccessLogEntry;
import io.tollgate.server.envoy.CheckMetadata;
import io.tollgate.server.envoy.mapping.Mapping;
import io.tollgate.server.envoy.mapping.Settlement;
import io.tollgate.server.envoy.mapping.Settlement.Actual;
import io.tollgate.server.envoy.mapping.Settlement.End;
import io.tollgate.server.envoy.settle.Ending.Kind;
import io.tollgate.v1.SettleRequest;
import io.tollgate.v1.Usage;
import java.util.LinkedHashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Says how the reservation of a request ends, by the entry that Envoy's access log has of it and the mapping's rule. Whatever an entry
 * holds, nothing is thrown. Immutable, for all event loops.
 *
 * <p>Which reservation and which rule stands in the metadata that Check answered with. What the rule does not settle by the response was
 * used as reserved: what a Settle does not mention counts as not used at all.
 */
public final class EntryJudge {
    private final Mapping mapping;

    /** Judges by a mapping. */
    public EntryJudge(final Mapping mapping) {
        this.mapping = mapping;
    }

    /** {@return what is to be done} */
    public Ending judge(final HTTPAccessLogEntry entry) {
        final AccessLogCommon common = entry.getCommonProperties();
        final Struct told = common.getMetadata().getFilterMetadataMap().get(CheckMetadata.FILTER);
        if (told == null || !isFinal(common)) {
            return Ending.NOTHING;
        }
        final String id = text(told, CheckMetadata.RESERVATION_ID);
        if (id.isEmpty()) {
            return Ending.NOTHING;
        }
        final SettleRequest.Builder request = SettleRequest.newBuilder().setReservationId(id);
        final Settlement settlement = mapping.settlement(text(told, CheckMetadata.RULE));
        final Value reserved = told.getFieldsMap().get(CheckMetadata.RESERVED);
        if (settlement == null) {
            // without what was reserved it never was the access log's to end
            return reserved == null ? Ending.NOTHING : end(Kind.UNKNOWN_RULE, request);
        }
        final Map<String, Long> amounts = amounts(reserved);
        if (amounts == null) {
            return end(Kind.UNREADABLE, request);
        }
        return settlement.onFailure() != End.ACTUAL && Failures.failed(entry)
                ? all(settlement.onFailure(), amounts, request)
                : byResponse(settlement, entry, amounts, request);
    }

    /** Others tell of the beginning, of time that went by, or of one try of several. */
    private static boolean isFinal(final AccessLogCommon common) {
        return common.getAccessLogType() == AccessLogType.DownstreamEnd
                || common.getAccessLogType() == AccessLogType.NotSet && !common.getIntermediateLogEntry();
    }

    private static Ending byResponse(
            final Settlement settlement,
            final HTTPAccessLogEntry entry,
            final Map<String, Long> amounts,
            final SettleRequest.Builder request) {
        int missing = 0;
        int invalid = 0;
        for (int i = 0; i < settlement.actuals().size(); i++) {
            final Actual actual = settlement.actuals().get(i);
            final long amount = ActualAmount.read(actual, entry);
            if (amount >= 0) {
                amounts.put(actual.unit(), amount);
                continue;
            }
            missing += amount == ActualAmount.MISSING ? 1 : 0;
            invalid += amount == ActualAmount.INVALID ? 1 : 0;
            if (settlement.onMissing() == End.RELEASE) {
                amounts.put(actual.unit(), 0L);
            }
        }
        final int unknown = missing + invalid;
        if (unknown > 0 && settlement.onMissing() == End.EXPIRE) {
            return new Ending(Kind.LEAVE, request.build(), missing, invalid);
        }
        if (unknown > 0
                && settlement.onMissing() == End.RELEASE
                && unknown == settlement.actuals().size()) {
            return new Ending(Kind.RELEASE, request.build(), missing, invalid);
        }
        return new Ending(Kind.SETTLE, usage(amounts, request).build(), missing, invalid);
    }

    private static Ending all(final End how, final Map<String, Long> amounts, final SettleRequest.Builder request) {
        return switch (how) {
            case RELEASE -> end(Kind.RELEASE, request);
            case EXPIRE -> end(Kind.LEAVE, request);
            default -> end(Kind.SETTLE, usage(amounts, request));
        };
    }

    private static Ending end(final Kind kind, final SettleRequest.Builder request) {
        return new Ending(kind, request.build(), 0, 0);
    }

    private static SettleRequest.Builder usage(final Map<String, Long> amounts, final SettleRequest.Builder request) {
        amounts.forEach((unit, amount) ->
                request.addActual(Usage.newBuilder().setUnit(unit).setAmount(amount)));
        return request;
    }

    /** What was reserved, by unit; null when it cannot be read. */
    private static @Nullable Map<String, Long> amounts(final @Nullable Value reserved) {
        if (reserved == null || !reserved.hasStructValue()) {
            return null;
        }
        final Map<String, Long> amounts = new LinkedHashMap<>();
        for (final Map.Entry<String, Value> each :
                reserved.getStructValue().getFieldsMap().entrySet()) {
            try {
                final long amount = Long.parseLong(each.getValue().getStringValue());
                if (amount < 0) {
                    return null;
                }
                amounts.put(each.getKey(), amount);
            } catch (final NumberFormatException e) {
                return null;
            }
        }
        return amounts;
    }

    private static String text(final Struct struct, final String key) {
        final Value value = struct.getFieldsMap().get(key);
        return value == null ? "" : value.getStringValue();
    }
}
