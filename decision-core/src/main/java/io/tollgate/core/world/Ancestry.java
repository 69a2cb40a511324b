/* Licensed under the Apache License, Version 2.0. See the LICENSE file at the root of this repository. */
package io.tollgate.core.world;

import org.agrona.concurrent.UnsafeBuffer;

/** The rows that a new row refers to; {@link World#NO_ROW} = none. Filled by {@link AncestryResolver} and {@link WorldWriter}. */
final class Ancestry {
    long global;
    long parent;
    long organization;
    long department;
    long project;
    long plan;
    long customer;
    long owner;

    void write(final UnsafeBuffer buffer, final int row) {
        put(buffer, row + RowDescriptor.ORGANIZATION, organization);
        put(buffer, row + RowDescriptor.DEPARTMENT, department);
        put(buffer, row + RowDescriptor.PROJECT, project);
        put(buffer, row + RowDescriptor.PLAN, plan);
        put(buffer, row + RowDescriptor.CUSTOMER, customer);
        put(buffer, row + RowDescriptor.OWNER, owner);
        put(buffer, row + RowDescriptor.PARENT, parent);
    }

    private static void put(final UnsafeBuffer buffer, final int at, final long row) {
        buffer.putInt(at, (int) (row >>> RowDescriptor.UNIT_SHIFT));
    }
}
