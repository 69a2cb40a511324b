/* Licensed under the Apache License, Version 2.0. See the LICENSE file at the root of this repository. */
package io.tollgate.core.world.def;

import io.tollgate.core.ScopeLevel;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * A node of the hierarchy and all that hangs on it.
 *
 * @param level       its level
 * @param path        unique in the snapshot: "org:acme/project:rag"; "global" for the top
 * @param id          the name that requests use: "rag"; of an API key the name for people
 * @param displayName for people
 * @param state       whether it may act
 * @param expiresAtMs milliseconds since 1970; 0 = never
 * @param parentPath  the scope above in the directory; empty for global
 * @param actor       of principals and API keys
 * @param holdings    subscription, ceilings, attributes
 */
public record ScopeDef(
        ScopeLevel level,
        String path,
        String id,
        String displayName,
        EntityState state,
        long expiresAtMs,
        String parentPath,
        Actor actor,
        Holdings holdings) {

    /**
     * Who somebody is.
     *
     * @param actorType        principals: registered type; else empty
     * @param roles            roles that the directory gives
     * @param tokenScopes      API keys: scopes of the key
     * @param apiKeySha256     API keys: 32 bytes; else empty
     * @param boundProjectPath API keys: the project it is bound to; empty = none
     * @param ownerPath        API keys: the principal who owns it; empty = none
     */
    @SuppressWarnings("ArrayRecordComponent") // handed on, never compared
    public record Actor(
            String actorType,
            List<String> roles,
            List<String> tokenScopes,
            byte[] apiKeySha256,
            String boundProjectPath,
            String ownerPath) {
        /** Nobody: scopes that do not act. */
        public static final Actor NONE = new Actor("", List.of(), List.of(), new byte[0], "", "");

        public Actor {
            roles = List.copyOf(roles);
            tokenScopes = List.copyOf(tokenScopes);
        }
    }

    /**
     * What hangs on a scope.
     *
     * @param subscription where the scope is a customer of the billing system, else null
     * @param ceilings     limits defined here
     * @param attributes   what the directory says of it, by full name: "place.tier" of places, "actor.cost_center" of who acts
     * @param wallets      what it pays from, in any order
     */
    public record Holdings(
            @Nullable SubscriptionDef subscription,
            List<CeilingDef> ceilings,
            Map<String, AttributeValue> attributes,
            List<WalletDef> wallets) {
        /** Nothing. */
        public static final Holdings NONE = new Holdings(null, List.of());

        public Holdings {
            ceilings = List.copyOf(ceilings);
            attributes = Map.copyOf(attributes);
            wallets = List.copyOf(wallets);
        }

        /** Without wallets. */
        public Holdings(
                final @Nullable SubscriptionDef subscription,
                final List<CeilingDef> ceilings,
                final Map<String, AttributeValue> attributes) {
            this(subscription, ceilings, attributes, List.of());
        }

        /** Without attributes. */
        public Holdings(final @Nullable SubscriptionDef subscription, final List<CeilingDef> ceilings) {
            this(subscription, ceilings, Map.of());
        }

        /** {@return these, with these wallets} */
        public Holdings withWallets(final List<WalletDef> owned) {
            return new Holdings(subscription, ceilings, attributes, owned);
        }
    }

    /** {@return this scope, with these wallets} */
    public ScopeDef withWallets(final List<WalletDef> owned) {
        return new ScopeDef(
                level, path, id, displayName, state, expiresAtMs, parentPath, actor, holdings.withWallets(owned));
    }
}
