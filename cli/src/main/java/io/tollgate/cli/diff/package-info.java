/* Licensed under the Apache License, Version 2.0. See the LICENSE file at the root of this repository. */

/**
 * What changed between two snapshots, in operators' words: scopes, rules, limits, entitlements, prices, wallets, pools. One thread; reads
 * what it is given and touches nothing.
 */
@NullMarked
package io.tollgate.cli.diff;

import org.jspecify.annotations.NullMarked;
