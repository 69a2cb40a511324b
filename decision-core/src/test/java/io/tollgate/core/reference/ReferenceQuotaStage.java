/* Licensed under the Apache License, Version 2.0. See the LICENSE file at the root of this repository. */
package io.tollgate.core.reference;

import io.tollgate.core.DecideMode;
import io.tollgate.core.DimensionKind;
import io.tollgate.core.Enforcement;
import io.tollgate.core.Reason;
import io.tollgate.core.ScopeLevel;
import io.tollgate.core.Severity;
import io.tollgate.core.explain.CeilingView;
import io.tollgate.core.explain.ScopeName;
import io.tollgate.core.world.def.CeilingDef;
import io.tollgate.core.world.def.DimensionDef;
import io.tollgate.core.world.def.ScopeDef;
import io.tollgate.core.world.def.SubscriptionDef;
import io.tollgate.core.world.def.ThresholdDef;
import java.math.BigInteger;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.LinkedList;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** Stages 4 and 7: room under every ceiling, and the take from all or none. Counters live here, between calls. */
final class ReferenceQuotaStage {
    private static final long NS_PER_MS = 1_000_000L;

    private final Map<String, ReferenceBucket> buckets = new HashMap<>();
    private final Map<String, Long> counters = new HashMap<>();

    /** A ceiling that the request is charged against; scope is where it is defined. */
    private record Line(
            ScopeDef scope, CeilingDef ceiling, DimensionDef dimension, long amount, String key, long resetsAtMs) {}

    /** What a line says. */
    private record Verdict(
            Line line,
            boolean fits,
            boolean countable,
            long used,
            long remaining,
            long waitNs,
            boolean never,
            long resetsAtMs) {
        boolean denies() {
            return !countable || !fits && line.ceiling.enforcement() == Enforcement.HARD;
        }
    }

    Reason evaluate(final ReferenceContext context) {
        List<Line> lines = lines(context);
        List<Verdict> before = judge(context, lines);
        if (context.request.allowPartial() && before.stream().anyMatch(Verdict::denies)) {
            final long asked = context.request.usages().get(0).amount();
            final long granted = Math.min(asked, mostThatFits(context, before, asked));
            if (granted >= 1) {
                context.grantedInPart = granted;
                context.charges.replaceAll((dimension, amount) ->
                        constant(context, dimension) + (amount - constant(context, dimension)) / asked * granted);
                lines = lines(context);
                before = judge(context, lines);
            }
        }
        final List<Verdict> denies = before.stream().filter(Verdict::denies).toList();
        if (!denies.isEmpty()) {
            return deny(context, denies);
        }
        final boolean consume = context.request.mode() == DecideMode.CONSUME;
        warn(context, before);
        List<Verdict> shown = before;
        if (consume) {
            lines.forEach(line -> take(context, line));
            shown = judge(context, lines);
        }
        context.binding = shown.stream()
                .filter(verdict -> !verdict.line.ceiling.amount().unlimited())
                .min(fewestFurther())
                .map(this::view)
                .orElse(null);
        return Reason.OK;
    }

    private List<Verdict> judge(final ReferenceContext context, final List<Line> lines) {
        return lines.stream().map(line -> judge(context, line)).toList();
    }

    /** How much of the only usage fits under every hard ceiling. */
    private static long mostThatFits(final ReferenceContext context, final List<Verdict> verdicts, final long asked) {
        long most = Long.MAX_VALUE;
        for (final Verdict verdict : verdicts) {
            final CeilingDef ceiling = verdict.line.ceiling;
            if (ceiling.amount().unlimited() || ceiling.enforcement() == Enforcement.SOFT) {
                continue;
            }
            final long constant = constant(context, ceiling.dimensionId());
            final long perUnit = (verdict.line.amount - constant) / asked;
            final long left = verdict.remaining - constant;
            if (left < 0) {
                return 0;
            }
            most = perUnit == 0 ? most : Math.min(most, left / perUnit);
        }
        return most;
    }

