/* Licensed under the Apache License, Version 2.0. See the LICENSE file at the root of this repository. */
package io.tollgate.loader.transfer;

import io.tollgate.v1.Section;

/**
 * What was measured of a section while it was verified: what its files at rest are sized by.
 *
 * @param records number of records
 * @param keyBytes of all keys together
 * @param valueBytes of all values together
 * @param longestKeyBytes of one key
 * @param longestValueBytes of one value
 */
public record SectionFacts(
        Section section, long records, long keyBytes, long valueBytes, int longestKeyBytes, int longestValueBytes) {}
