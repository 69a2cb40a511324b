/* Licensed under the Apache License, Version 2.0. See the LICENSE file at the root of this repository. */
package io.tollgate.core.world;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import io.tollgate.core.ScopeLevel;
import io.tollgate.core.attribute.AttributeBlock;
import io.tollgate.core.registry.Registry;
import io.tollgate.core.world.def.AttributeDef;
import io.tollgate.core.world.def.AttributeType;
import io.tollgate.core.world.def.AttributeValue;
import io.tollgate.core.world.def.DefinitionException;
import io.tollgate.core.world.def.EntityState;
import io.tollgate.core.world.def.RegistryDef;
import io.tollgate.core.world.def.ScopeDef;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Attributes of scopes in the mapped files: equal sets are written once. Decisions over them are in the engine's tests. */
class RowAttributesTest {
    @TempDir
    Path directory;

    private static final Registry REGISTRY = Registry.compile(new RegistryDef(
            1,
            0,
            List.of(),
            List.of(),
            List.of(),
            List.of(),
            List.of(),
            List.of(
                    new AttributeDef("place.tier", AttributeType.STRING),
                    new AttributeDef("place.share", AttributeType.DOUBLE)),
            2));

    private static ScopeDef scope(final Map<String, AttributeValue> attributes) {
        return new ScopeDef(
                ScopeLevel.GLOBAL,
                "global",
                "global",
                "",
                EntityState.ACTIVE,
                0,
                "",
                ScopeDef.Actor.NONE,
                new ScopeDef.Holdings(null, List.of(), attributes));
    }

    @Test
    void shouldWriteEqualSetsOnce() throws IOException {
        try (RowSpace space = new RowSpace(directory, 1 << 20)) {
            final RowAttributes attributes =
                    new RowAttributes(REGISTRY, space, new org.agrona.collections.Long2LongHashMap(World.NO_ROW));
            final AttributeValue gold = new AttributeValue.Text("gold");
            final long first = attributes.write(scope(Map.of("place.tier", gold)));
            final long other =
                    attributes.write(scope(Map.of("place.tier", gold, "place.share", new AttributeValue.Whole(2))));
            assertNotEquals(first, other);
            assertEquals(first, attributes.write(scope(Map.of("place.tier", new AttributeValue.Text("gold")))));
            assertEquals(World.NO_ROW, attributes.write(scope(Map.of())));
            final int block = World.offset(other);
            assertEquals(
                    new AttributeValue.Real(2),
                    AttributeBlock.read(
                            space.buffer(other), block, AttributeBlock.find(space.buffer(other), block, 1)));
        }
    }

    @Test
    void shouldRefuseWhatIsNotDeclaredOrOfAnotherType() throws IOException {
        try (RowSpace space = new RowSpace(directory, 1 << 20)) {
            final RowAttributes attributes =
                    new RowAttributes(REGISTRY, space, new org.agrona.collections.Long2LongHashMap(World.NO_ROW));
            assertEquals(
                    "scope 'global', attribute 'place.teir' is not declared in the registry",
                    refusal(attributes, Map.of("place.teir", new AttributeValue.Text("gold"))));
            assertEquals(
                    "scope 'global', attribute 'place.tier' is a INT, declared is STRING",
                    refusal(attributes, Map.of("place.tier", new AttributeValue.Whole(1))));
        }
    }

    private static String refusal(final RowAttributes attributes, final Map<String, AttributeValue> values) {
        return String.valueOf(assertThrows(DefinitionException.class, () -> attributes.write(scope(values)))
                .getMessage());
    }
}
