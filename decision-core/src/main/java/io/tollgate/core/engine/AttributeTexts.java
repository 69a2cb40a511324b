/* Licensed under the Apache License, Version 2.0. See the LICENSE file at the root of this repository. */
package io.tollgate.core.engine;

import io.tollgate.core.attribute.AttributeBlock;
import io.tollgate.core.attribute.AttributeLimits;
import io.tollgate.core.credit.PriceQuery;
import io.tollgate.core.request.RequestAttributes;
import io.tollgate.core.symbol.SymbolTable;
import io.tollgate.core.world.def.AttributeType;
import java.nio.charset.StandardCharsets;
import org.agrona.concurrent.UnsafeBuffer;
import org.jspecify.annotations.Nullable;

/**
 * Attributes of type string, from where {@link ChainAttribute} finds them. Scratch of one worker; belongs to its thread; allocates only
 * where it says so.
 */
final class AttributeTexts implements PriceQuery.PriceInput {
    private static final int STRING = AttributeType.STRING.code();
    private static final int NO_TEXT = -1;

    private final Evaluation evaluation;
    private final ChainAttribute attribute;
    private final byte[] copy = new byte[AttributeLimits.MAX_TEXT_BYTES];
    /** Where the text found last is: in copy, or in the request's bytes. */
    private byte[] bytes = copy;

    private int offset;

    AttributeTexts(final Evaluation evaluation) {
        this.evaluation = evaluation;
        attribute = new ChainAttribute(evaluation);
    }

    @Override
    public int symbol(final int attributeId, final SymbolTable texts) {
        final int length = find(attributeId);
        return length == NO_TEXT ? SymbolTable.MISSING : texts.find(bytes, offset, length);
    }

    /** {@return the text of an attribute, or null when it has none; allocates} */
    @Nullable
    String text(final int attributeId) {
        final int length = find(attributeId);
        return length == NO_TEXT ? null : new String(bytes, offset, length, StandardCharsets.UTF_8);
    }

    /** {@return bytes of the text, which is then in bytes from offset on, or NO_TEXT} */
    private int find(final int attributeId) {
        attribute.find(attributeId);
        if (attribute.isInDirectory()) {
            return copied(attribute.buffer(), attribute.block(), attribute.entry());
        }
        final RequestAttributes request = evaluation.request.attributes();
        if (!attribute.isStated() || request.typeCode(attribute.stated()) != STRING) {
            return NO_TEXT;
        }
        bytes = request.bytes();
        offset = request.textOffset(attribute.stated());
        return request.size(attribute.stated());
    }

    private int copied(final UnsafeBuffer buffer, final int block, final int entry) {
        if (AttributeBlock.typeCode(buffer, entry) != STRING) {
            return NO_TEXT;
        }
        final int length = AttributeBlock.size(buffer, entry);
        buffer.getBytes(AttributeBlock.textAt(buffer, block, entry), copy, 0, length);
        bytes = copy;
        offset = 0;
        return length;
    }
}
