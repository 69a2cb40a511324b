/* Licensed under the Apache License, Version 2.0. See the LICENSE file at the root of this repository. */
package io.tollgate.core.world;

import io.tollgate.core.attribute.AttributeBlock;
import io.tollgate.core.attribute.AttributeCheck;
import io.tollgate.core.registry.Registry;
import io.tollgate.core.symbol.Utf8Hash;
import io.tollgate.core.world.def.AttributeValue;
import io.tollgate.core.world.def.DefinitionException;
import io.tollgate.core.world.def.ScopeDef;
import java.io.IOException;
import java.util.HashMap;
import java.util.Map;
import org.agrona.collections.Long2LongHashMap;
import org.agrona.concurrent.UnsafeBuffer;

/**
 * Lays the attributes of scopes down beside the rows, which carry only where. Equal sets, which many scopes have, are
 * written once as long as they are remembered; what all scopes have of their own costs room on disk only. One thread.
 */
final class RowAttributes {
    private static final int MAX_REMEMBERED = 1 << 16;

    private final Registry registry;
    private final RowMemory space;
    private final Long2LongHashMap blocks;

    /**
     * Writes for one world.
     *
     * @param blocks where attributes lie in this memory, by hash; grows
     */
    RowAttributes(final Registry registry, final RowMemory space, final Long2LongHashMap blocks) {
        this.registry = registry;
        this.space = space;
        this.blocks = blocks;
    }

    /** {@return where a scope's attributes are, or {@link World#NO_ROW} when it has none} */
    long write(final ScopeDef scope) throws IOException {
        if (scope.holdings().attributes().isEmpty()) {
            return World.NO_ROW;
        }
        final Map<Integer, AttributeValue> numbered = new HashMap<>();
        scope.holdings().attributes().forEach((name, value) -> {
            final String where = "scope '" + scope.path() + "', attribute '" + name + "'";
            final int attribute = registry.attributes().find(name);
            if (attribute == Registry.MISSING) {
                throw new DefinitionException(where + " is not declared in the registry");
            }
            numbered.put(attribute, AttributeCheck.checked(where, registry.attributeType(attribute), value));
        });
        final byte[] encoded = AttributeBlock.encode(numbered);
        final long hash = Utf8Hash.of(encoded, 0, encoded.length);
        final long known = blocks.get(hash);
        if (known != World.NO_ROW && isSame(space.buffer(known), World.offset(known), encoded)) {
            return known;
        }
        final long ref = space.allocate(encoded.length, Long.BYTES);
        space.buffer(ref).putBytes(World.offset(ref), encoded);
        if (blocks.size() >= MAX_REMEMBERED) {
            blocks.clear();
        }
        blocks.put(hash, ref);
        return ref;
    }

    private static boolean isSame(final UnsafeBuffer buffer, final int block, final byte[] encoded) {
        if (AttributeBlock.length(buffer, block) != encoded.length) {
            return false;
        }
        for (int i = 0; i < encoded.length; i++) {
            if (buffer.getByte(block + i) != encoded[i]) {
                return false;
            }
        }
        return true;
    }
}
