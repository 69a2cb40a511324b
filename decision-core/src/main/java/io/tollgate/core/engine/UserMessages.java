/* Licensed under the Apache License, Version 2.0. See the LICENSE file at the root of this repository. */
package io.tollgate.core.engine;

import io.tollgate.core.Outcome;
import io.tollgate.core.Plane;
import io.tollgate.core.Reason;
import io.tollgate.core.explain.CeilingView;
import io.tollgate.core.explain.Durations;
import io.tollgate.core.policy.PolicyTables;
import io.tollgate.core.request.DecisionRequest;
import io.tollgate.core.request.Field;
import io.tollgate.core.world.World;
import org.jspecify.annotations.Nullable;

/**
 * The one sentence of an answer, safe to show to a user: it names what the caller asked for and its own ceilings, never files,
 * rules' internals or other tenants. Allocates.
 */
public final class UserMessages {
    private static final long NS_PER_MS = 1_000_000L;

    private final DecisionViews views = new DecisionViews();
    private final CreditWords credit = new CreditWords(views);

    /** One for each thread. */
    public UserMessages() {}

    /** {@return the sentence}; to be asked while the decision's world is pinned. */
    public String of(final DecisionRequest request, final Decision decision) {
        if (decision.outcome() != Outcome.DENY) {
            final String part = decision.partial(request)
                    ? " in part: " + decision.granted(request, 0) + " of " + request.amount(0) + " " + request.unit(0)
                    : "";
            if (decision.isRefund()) {
                return "Given back" + (decision.outcome() == Outcome.ALLOW ? "." : warning(decision));
            }
            final String estimate = credit.estimate(decision);
            return "Allowed" + part + (estimate == null ? "" : ", " + estimate)
                    + (decision.outcome() == Outcome.ALLOW ? "." : warning(decision));
        }
        final Reason reason = decision.reason();
        return switch (reason.reasonClass() == null ? io.tollgate.core.ReasonClass.SYSTEM : reason.reasonClass()) {
            case REQUEST -> requestMessage(request, decision);
            case FRESHNESS -> freshness(decision);
            case POLICY -> policy(request, decision);
            case ENTITLEMENT -> entitlement(decision);
            case QUOTA -> quota(decision);
            case CREDIT -> credit.deny(decision);
            case CAPACITY -> CapacityWords.deny(decision);
            default -> system(decision);
        };
    }

    private String warning(final Decision decision) {
        final Warnings warnings = decision.warnings();
        for (int i = 0; i < warnings.size(); i++) {
            if (warnings.reason(i) == decision.reason()) {
                return " with a warning: " + warning(decision, i);
            }
        }
        return " with a warning.";
    }

    /** {@return a warning of a decision, as a sentence} */
    public String warning(final Decision decision, final int index) {
        final Warnings warnings = decision.warnings();
        final int subject = warnings.subject(index);
        return switch (warnings.reason(index)) {
            case SNAPSHOT_STALE -> "the " + name(Plane.ofCode(subject)) + " data is older than it should be.";
            case POLICY_WARN -> ruleMessage(decision, subject, "a policy asks for attention.");
            case CREDIT_LOW -> credit.low(decision);
            case OVER_SOFT_LIMIT -> {
                final CeilingView ceiling = views.ceiling(decision, subject);
                yield "over the soft limit of " + limit(ceiling) + " ("
                        + ceiling.scope().path() + ").";
            }
            default -> {
                final CeilingView ceiling = views.ceiling(decision, subject);
                yield "close to the limit of " + limit(ceiling) + " ("
                        + ceiling.scope().path() + ").";
            }
        };
    }

    private static String requestMessage(final DecisionRequest request, final Decision decision) {
        final String what =
                switch (decision.reason()) {
                    case UNKNOWN_ACTION ->
                        "The action " + orNothing(request, Field.PRODUCT) + "/"
                                + orNothing(request, Field.RESOURCE_TYPE) + "/" + orNothing(request, Field.ACTION)
                                + " is not registered.";
                    case REGISTRY_TOO_NEW ->
                        "The caller was built for registry version "
                                + Long.toUnsignedString(request.registryVersion())
                                + ", which is newer than the one served here.";
                    case REGISTRY_TOO_OLD ->
                        "The caller was built for registry version " + request.registryVersion()
                                + ", which is no longer served.";
                    default -> null;
                };
        if (what != null) {
            return what;
        }
        if (decision.problem() == Problem.FORM) {
            return "Malformed request: " + request.defectMessage() + ".";
        }
        return sentence(decision.problem().message() + subject(request, decision));
    }

    private static String subject(final DecisionRequest request, final Decision decision) {
        return switch (decision.problem()) {
            case UNIT_UNKNOWN, UNIT_NOT_ACCEPTED -> ": '" + request.unit(decision.problemUsage()) + "'";
            case ATTRIBUTE_UNKNOWN, ATTRIBUTE_TYPE ->
                ": '" + request.attributes().name(decision.problemUsage()) + "'";
            case READING_UNKNOWN, READING_NEGATIVE, READING_TWICE ->
                ": '" + request.readings().dimension(decision.problemUsage()) + "'";
            case AMOUNT_NOT_POSITIVE -> ", got " + request.amount(decision.problemUsage());
            case ORGANIZATION_UNKNOWN -> quoted(request, Field.ORGANIZATION);
            case DEPARTMENT_UNKNOWN -> quoted(request, Field.DEPARTMENT);
            case PROJECT_UNKNOWN, PROJECT_NOT_IN_DEPARTMENT, KEY_BOUND_TO_OTHER_PROJECT ->
                quoted(request, Field.PROJECT);
            case ACTOR_UNKNOWN, ACTOR_INACTIVE ->
                ": '" + orNothing(request, Field.ACTOR_TYPE) + ":" + orNothing(request, Field.ACTOR_ID) + "'";
            default -> "";
        };
    }