    private static long constant(final ReferenceContext context, final int dimension) {
        return context.constants.getOrDefault(dimension, 0L);
    }

    private List<Line> lines(final ReferenceContext context) {
        final List<Line> lines = new ArrayList<>();
        for (final ScopeDef scope : context.chain) {
            for (final CeilingDef ceiling : scope.holdings().ceilings()) {
                if (ceiling.eachLevel() == null) {
                    add(context, lines, scope, scope, ceiling);
                }
            }
            // EACH: this scope's own share of what a scope above it in the directory defines for its level
            for (final ScopeDef above : above(context, scope)) {
                for (final CeilingDef ceiling : above.holdings().ceilings()) {
                    if (ceiling.eachLevel() == scope.level()) {
                        add(context, lines, above, scope, ceiling);
                    }
                }
            }
        }
        return lines;
    }

    /** The directory above a scope, widest first; the plan is that of the organization's subscription; a key's owner comes last. */
    private static List<ScopeDef> above(final ReferenceContext context, final ScopeDef scope) {
        final LinkedList<ScopeDef> above = new LinkedList<>();
        final String start = scope.actor().boundProjectPath().isEmpty()
                ? scope.parentPath()
                : scope.actor().boundProjectPath();
        for (ScopeDef at = context.world.scope(start); at != null; at = context.world.scope(at.parentPath())) {
            above.addFirst(at);
            if (at.level() == ScopeLevel.ORGANIZATION) {
                plan(context, at).ifPresent(above::addFirst);
            }
        }
        if (scope.level() == ScopeLevel.ORGANIZATION) {
            plan(context, scope).ifPresent(above::addLast);
        }
        final ScopeDef owner = context.world.scope(scope.actor().ownerPath());
        if (owner != null) {
            above.addLast(owner);
        }
        return above;
    }

    private static Optional<ScopeDef> plan(final ReferenceContext context, final ScopeDef organization) {
        final SubscriptionDef subscription = organization.holdings().subscription();
        return subscription == null
                ? Optional.empty()
                : Optional.ofNullable(context.world.scope(subscription.planPath()));
    }

    private static void add(
            final ReferenceContext context,
            final List<Line> lines,
            final ScopeDef definedAt,
            final ScopeDef counts,
            final CeilingDef ceiling) {
        final long amount = context.charges.getOrDefault(ceiling.dimensionId(), 0L);
        if (amount == 0) {
            return;
        }
        final DimensionDef dimension = context.world.registry.dimensions().get(ceiling.dimensionId());
        final String cell = counts.path() + " " + definedAt.path() + " " + ceiling.id();
        if (dimension.kind() == DimensionKind.PERIOD) {
            final ReferencePeriods period = ReferencePeriods.at(ceiling.window(), context.nowEpochMs());
            lines.add(new Line(definedAt, ceiling, dimension, amount, cell + " " + period.startMs(), period.endMs()));
        } else {
            lines.add(new Line(definedAt, ceiling, dimension, amount, cell, 0));
        }
    }

    private ReferenceBucket bucket(final Line line) {
        return buckets.computeIfAbsent(
                line.key,
                key -> new ReferenceBucket(
                        line.ceiling.amount().limit(),
                        line.ceiling.window().lengthMs() * NS_PER_MS,
                        line.ceiling.amount().burst()));
    }

