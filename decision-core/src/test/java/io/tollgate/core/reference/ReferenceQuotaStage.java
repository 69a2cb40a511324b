/* Licensed under the Apache License, Version 2.0. See the LICENSE file at the root of this repository. */
package io.tollgate.core.reference;

import io.tollgate.core.DimensionKind;
import io.tollgate.core.Enforcement;
import io.tollgate.core.Reason;
import io.tollgate.core.Severity;
import io.tollgate.core.world.def.CeilingDef;
import io.tollgate.core.world.def.ThresholdDef;
import java.math.BigInteger;
import java.util.Comparator;
import java.util.List;

/** Stage 4: is there room under every ceiling? */
final class ReferenceQuotaStage {
    private List<ReferenceCeilings.Line> lines = List.of();

    /** {@return the ceilings that the request is charged against} */
    List<ReferenceCeilings.Line> collect(final ReferenceContext context) {
        lines = ReferenceCeilings.of(context);
        return lines;
    }

    /** {@return OK, and what is to be taken stands in the context} */
    Reason evaluate(final ReferenceContext context, final ReferenceLedger ledger) {
        collect(context);
        List<ReferenceVerdict> verdicts = judge(context, ledger);
        if (context.request.options().allowPartial() && verdicts.stream().anyMatch(ReferenceVerdict::denies)) {
            final long asked = context.request.usages().get(0).amount();
            final long granted = Math.min(asked, mostThatFits(context, verdicts, asked));
            if (granted >= 1) {
                context.grantedInPart = granted;
                context.charges.replaceAll((dimension, amount) ->
                        context.constant(dimension) + (amount - context.constant(dimension)) / asked * granted);
                lines = ReferenceCeilings.of(context);
                verdicts = judge(context, ledger);
            }
        }
        lines.forEach(line -> context.takes.add(line.take()));
        final List<ReferenceVerdict> denies = context.rules.denies(
                verdicts.stream().filter(ReferenceVerdict::denies).toList(), verdicts);
        if (!denies.isEmpty()) {
            return deny(context, denies);
        }
        warn(context, verdicts);
        return Reason.OK;
    }

    /** Names the ceiling under which the fewest further requests like this one fit; order of the chain breaks ties. */
    void show(final ReferenceContext context, final ReferenceLedger ledger) {
        context.binding = judge(context, ledger).stream()
                .filter(verdict -> !verdict.line().limit().unlimited())
                .min(fewestFurther())
                .map(ReferenceVerdict::view)
                .orElse(null);
    }

    private List<ReferenceVerdict> judge(final ReferenceContext context, final ReferenceLedger ledger) {
        return lines.stream()
                .map(line -> ReferenceVerdict.of(context, ledger, line))
                .toList();
    }

    /** How much of the only usage fits under every hard ceiling. */
    private static long mostThatFits(
            final ReferenceContext context, final List<ReferenceVerdict> verdicts, final long asked) {
        long most = Long.MAX_VALUE;
        for (final ReferenceVerdict verdict : verdicts) {
            final CeilingDef ceiling = verdict.line().ceiling();
            if (verdict.line().limit().unlimited() || ceiling.enforcement() == Enforcement.SOFT) {
                continue;
            }
            final long constant = context.constant(ceiling.dimensionId());
            final long perUnit = (verdict.line().amount() - constant) / asked;
            final long left = verdict.remaining() - context.rules.constantOfPartialGrant(constant);
            if (left < 0) {
                return 0;
            }
            most = perUnit == 0 ? most : Math.min(most, left / perUnit);
        }
        return most;
    }

    private static Reason deny(final ReferenceContext context, final List<ReferenceVerdict> denies) {
        final ReferenceVerdict binding = denies.stream()
                .min(Comparator.comparingLong(ReferenceVerdict::waitNs)
                        .reversed()
                        .thenComparingLong(ReferenceVerdict::remaining))
                .orElseThrow();
        context.binding = binding.view();
        context.retryNever = binding.waitNs() == ReferenceVerdict.NEVER;
        context.retryAfterNs = binding.waitNs() >= ReferenceVerdict.UNKNOWN ? 0 : binding.waitNs();
        return switch (binding.line().dimension().kind()) {
            case RATE -> Reason.RATE_LIMITED;
            case GAUGE -> Reason.CONCURRENCY_EXHAUSTED;
            default -> Reason.QUOTA_EXHAUSTED;
        };
    }

    private static void warn(final ReferenceContext context, final List<ReferenceVerdict> verdicts) {
        for (final ReferenceVerdict verdict : verdicts) {
            final CeilingDef ceiling = verdict.line().ceiling();
            if (!verdict.fits()) {
                warning(context, verdict, Reason.OVER_SOFT_LIMIT, Severity.WARNING);
                context.warnReasons.add(Reason.OVER_SOFT_LIMIT);
                continue;
            }
            if (verdict.line().limit().unlimited()) {
                continue;
            }
            final long whole = verdict.line().dimension().kind() == DimensionKind.RATE
                    ? verdict.line().limit().burst()
                    : verdict.line().limit().limit();
            final BigInteger after = BigInteger.valueOf(verdict.used())
                    .add(BigInteger.valueOf(verdict.line().amount()))
                    .multiply(BigInteger.valueOf(1000));
            ceiling.thresholds().stream()
                    .filter(threshold -> after.compareTo(
                                    BigInteger.valueOf(whole).multiply(BigInteger.valueOf(threshold.atPermille())))
                            >= 0)
                    .max(Comparator.comparingInt(ThresholdDef::atPermille))
                    .ifPresent(threshold -> warning(context, verdict, Reason.NEAR_LIMIT, threshold.severity()));
        }
    }

    private static void warning(
            final ReferenceContext context,
            final ReferenceVerdict verdict,
            final Reason reason,
            final Severity severity) {
        context.warnings.add(new ReferenceAnswer.WarningLine(
                reason,
                severity,
                verdict.line().ceiling().id(),
                verdict.line().scope().path()));
    }

    private static Comparator<ReferenceVerdict> fewestFurther() {
        return (a, b) -> BigInteger.valueOf(a.remaining())
                .multiply(BigInteger.valueOf(b.line().amount()))
                .compareTo(BigInteger.valueOf(b.remaining())
                        .multiply(BigInteger.valueOf(a.line().amount())));
    }
}
