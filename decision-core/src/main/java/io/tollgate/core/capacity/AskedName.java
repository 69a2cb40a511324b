/* Licensed under the Apache License, Version 2.0. See the LICENSE file at the root of this repository. */
package io.tollgate.core.capacity;

import io.tollgate.core.request.Field;
import org.jspecify.annotations.Nullable;

/** What every request names and pools may match beside declared attributes. Ids are below those of attributes. */
public enum AskedName {
    /** Registered product. */
    PRODUCT("request.product", Field.PRODUCT),
    /** Registered resource type. */
    RESOURCE_TYPE("resource.type", Field.RESOURCE_TYPE),
    /** Registered action. */
    ACTION("request.action", Field.ACTION);

    private static final int FIRST_ID = -2;
    private static final AskedName[] VALUES = values();

    private final String label;
    private final Field field;

    AskedName(final String label, final Field field) {
        this.label = label;
        this.field = field;
    }

    /** {@return as pools and conditions write it} */
    public String label() {
        return label;
    }

    /** {@return where the request has it} */
    public Field field() {
        return field;
    }

    /** {@return its number in {@link PoolQuery#find}: -2 or less} */
    public int id() {
        return FIRST_ID - ordinal();
    }

    /** {@return the one with this number, or null} */
    public static @Nullable AskedName ofId(final int id) {
        final int index = FIRST_ID - id;
        return index < 0 || index >= VALUES.length ? null : VALUES[index];
    }

    /** {@return the one with this label, or null} */
    public static @Nullable AskedName ofLabel(final String label) {
        for (final AskedName name : VALUES) {
            if (name.label.equals(label)) {
                return name;
            }
        }
        return null;
    }
}