    private static String freshness(final Decision decision) {
        final Plane plane = decision.stalePlane();
        if (plane == null) {
            return "No data has been loaded yet.";
        }
        final long ageNs = decision.planeAges().ageNs(plane.code());
        final long boundNs = decision.planeAges().boundNs(plane.code());
        final String bound = "; it may be at most " + Durations.text(boundNs / NS_PER_MS) + " old.";
        return ageNs == Long.MAX_VALUE
                ? "The " + name(plane) + " data has not been confirmed since the start" + bound
                : "The " + name(plane) + " data is " + Durations.text(ageNs / NS_PER_MS) + " old" + bound;
    }

    private static String policy(final DecisionRequest request, final Decision decision) {
        return switch (decision.reason()) {
            case POLICY_NO_GRANT -> "No policy allows " + orNothing(request, Field.ACTION) + " here.";
            case POLICY_RESTRICTED ->
                ruleMessage(decision, decision.decidingRule(), "A restriction does not allow this here.");
            case POLICY_ERROR -> errorMessage(decision, decision.decidingRule());
            default -> ruleMessage(decision, decision.decidingRule(), "A policy forbids this.");
        };
    }

    /** Names the rule, which is not among those that matched. */
    private static String errorMessage(final Decision decision, final int rule) {
        final World world = decision.world();
        if (world == null || rule < 0) {
            return "A policy could not be evaluated.";
        }
        final PolicyTables policies = world.policies();
        return "Rule '" + policies.ruleName(rule) + "' of " + policies.scopePath(policies.policyOf(rule))
                + " could not be evaluated.";
    }

    private static String ruleMessage(final Decision decision, final int rule, final String otherwise) {
        final World world = decision.world();
        if (world == null || rule < 0) {
            return otherwise;
        }
        final PolicyTables policies = world.policies();
        return policies.message(rule).isEmpty() ? otherwise : policies.message(rule);
    }

    private static String entitlement(final Decision decision) {
        final World world = decision.world();
        final String feature = world == null || decision.featureId() < 0
                ? "this feature"
                : "'" + world.registry().features().name(decision.featureId()) + "'";
        return switch (decision.reason()) {
            case SUBSCRIPTION_INACTIVE -> "The subscription is not active.";
            case ENTITLEMENT_DISABLED -> "The feature " + feature + " is switched off for this customer.";
            default -> "The subscription does not include the feature " + feature + ".";
        };
    }

    private String quota(final Decision decision) {
        final int binding = decision.ceilings().binding();
        if (binding < 0) {
            return "A limit is reached.";
        }
        final CeilingView ceiling = views.ceiling(decision, binding);
        if (ceiling.unlimited()) {
            return "Too much to be counted: " + ceiling.scope().path() + " has used " + ceiling.used() + " "
                    + ceiling.dimension() + ", " + ceiling.requested() + " asked.";
        }
        final String room = ceiling.scope().path() + " has " + Math.max(0, ceiling.remaining()) + " of "
                + limit(ceiling) + " left, " + ceiling.requested() + " asked.";
        final String wait;
        if (decision.retryAfterNs() == Decision.RETRY_NEVER) {
            wait = " Waiting does not help.";
        } else if (!decision.retryStated()) {
            wait = " Try again when some of it has been given back.";
        } else {
            final long waitMs = decision.retryAfterNs() / NS_PER_MS + (decision.retryAfterNs() % NS_PER_MS > 0 ? 1 : 0);
            wait = " Try again in " + Durations.atLeast(waitMs) + ".";
        }
        final String what =
                switch (decision.reason()) {
                    case RATE_LIMITED -> "Too fast: ";
                    case CONCURRENCY_EXHAUSTED -> "Too many at once: ";
                    default -> "Used up: ";
                };
        return what + room + wait;
    }

    private static String limit(final CeilingView ceiling) {
        final String period = ceiling.periodMs() > 0 ? " per " + Durations.text(ceiling.periodMs()) : "";
        final long most =
                ceiling.periodMs() > 0 && ceiling.burst() != ceiling.limit() ? ceiling.burst() : ceiling.limit();
        final String burst =
                most != ceiling.limit() ? most + " (burst of " + ceiling.limit() + period + ")" : most + period;
        return burst + " " + ceiling.dimension();
    }

    private static String system(final Decision decision) {
        return switch (decision.reason()) {
            case OVERLOADED ->
                decision.fault() == Fault.BATCH_TOO_LARGE
                        ? "The batch is too large to be decided in one step; send smaller ones."
                        : "Too busy to decide; try again.";
            case JOURNAL_FULL -> "Usage cannot be recorded at the moment, so nothing was taken; try again later.";
            case IDEMPOTENCY_MISMATCH -> "This idempotency key was used with other parameters before.";
            case BATCH_DENIED -> "Another request of the atomic batch was denied, so nothing was taken.";
            case AUDIT_UNAVAILABLE ->
                "This action is audited, and the audit log cannot be written now; nothing was done.";
            default -> "The decision could not be made; it is refused.";
        };
    }

    private static String name(final @Nullable Plane plane) {
        return plane == null ? "unknown" : plane.name().toLowerCase(java.util.Locale.ROOT);
    }

    private static String quoted(final DecisionRequest request, final Field field) {
        return ": '" + orNothing(request, field) + "'";
    }

    private static String orNothing(final DecisionRequest request, final Field field) {
        final String text = request.text(field);
        return text == null ? "(nothing)" : text;
    }

    private static String sentence(final String text) {
        return text.isEmpty()
                ? "The request is not valid."
                : Character.toUpperCase(text.charAt(0)) + text.substring(1) + ".";
    }
}
