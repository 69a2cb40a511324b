/* Licensed under the Apache License, Version 2.0. See the LICENSE file at the root of this repository. */
package io.tollgate.cli.ratelimit;

import java.util.List;
import java.util.Map;

/**
 * What is written.
 *
 * @param rules by domain, each in the order in which they are tried
 * @param organizations by id
 */
record Conversion(
        Choices choices,
        KnownValues values,
        List<Limit> limits,
        Map<Domain, List<Rule>> rules,
        Map<String, Organization> organizations) {}
