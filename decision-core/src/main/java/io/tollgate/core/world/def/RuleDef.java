/* Licensed under the Apache License, Version 2.0. See the LICENSE file at the root of this repository. */
package io.tollgate.core.world.def;

import io.tollgate.core.Effect;

/**
 * One rule of a policy.
 *
 * @param id        as written in the bundle
 * @param effect    what it does when it matches
 * @param who       whom it is about
 * @param what      what it is about
 * @param condition when it holds
 * @param message   shown to users on deny and warn
 * @param source    where it is written: "policies/acme.yaml:12:5"
 */
public record RuleDef(
        String id, Effect effect, WhoDef who, WhatDef what, ConditionDef condition, String message, String source) {}
