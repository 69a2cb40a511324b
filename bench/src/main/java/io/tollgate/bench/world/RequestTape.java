/* Licensed under the Apache License, Version 2.0. See the LICENSE file at the root of this repository. */
package io.tollgate.bench.world;

import io.tollgate.core.DecideMode;
import io.tollgate.core.request.AttributeGroup;
import io.tollgate.core.request.DecisionRequest;
import io.tollgate.core.request.Field;
import io.tollgate.examples.generator.GeneratedNames;
import io.tollgate.examples.generator.GeneratedRegistry;
import io.tollgate.examples.generator.GeneratedRequests;
import io.tollgate.examples.generator.GeneratedShape;
import io.tollgate.examples.generator.PrincipalDraw;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;

/**
 * Drawn requests as UTF-8 in one array, read in order as from a network buffer, so that a benchmark pays for the engine's cache misses and
 * not for its own. Filling a request allocates nothing. Belongs to one thread.
 * <pre>
 *   0: SHA-256 of the API key (32) | 32: organization (6) | 38: project (3) | 41: actor id (9) | 50: 1 = service | 51: tokens
 * </pre>
 */
public final class RequestTape {
    private static final int ORGANIZATION = 32;
    private static final int PROJECT = 38;
    private static final int ACTOR = 41;
    private static final int SERVICE = 50;
    private static final int TOKENS = 51;
    private static final int LENGTH = 64;

    private static final byte[] PRODUCT = utf8(GeneratedRegistry.PRODUCT);
    private static final byte[] RESOURCE_TYPE = utf8(GeneratedRegistry.RESOURCE_TYPE);
    private static final byte[] ACTION = utf8(GeneratedRegistry.ACTION);
    private static final byte[] RESOURCE = utf8("large-1");
    private static final byte[] USER_TYPE = utf8("user");
    private static final byte[] SERVICE_TYPE = utf8("service");
    private static final String TOKEN_SCOPE = "llm:write";

    private final byte[] tape;
    private final byte[] key = new byte[DecisionRequest.API_KEY_HASH_BYTES];
    private DecideMode mode = DecideMode.CONSUME;
    private int at;

    private RequestTape(final byte[] tape) {
        this.tape = tape;
    }

    /** {@return so many draws from a shape's principals} */
    public static RequestTape of(final GeneratedShape shape, final PrincipalDraw draw, final int count) {
        final byte[] tape = new byte[Math.multiplyExact(count, LENGTH)];
        final GeneratedRequests requests = new GeneratedRequests(shape);
        for (int at = 0; at < tape.length; at += LENGTH) {
            write(tape, at, requests, draw.next());
        }
        return new RequestTape(tape);
    }

    /** {@return one principal's request, over and over} */
    public static RequestTape ofOne(final GeneratedShape shape, final int principal) {
        final byte[] tape = new byte[LENGTH];
        write(tape, 0, new GeneratedRequests(shape), principal);
        return new RequestTape(tape);
    }

    private static void write(final byte[] tape, final int at, final GeneratedRequests requests, final int principal) {
        put(tape, at, GeneratedNames.apiKeySha256(principal), ORGANIZATION);
        put(tape, at + ORGANIZATION, utf8(requests.organization(principal)), PROJECT - ORGANIZATION);
        put(tape, at + PROJECT, utf8(requests.project(principal)), ACTOR - PROJECT);
        put(tape, at + ACTOR, utf8(GeneratedNames.principal(principal)), SERVICE - ACTOR);
        tape[at + SERVICE] = (byte) ("service".equals(GeneratedNames.actorType(principal)) ? 1 : 0);
        tape[at + TOKENS] = (byte) requests.tokens(principal);
    }

    /** Asks in this mode from now on. */
    public void mode(final DecideMode value) {
        mode = value;
    }

    /** Fills the next request, named by API key: a chain of seven scopes. */
    public void nextByKey(final DecisionRequest request) {
        final int from = advance();
        System.arraycopy(tape, from, key, 0, key.length);
        fill(request, from).apiKeyHash(key);
    }

    /** Fills the next request, named by type and id: a chain of six scopes. */
    public void nextByName(final DecisionRequest request) {
        final int from = advance();
        final byte[] type = tape[from + SERVICE] == 0 ? USER_TYPE : SERVICE_TYPE;
        fill(request, from)
                .set(Field.ACTOR_TYPE, type, 0, type.length)
                .set(Field.ACTOR_ID, tape, from + ACTOR, SERVICE - ACTOR);
    }

    private int advance() {
        final int from = at;
        at = from + LENGTH == tape.length ? 0 : from + LENGTH;
        return from;
    }

    private DecisionRequest fill(final DecisionRequest request, final int from) {
        request.reset()
                .mode(mode)
                .set(Field.ORGANIZATION, tape, from + ORGANIZATION, PROJECT - ORGANIZATION)
                .set(Field.PROJECT, tape, from + PROJECT, ACTOR - PROJECT)
                .set(Field.PRODUCT, PRODUCT, 0, PRODUCT.length)
                .set(Field.RESOURCE_TYPE, RESOURCE_TYPE, 0, RESOURCE_TYPE.length)
                .set(Field.ACTION, ACTION, 0, ACTION.length)
                .set(Field.RESOURCE_ID, RESOURCE, 0, RESOURCE.length)
                .addUsage(tape[from + TOKENS], GeneratedRegistry.TOKEN)
                .addTokenScope(TOKEN_SCOPE);
        request.attributes().text(AttributeGroup.RESOURCE, "region", GeneratedRequests.REGION);
        request.attributes().text(AttributeGroup.RESOURCE, "model", GeneratedRequests.MODEL);
        return request;
    }

    private static void put(final byte[] tape, final int at, final byte[] value, final int room) {
        if (value.length != room) {
            throw new IllegalArgumentException("a name of " + value.length + " bytes where the generator's have " + room
                    + ": " + Arrays.toString(value));
        }
        System.arraycopy(value, 0, tape, at, room);
    }

    private static byte[] utf8(final String text) {
        return text.getBytes(StandardCharsets.UTF_8);
    }
}
