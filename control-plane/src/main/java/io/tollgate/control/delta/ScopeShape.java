/* Licensed under the Apache License, Version 2.0. See the LICENSE file at the root of this repository. */
package io.tollgate.control.delta;

import com.google.protobuf.ByteString;
import com.google.protobuf.CodedOutputStream;
import io.tollgate.v1.CeilingRecord;
import io.tollgate.v1.CeilingSharing;
import io.tollgate.v1.ScopeRecord;
import io.tollgate.v1.SubscriptionRecord;
import java.io.IOException;

/**
 * Hashes of what sidecars copy from a scope into the rows of other scopes. When one of them changes, more than the scope's own row
 * changes with it. Two shapes of equal hash would pass as the same (64 bits: by chance never); a sidecar then finds out itself and pulls
 * a snapshot.
 */
final class ScopeShape {
    private static final long FNV_OFFSET = 0xcbf29ce484222325L;
    private static final long FNV_PRIME = 0x100000001b3L;

    private ScopeShape() {}

    /** {@return hash of level, parent, owner, bound project, key hash, plan, and whether there is a subscription} */
    static long structure(ScopeRecord scope) {
        long hash = FNV_OFFSET;
        hash = (hash ^ scope.getScope().getLevelValue()) * FNV_PRIME;
        hash = text(hash, scope.getParentPath());
        hash = text(hash, scope.getOwnerPath());
        hash = text(hash, scope.getBoundProjectPath());
        hash = bytes(hash, scope.getApiKeySha256());
        hash = (hash ^ (scope.hasSubscription() ? 1 : 2)) * FNV_PRIME;
        SubscriptionRecord subscription = scope.getSubscription();
        return mix(text(hash, subscription.getPlanPath()));
    }

    /** {@return hash of the ceilings that each descendant has for itself; 0 = there is none} */
    static int each(ScopeRecord scope) throws IOException {
        long hash = 0;
        for (CeilingRecord ceiling : scope.getCeilingsList()) {
            if (ceiling.getSharing() == CeilingSharing.CEILING_SHARING_EACH) {
                byte[] bytes = new byte[ceiling.getSerializedSize()];
                CodedOutputStream out = CodedOutputStream.newInstance(bytes);
                out.useDeterministicSerialization();
                ceiling.writeTo(out);
                hash = bytes(hash ^ FNV_OFFSET, ByteString.copyFrom(bytes));
            }
        }
        long mixed = mix(hash);
        int folded = (int) (mixed ^ mixed >>> 32);
        return hash == 0 ? 0 : folded | 1;
    }

    private static long text(long hash, String text) {
        return bytes(hash, ByteString.copyFromUtf8(text));
    }

    private static long bytes(long hash, ByteString bytes) {
        long result = (hash ^ bytes.size()) * FNV_PRIME;
        for (int i = 0; i < bytes.size(); i++) {
            result = (result ^ bytes.byteAt(i) & 0xff) * FNV_PRIME;
        }
        return result;
    }

    private static long mix(long hash) {
        long mixed = (hash ^ hash >>> 32) * 0x9e3779b97f4a7c15L;
        return mixed ^ mixed >>> 29;
    }
}
