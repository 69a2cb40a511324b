/* Licensed under the Apache License, Version 2.0. See the LICENSE file at the root of this repository. */
package io.tollgate.control.compiler;

import io.tollgate.control.source.Code;
import io.tollgate.control.source.Value;
import io.tollgate.control.source.WindowText;
import io.tollgate.v1.CeilingRecordOrBuilder;
import io.tollgate.v1.DimensionKind;
import io.tollgate.v1.Period;
import io.tollgate.v1.WindowRecord;
import java.util.List;
import java.util.Optional;

/** Windows of limits: does the window fit the kind of the dimension, and when does it start? */
final class WindowCompiler {
    private static final long NS_PER_MS = 1_000_000;

    private final Compilation compilation;
    private final BundleSettings settings;

    WindowCompiler(Compilation compilation, BundleSettings settings) {
        this.compilation = compilation;
        this.settings = settings;
    }

    /** {@return the window, or empty when it does not fit (which is then among the diagnostics)} */
    Optional<WindowRecord> compile(ScopeNode node, Value.Fields fields, DimensionKind kind) {
        if (kind == DimensionKind.DIMENSION_KIND_GAUGE) {
            return gauge(fields);
        }
        WindowText window = fields.get("per", WindowText.class);
        boolean rate = kind == DimensionKind.DIMENSION_KIND_RATE;
        if (window == null) {
            if (!fields.isWritten("per")) {
                compilation.error(
                        fields.at(),
                        Code.MISSING_KEY,
                        "a limit on a " + RegistryCompiler.kindWord(kind) + " dimension needs the key 'per'",
                        rate ? "add the rate's window, like 'per: 1m'" : "add the period, like 'per: monthly'");
            }
            return Optional.empty();
        }
        if (rate != window.lengthMs() > 0) {
            compilation.error(
                    fields.at("per"),
                    Code.KIND_MISMATCH,
                    rate
                            ? "a rate has a window of some length, not a period"
                            : "a period starts again hourly, daily, ... or never; a window of some length is for rates",
                    rate ? "write a duration, like 1m" : "write a period, like monthly");
            return Optional.empty();
        }
        if (rate || window.billingPeriod()) {
            refuseCalendarKeys(fields, rate ? "a rate" : "billing_period");
        }
        return rate
                ? Optional.of(
                        WindowRecord.newBuilder().setLengthMs(window.lengthMs()).build())
                : period(node, fields, window);
    }

    /** What is held now has no time: it comes back when it is released. */
    private Optional<WindowRecord> gauge(Value.Fields fields) {
        refuseKeys(fields, "a gauge", List.of("per", "anchor", "time_zone"));
        return Optional.of(WindowRecord.getDefaultInstance());
    }

    private void refuseCalendarKeys(Value.Fields fields, String what) {
        refuseKeys(fields, what, List.of("anchor", "time_zone"));
    }

    private void refuseKeys(Value.Fields fields, String what, List<String> keys) {
        for (String key : keys) {
            if (fields.has(key)) {
                compilation.error(
                        fields.at(key), Code.KIND_MISMATCH, what + " has no '" + key + "' of its own", "remove it");
            }
        }
    }

    private Optional<WindowRecord> period(ScopeNode node, Value.Fields fields, WindowText window) {
        WindowRecord.Builder record = WindowRecord.newBuilder();
        if (window.billingPeriod()) {
            Subscription customer = node.customer();
            if (customer == null) {
                compilation.error(
                        fields.at("per"),
                        Code.SUBSCRIPTION_TERMS,
                        node.path() + " has no subscription, so it has no billing period",
                        "name a period, like monthly, or put the limit at a customer's scope");
                return Optional.empty();
            }
            return Optional.of(record.setPeriod(customer.billingPeriod())
                    .setAnchorMs(customer.anchorMs())
                    .setTimeZone(customer.timeZone())
                    .build());
        }
        return Optional.of(record.setPeriod(window.period())
                .setAnchorMs(window.period() == Period.PERIOD_NEVER ? 0 : fields.number("anchor", 0))
                .setTimeZone(fields.has("time_zone") ? fields.text("time_zone") : settings.timeZone())
                .build());
    }

    /** {@return whether the engine can count such a rate; if not, the diagnostics say why} */
    boolean rateFits(Value.Fields fields, CeilingRecordOrBuilder record, DimensionKind kind) {
        if (kind != DimensionKind.DIMENSION_KIND_RATE) {
            return true;
        }
        Optional<String> defect = RateRange.defect(
                record.getLimit(), record.getBurst(), record.getWindow().getLengthMs() * NS_PER_MS);
        defect.ifPresent(message -> compilation.error(
                fields.at("limit"), Code.RATE_RANGE, message, "choose another limit, burst or window"));
        return defect.isEmpty();
    }
}
