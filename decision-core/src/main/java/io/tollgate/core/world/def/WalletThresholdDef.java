/* Licensed under the Apache License, Version 2.0. See the LICENSE file at the root of this repository. */
package io.tollgate.core.world.def;

import io.tollgate.core.Severity;

/**
 * When to warn of a low balance.
 *
 * @param below    warns while the balance is less than this, fixed point (money scale)
 * @param severity how loud
 */
public record WalletThresholdDef(long below, Severity severity) {}
