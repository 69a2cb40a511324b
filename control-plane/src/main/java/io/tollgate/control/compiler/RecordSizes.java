/* Licensed under the Apache License, Version 2.0. See the LICENSE file at the root of this repository. */
package io.tollgate.control.compiler;

import com.google.protobuf.MessageLite;
import io.tollgate.control.source.Code;
import io.tollgate.control.source.Folder;
import io.tollgate.control.source.Position;
import io.tollgate.v1.PolicyRecord;
import io.tollgate.v1.ScopeRecord;

/** A record travels in one piece, so it must not be larger than a sidecar takes. */
final class RecordSizes {
    /** Half of what a sidecar refuses. */
    static final int MAX_RECORD_BYTES = 4 << 20;

    private RecordSizes() {}

    static void check(Compilation compilation, CompiledBundle bundle) {
        check(compilation, Folder.REGISTRY, "the registry", bundle.registry());
        for (PolicyRecord policy : bundle.policies()) {
            check(
                    compilation,
                    Folder.POLICIES,
                    "the policy of " + policy.getScope().getPath(),
                    policy);
        }
        for (ScopeRecord scope : bundle.scopes()) {
            check(compilation, Folder.DIRECTORY, scope.getScope().getPath(), scope);
        }
        bundle.entitlementSets()
                .forEach(set -> check(compilation, Folder.BILLING, "an entitlement set (" + set.getId() + ")", set));
        bundle.commerce()
                .priceBooks()
                .forEach(book -> check(compilation, Folder.BILLING, "price book " + book.getId(), book));
        bundle.commerce()
                .wallets()
                .forEach(wallet -> check(compilation, Folder.BILLING, "wallet " + wallet.getId(), wallet));
        bundle.commerce()
                .capacityPools()
                .forEach(pool -> check(compilation, Folder.CAPACITY, "pool " + pool.getId(), pool));
    }

    private static void check(Compilation compilation, Folder folder, String what, MessageLite record) {
        if (record.getSerializedSize() > MAX_RECORD_BYTES) {
            compilation.error(
                    Position.ofFile(folder.folderName()),
                    Code.TOO_LARGE,
                    what + " compiles to " + record.getSerializedSize() + " bytes, at most " + MAX_RECORD_BYTES,
                    "have fewer or shorter entries in it");
        }
    }
}
