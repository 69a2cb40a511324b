/* Licensed under the Apache License, Version 2.0. See the LICENSE file at the root of this repository. */
package io.tollgate.core.world;

import io.tollgate.core.ScopeLevel;
import org.agrona.concurrent.UnsafeBuffer;

/** The rows that a new row refers to; {@link World#NO_ROW} = none. Filled by {@link AncestryResolver} and {@link RowWriter}. */
final class Ancestry {
    long global;
    long parent;
    long organization;
    long department;
    long project;
    long plan;
    long customer;
    long owner;

    /** Names the new row itself where it is a place, or a customer. */
    void nameItself(final ScopeLevel level, final boolean isCustomer, final long row) {
        switch (level) {
            case PLAN -> plan = row;
            case ORGANIZATION -> organization = row;
            case DEPARTMENT -> department = row;
            case PROJECT -> project = row;
            default -> {
                // global, principals and keys are nobody's place
            }
        }
        if (isCustomer) {
            customer = row;
        }
    }

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
