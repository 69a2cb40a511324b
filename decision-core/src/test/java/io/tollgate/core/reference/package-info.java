/* Licensed under the Apache License, Version 2.0. See the LICENSE file at the root of this repository. */

/**
 * The plain reference model of docs/semantics.md: no compilation, no interning, no concurrency; maps and loops, written to be read, one
 * file per stage. It is the judge of the engine: change it and the page together.
 *
 * <p>{@code Reference*} is the model, tested itself by examples worked out by hand on a {@code HandWorld}. {@code Random*} draws worlds and
 * sequences of calls, {@code ReferencePlayer} and {@code EnginePlayer} play them, {@code Differential} compares. {@code Mutants} are the
 * model with a mistake each: they prove that the comparison would find it.
 */
@NullMarked
package io.tollgate.core.reference;

import org.jspecify.annotations.NullMarked;
