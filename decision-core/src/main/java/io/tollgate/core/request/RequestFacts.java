/* Licensed under the Apache License, Version 2.0. See the LICENSE file at the root of this repository. */
package io.tollgate.core.request;

/**
 * The part of a request that says who, where and what, as words: what a reservation keeps so that {@code Extend} can ask again. Usages,
 * readings, mode, idempotency key and correlation id are not part of it. Does not allocate.
 *
 * <pre>
 *   registry version | max staleness, ns
 *   per field, per role, per token scope, API key hash: length | bytes, padded to words
 *   attributes: see {@link RequestAttributes}
 * </pre>
 */
final class RequestFacts {
    private static final Field[] FIELDS = Field.values();

    private RequestFacts() {}

    static boolean kept(final Field field) {
        return field != Field.IDEMPOTENCY_KEY && field != Field.CORRELATION_ID;
    }

    /** Words of a slice with its length. */
    static long words(final int bytes) {
        return 1 + (bytes + Long.BYTES - 1) / Long.BYTES;
    }

    static long words(final DecisionRequest request) {
        long words = 2 + 2 + words(request.apiKeyLength());
        for (int i = 0; i < FIELDS.length; i++) {
            words += kept(FIELDS[i]) ? words(request.length(FIELDS[i])) : 0;
        }
        for (int i = 0; i < request.roleCount(); i++) {
            words += words(request.roleLength(i));
        }
        for (int i = 0; i < request.tokenScopeCount(); i++) {
            words += words(request.tokenScopeLength(i));
        }
        return words + request.attributes().words();
    }

    static void write(final DecisionRequest request, final FactSink sink) {
        sink.put(request.registryVersion());
        sink.put(request.maxStalenessNs());
        names(request, sink);
        request.attributes().write(sink);
    }

    /** Fields, roles, token scopes, API key. */
    static void names(final DecisionRequest request, final FactSink sink) {
        for (int i = 0; i < FIELDS.length; i++) {
            if (kept(FIELDS[i])) {
                slice(request, request.offset(FIELDS[i]), request.length(FIELDS[i]), sink);
            }
        }
        sink.put(request.roleCount());
        for (int i = 0; i < request.roleCount(); i++) {
            slice(request, request.roleOffset(i), request.roleLength(i), sink);
        }
        sink.put(request.tokenScopeCount());
        for (int i = 0; i < request.tokenScopeCount(); i++) {
            slice(request, request.tokenScopeOffset(i), request.tokenScopeLength(i), sink);
        }
        slice(request, request.apiKeyOffset(), request.apiKeyLength(), sink);
    }

    private static void slice(final DecisionRequest request, final int offset, final int length, final FactSink sink) {
        sink.put(length);
        sink.put(request.bytes(), offset, length);
    }

    static void usages(final DecisionRequest request, final FactSink sink) {
        sink.put(request.usageCount());
        for (int i = 0; i < request.usageCount(); i++) {
            sink.put(request.amount(i));
            slice(request, request.unitOffset(i), request.unitLength(i), sink);
        }
    }

    /** {@return false when it is no such thing; the request then has to be forgotten} */
    static boolean read(final FactSource source, final DecisionRequest request) {
        request.registryVersion(source.get());
        request.maxStalenessNs(source.get());
        for (int i = 0; i < FIELDS.length; i++) {
            if (kept(FIELDS[i]) && !request.readField(FIELDS[i], source)) {
                return false;
            }
        }
        final long roles = source.get();
        for (long i = 0; i < roles; i++) {
            if (!request.readRole(source)) {
                return false;
            }
        }
        final long tokenScopes = source.get();
        for (long i = 0; i < tokenScopes; i++) {
            if (!request.readTokenScope(source)) {
                return false;
            }
        }
        return request.readApiKey(source) && request.attributes().read(source);
    }
}
