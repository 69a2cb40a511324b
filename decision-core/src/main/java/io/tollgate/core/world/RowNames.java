/* Licensed under the Apache License, Version 2.0. See the LICENSE file at the root of this repository. */
package io.tollgate.core.world;

import io.tollgate.core.ScopeLevel;
import io.tollgate.core.world.def.DefinitionException;
import io.tollgate.core.world.def.ScopeDef;
import io.tollgate.core.world.def.SubscriptionDef;
import org.agrona.concurrent.UnsafeBuffer;

/** Texts of a new row, as UTF-8: its key, and the names that decisions rarely read. */
final class RowNames {
    private static final byte[] NOTHING = {};
    private static final int API_KEY_BYTES = 32;

    final byte[] key;
    final byte[][] names = new byte[RowDescriptor.NAME_COUNT][];

    RowNames(final ScopeDef scope) {
        final String where = "scope '" + scope.path() + "'";
        final byte[] id = TextLimits.utf8(where, "id", scope.id(), TextLimits.MAX_ID_BYTES);
        final byte[] apiKey = scope.actor().apiKeySha256();
        final boolean isKey = scope.level() == ScopeLevel.API_KEY;
        if (apiKey.length != (isKey ? API_KEY_BYTES : 0)) {
            throw new DefinitionException(where + ": " + apiKey.length + " bytes of API key hash; "
                    + (isKey ? "a SHA-256 has " + API_KEY_BYTES : "only API keys have one"));
        }
        if (id.length == 0 || scope.path().isEmpty()) {
            throw new DefinitionException(where + ": id '" + scope.id() + "' or path is empty; name the scope");
        }
        key = isKey ? apiKey : id;
        final SubscriptionDef subscription = scope.holdings().subscription();
        names[RowDescriptor.NAME_PATH] = TextLimits.utf8(where, "path", scope.path(), TextLimits.MAX_TEXT_BYTES);
        names[RowDescriptor.NAME_DISPLAY] =
                TextLimits.utf8(where, "display name", scope.displayName(), TextLimits.MAX_TEXT_BYTES);
        names[RowDescriptor.NAME_ID] = isKey ? id : NOTHING;
        names[RowDescriptor.NAME_SUBSCRIPTION] = subscription == null
                ? NOTHING
                : TextLimits.utf8(where, "subscription id", subscription.id(), TextLimits.MAX_ID_BYTES);
        names[RowDescriptor.NAME_CUSTOMER] = subscription == null
                ? NOTHING
                : TextLimits.utf8(where, "customer id", subscription.customerExternalId(), TextLimits.MAX_ID_BYTES);
    }

    byte[] path() {
        return names[RowDescriptor.NAME_PATH];
    }

    int length() {
        int length = RowDescriptor.NAME_BYTES;
        for (final byte[] name : names) {
            length += name.length;
        }
        return length;
    }

    void write(final UnsafeBuffer buffer, final int at) {
        int bytesAt = at + RowDescriptor.NAME_BYTES;
        for (int i = 0; i < names.length; i++) {
            buffer.putShort(at + i * Short.BYTES, (short) names[i].length);
            buffer.putBytes(bytesAt, names[i]);
            bytesAt += names[i].length;
        }
    }
}