    private Verdict judge(final ReferenceContext context, final Line line) {
        final CeilingDef.Amount amount = line.ceiling.amount();
        if (line.dimension.kind() == DimensionKind.RATE) {
            final ReferenceBucket bucket = bucket(line);
            final long now = context.nowEpochNs;
            final boolean fits = bucket.fits(line.amount, now);
            final long remaining = bucket.remaining(now);
            final boolean never = bucket.never(line.amount);
            final long wait = fits || never ? 0 : bucket.waitNs(line.amount, now);
            final long fullAtMs = -Math.floorDiv(-bucket.fullAtNs(now), NS_PER_MS);
            return new Verdict(
                    line,
                    fits,
                    fits || bucket.countable(line.amount, now),
                    amount.burst() - remaining,
                    remaining,
                    wait,
                    !fits && never,
                    fullAtMs);
        }
        final long used = counters.getOrDefault(line.key, 0L);
        final BigInteger after = BigInteger.valueOf(used).add(BigInteger.valueOf(line.amount));
        final boolean countable = after.bitLength() < Long.SIZE;
        final boolean fits =
                countable && (amount.unlimited() || after.compareTo(BigInteger.valueOf(amount.limit())) <= 0);
        final boolean never = !fits && (line.amount > amount.limit() || line.resetsAtMs == ReferencePeriods.NEVER_ENDS);
        final long wait = fits || never ? 0 : line.resetsAtMs * NS_PER_MS - context.nowEpochNs;
        final long remaining = amount.unlimited() ? Long.MAX_VALUE : amount.limit() - used;
        return new Verdict(line, fits, countable, used, remaining, wait, never, line.resetsAtMs);
    }

    private void take(final ReferenceContext context, final Line line) {
        if (line.dimension.kind() == DimensionKind.RATE) {
            bucket(line).take(line.amount, context.nowEpochNs);
        } else {
            counters.merge(line.key, line.amount, Math::addExact);
        }
    }

    private Reason deny(final ReferenceContext context, final List<Verdict> denies) {
        final Verdict binding = denies.stream()
                .min(Comparator.comparing((Verdict verdict) -> !verdict.never)
                        .thenComparing(Comparator.comparingLong(Verdict::waitNs).reversed())
                        .thenComparingLong(Verdict::remaining))
                .orElseThrow();
        context.binding = view(binding);
        context.retryNever = binding.never;
        context.retryAfterNs = binding.waitNs;
        return binding.line.dimension.kind() == DimensionKind.RATE ? Reason.RATE_LIMITED : Reason.QUOTA_EXHAUSTED;
    }

    private void warn(final ReferenceContext context, final List<Verdict> verdicts) {
        for (final Verdict verdict : verdicts) {
            final CeilingDef ceiling = verdict.line.ceiling;
            if (!verdict.fits) {
                warning(context, verdict, Reason.OVER_SOFT_LIMIT, Severity.WARNING);
                context.warnReasons.add(Reason.OVER_SOFT_LIMIT);
                continue;
            }
            if (ceiling.amount().unlimited()) {
                continue;
            }
            final long whole = verdict.line.dimension.kind() == DimensionKind.RATE
                    ? ceiling.amount().burst()
                    : ceiling.amount().limit();
            final BigInteger after = BigInteger.valueOf(verdict.used)
                    .add(BigInteger.valueOf(verdict.line.amount))
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
            final ReferenceContext context, final Verdict verdict, final Reason reason, final Severity severity) {
        context.warnings.add(new ReferenceAnswer.WarningLine(
                reason, severity, verdict.line.ceiling.id(), verdict.line.scope.path()));
    }

    /** Under which ceiling do the fewest further requests like this one fit? Order of the chain breaks ties. */
    private static Comparator<Verdict> fewestFurther() {
        return (a, b) -> BigInteger.valueOf(a.remaining)
                .multiply(BigInteger.valueOf(b.line.amount))
                .compareTo(BigInteger.valueOf(b.remaining).multiply(BigInteger.valueOf(a.line.amount)));
    }

    private CeilingView view(final Verdict verdict) {
        final CeilingDef ceiling = verdict.line.ceiling;
        final DimensionDef dimension = verdict.line.dimension;
        final boolean rate = dimension.kind() == DimensionKind.RATE;
        return new CeilingView(
                ceiling.id(),
                dimension.name(),
                "",
                dimension.kind(),
                ceiling.enforcement(),
                new ScopeName(verdict.line.scope.level(), verdict.line.scope.path()),
                ceiling.amount().limit(),
                ceiling.amount().unlimited(),
                verdict.used,
                verdict.remaining,
                rate ? ceiling.amount().burst() : 0,
                rate ? ceiling.window().lengthMs() : 0,
                verdict.resetsAtMs,
                verdict.line.amount);
    }
}
