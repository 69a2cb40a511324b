/* Licensed under the Apache License, Version 2.0. See the LICENSE file at the root of this repository. */
package io.tollgate.core.condition;

import io.tollgate.core.policy.PolicyTables;

/**
 * How large and how dear conditions may be. Costs are in steps: one is about what comparing two words takes, a few
 * nanoseconds; they bound
 * the worst case, which long texts and lists make up, and most conditions stay far below.
 */
public final class ConditionLimits {
    /** Source of a condition, in bytes of UTF-8. */
    public static final int MAX_SOURCE_BYTES = 8_192;
    /** A program, in bytes. */
    public static final int MAX_PROGRAM_BYTES = 16_384;
    /** Parts of an expression. */
    public static final int MAX_NODES = 1_024;
    /** Parts inside one another; operands of one chain of && or || count as one level. */
    public static final int MAX_DEPTH = 32;
    /** Operands of one && or ||, elements of a literal list. */
    public static final int MAX_OPERANDS = 256;
    /** Different variables of a condition. */
    public static final int MAX_VARIABLES = 64;
    /** A text literal, in bytes of UTF-8. */
    public static final int MAX_LITERAL_BYTES = 1_024;
    /** Steps of one condition: some ten microseconds at worst. */
    public static final int MAX_COST = 20_000;
    /** Steps of all conditions of one scope that one operation can meet: some hundred microseconds at worst. */
    public static final int MAX_SCOPE_COST = PolicyTables.MAX_CONDITION_STEPS;
    /** Different conditions of a snapshot. */
    public static final int MAX_CONDITIONS = 100_000;
    /** Different variables of a snapshot's conditions: each worker keeps room for their values. */
    public static final int MAX_SNAPSHOT_VARIABLES = 8_192;
    /** Elements of actor.roles and of actor.token_scopes: of the directory and of the request together. */
    public static final int MAX_HELD_NAMES = 256;

    private ConditionLimits() {}
}
