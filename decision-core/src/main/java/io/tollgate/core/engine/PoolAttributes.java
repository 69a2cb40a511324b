/* Licensed under the Apache License, Version 2.0. See the LICENSE file at the root of this repository. */
package io.tollgate.core.engine;

import io.tollgate.core.attribute.AttributeBlock;
import io.tollgate.core.capacity.AskedName;
import io.tollgate.core.capacity.PoolQuery;
import io.tollgate.core.request.DecisionRequest;
import io.tollgate.core.request.RequestAttributes;
import io.tollgate.core.world.def.AttributeType;
import org.agrona.concurrent.UnsafeBuffer;

/**
 * Attributes as pools compare them, from where {@link ChainAttribute} finds them. The one that was looked up last is remembered, since
 * pools of one dimension mostly ask for the same. Scratch of one worker; belongs to its thread.
 */
final class PoolAttributes implements PoolQuery {
    private static final int NOTHING_YET = -1;
    private static final UnsafeBuffer NOWHERE = new UnsafeBuffer(new byte[0]);

    private final Evaluation evaluation;
    private final ChainAttribute chain;
    private final UnsafeBuffer names = new UnsafeBuffer(new byte[0]);
    private int attribute = NOTHING_YET;
    private int type;
    private UnsafeBuffer text = NOWHERE;
    private int offset;
    private int length;
    private long bits;

    PoolAttributes(final Evaluation evaluation) {
        this.evaluation = evaluation;
        chain = new ChainAttribute(evaluation);
    }

    void reset() {
        attribute = NOTHING_YET;
        text = NOWHERE;
    }

    @Override
    public int find(final int attributeId) {
        if (attributeId != attribute) {
            type = look(attributeId);
            attribute = attributeId;
        }
        return type;
    }

    private int look(final int attributeId) {
        final AskedName asked = AskedName.ofId(attributeId);
        return asked == null ? attribute(attributeId) : name(asked);
    }

    private int name(final AskedName asked) {
        final DecisionRequest request = evaluation.request;
        names.wrap(request.bytes());
        text = names;
        offset = request.offset(asked.field());
        length = request.length(asked.field());
        return AttributeType.STRING.code();
    }

    private int attribute(final int attributeId) {
        chain.find(attributeId);
        if (chain.isInDirectory()) {
            return entry(chain.buffer(), chain.block(), chain.entry());
        }
        return chain.isStated() ? stated(evaluation.request.attributes(), chain.stated()) : NO_VALUE;
    }

    private int entry(final UnsafeBuffer buffer, final int block, final int entry) {
        final int code = AttributeBlock.typeCode(buffer, entry);
        if (code == AttributeBlock.TOO_LARGE) {
            return NO_VALUE;
        }
        if (code == AttributeType.STRING.code()) {
            text = buffer;
            offset = AttributeBlock.textAt(buffer, block, entry);
            length = AttributeBlock.size(buffer, entry);
        }
        bits = AttributeBlock.bits(buffer, entry);
        return code;
    }

    private int stated(final RequestAttributes attributes, final int index) {
        final int code = attributes.typeCode(index);
        if (code == AttributeType.STRING.code()) {
            text = attributes.buffer();
            offset = attributes.textOffset(index);
            length = attributes.size(index);
        }
        bits = attributes.bits(index);
        return code;
    }

    @Override
    public UnsafeBuffer textBuffer() {
        return text;
    }

    @Override
    public int textOffset() {
        return offset;
    }

    @Override
    public int textLength() {
        return length;
    }

    @Override
    public long bits() {
        return bits;
    }
}
