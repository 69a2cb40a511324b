/* Licensed under the Apache License, Version 2.0. See the LICENSE file at the root of this repository. */
package io.tollgate.core.explain;

/**
 * The pool that one decision is about, in the base unit of its dimension.
 *
 * @param id          of the pool; "" = no pool can serve such a request
 * @param dimension   what is asked for
 * @param unit        base unit of the dimension
 * @param own         whether it is reserved for a scope of the request's chain; else it is shared
 * @param reservedFor path of that scope; "" = shared
 * @param available   free when the pool was observed
 * @param used        taken of it since then
 * @param requested   what this request asks for
 */
public record PoolView(
        String id,
        String dimension,
        String unit,
        boolean own,
        String reservedFor,
        long available,
        long used,
        long requested) {}
