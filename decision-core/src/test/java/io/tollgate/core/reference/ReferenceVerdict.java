/* Licensed under the Apache License, Version 2.0. See the LICENSE file at the root of this repository. */
package io.tollgate.core.reference;

import io.tollgate.core.DimensionKind;
import io.tollgate.core.Enforcement;
import io.tollgate.core.explain.CeilingView;
import io.tollgate.core.explain.ScopeName;
import io.tollgate.core.world.def.CeilingDef;
import io.tollgate.core.world.def.DimensionDef;
import io.tollgate.core.world.def.OverrideDef;
import io.tollgate.core.world.def.Period;
import java.math.BigInteger;

/** What one ceiling says to one request. */
record ReferenceVerdict(
        ReferenceCeilings.Line line,
        boolean fits,
        boolean countable,
        long used,
        long remaining,
        long waitNs,
        long resetsAtMs) {
    /** {@link #waitNs}: no waiting helps. */
    static final long NEVER = Long.MAX_VALUE;
    /** {@link #waitNs}: waiting may help, and nobody knows how long. Longer than any wait that is known. */
    static final long UNKNOWN = Long.MAX_VALUE - 1;

    private static final long NS_PER_MS = 1_000_000L;

    static ReferenceVerdict of(
            final ReferenceContext context, final ReferenceLedger ledger, final ReferenceCeilings.Line line) {
        final ReferenceVerdict now = at(context.nowEpochNs, context, ledger, line);
        return now.fits || line.by() == null ? now : now.waiting(afterOverride(context, ledger, now, line.by()));
    }

    private static ReferenceVerdict at(
            final long nowNs,
            final ReferenceContext context,
            final ReferenceLedger ledger,
            final ReferenceCeilings.Line line) {
        return line.dimension().kind() == DimensionKind.RATE
                ? rate(nowNs, ledger, line)
                : counter(nowNs, context, ledger, line);
    }

    /** What waiting helps that goes beyond the end of the override: asks the same again at that instant. */
    private static long afterOverride(
            final ReferenceContext context,
            final ReferenceLedger ledger,
            final ReferenceVerdict now,
            final OverrideDef override) {
        final long untilEndNs = override.expiresAtMs() * NS_PER_MS - context.nowEpochNs;
        if (now.waitNs < untilEndNs) {
            return now.waitNs;
        }
        final ReferenceCeilings.Line line = now.line.after(context, override.expiresAtMs());
        final boolean free =
                line.dimension().kind() == DimensionKind.RATE && line.limit().unlimited();
        final ReferenceVerdict then = free ? null : at(override.expiresAtMs() * NS_PER_MS, context, ledger, line);
        if (then == null || then.fits) {
            return untilEndNs;
        }
        if (now.waitNs == UNKNOWN || then.waitNs >= UNKNOWN) {
            return now.waitNs == UNKNOWN ? UNKNOWN : then.waitNs;
        }
        return untilEndNs + then.waitNs;
    }

    private ReferenceVerdict waiting(final long otherNs) {
        return new ReferenceVerdict(line, fits, countable, used, remaining, otherNs, resetsAtMs);
    }

    boolean denies() {
        return !countable || !fits && line.ceiling().enforcement() == Enforcement.HARD;
    }

    private static ReferenceVerdict rate(
            final long now, final ReferenceLedger ledger, final ReferenceCeilings.Line line) {
        final ReferenceBucket bucket = ledger.bucket(line.take());
        final boolean fits = bucket.fits(line.amount(), now);
        final long remaining = bucket.remaining(now);
        final long wait = fits ? 0 : bucket.never(line.amount()) ? NEVER : bucket.waitNs(line.amount(), now);
        return new ReferenceVerdict(
                line,
                fits,
                fits || bucket.countable(line.amount(), now),
                line.limit().burst() - remaining,
                remaining,
                wait,
                -Math.floorDiv(-bucket.fullAtNs(now), NS_PER_MS));
    }

    private static ReferenceVerdict counter(
            final long nowNs,
            final ReferenceContext context,
            final ReferenceLedger ledger,
            final ReferenceCeilings.Line line) {
        final CeilingDef.Amount amount = line.limit();
        final long used = ledger.used(line.take());
        final BigInteger after = BigInteger.valueOf(used).add(BigInteger.valueOf(line.amount()));
        final boolean countable = after.bitLength() < Long.SIZE;
        final boolean fits = countable && (amount.unlimited() || context.rules.fits(after, amount.limit()));
        final boolean gauge = line.dimension().kind() == DimensionKind.GAUGE;
        final long wait;
        if (fits) {
            wait = 0;
        } else if (line.amount() > amount.limit()) {
            wait = NEVER;
        } else if (gauge) {
            wait = UNKNOWN;
        } else {
            wait = line.resetsAtMs() == ReferencePeriods.NEVER_ENDS ? NEVER : line.resetsAtMs() * NS_PER_MS - nowNs;
        }
        final long remaining = amount.unlimited() ? Long.MAX_VALUE : amount.limit() - used;
        return new ReferenceVerdict(line, fits, countable, used, remaining, wait, line.resetsAtMs());
    }

    CeilingView view() {
        final CeilingDef ceiling = line.ceiling();
        final DimensionDef dimension = line.dimension();
        final boolean rate = dimension.kind() == DimensionKind.RATE;
        return new CeilingView(
                ceiling.id(),
                dimension.name(),
                "",
                dimension.kind(),
                ceiling.enforcement(),
                new ScopeName(line.scope().level(), line.scope().path()),
                line.limit().limit(),
                line.limit().unlimited(),
                used,
                remaining,
                rate ? line.limit().burst() : 0,
                rate ? ceiling.window().lengthMs() : 0,
                dimension.kind() == DimensionKind.PERIOD ? ceiling.window().period() : Period.NONE,
                resetsAtMs,
                line.amount(),
                line.by() == null ? ceiling.origin() : "override",
                line.by() == null ? "" : line.by().id(),
                line.by() == null ? 0 : line.by().expiresAtMs());
    }
}
