/* Licensed under the Apache License, Version 2.0. See the LICENSE file at the root of this repository. */
package io.tollgate.control.compiler;

import io.tollgate.control.source.Position;
import io.tollgate.control.source.ScopePath;
import io.tollgate.v1.ScopeRecord;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** A scope while it is being compiled. */
final class ScopeNode {
    private final ScopePath path;
    private final Position at;
    private final @Nullable ScopeNode parent;
    private final ScopeRecord.Builder record;
    private final List<Ceiling> ceilings = new ArrayList<>();
    private @Nullable Subscription subscription;

    /** @param parent the scope above in the directory; null for global */
    ScopeNode(ScopePath path, Position at, @Nullable ScopeNode parent) {
        this.path = path;
        this.at = at;
        this.parent = parent;
        this.record = ScopeRecord.newBuilder()
                .setScope(path.ref())
                .setId(path.id())
                .setParentPath(parent == null ? "" : parent.path.path());
    }

    ScopePath path() {
        return path;
    }

    Position at() {
        return at;
    }

    ScopeRecord.Builder record() {
        return record;
    }

    List<Ceiling> ceilings() {
        return ceilings;
    }

    @Nullable
    Subscription subscription() {
        return subscription;
    }

    void subscribe(Subscription value) {
        subscription = value;
        record.setSubscription(value.record());
    }

    @Nullable
    ScopeNode parent() {
        return parent;
    }

    /** The nearest customer at this scope or above, or null. */
    @Nullable
    Subscription customer() {
        ScopeNode node = this;
        while (node != null && node.subscription == null) {
            node = node.parent;
        }
        return node == null ? null : node.subscription;
    }

    /** The plan of the organization's subscription, which stands between the organization and global. */
    @Nullable
    ScopeNode plan() {
        ScopeNode node = this;
        while (node.parent != null && node.parent.parent != null) {
            node = node.parent;
        }
        return node.subscription == null ? null : node.subscription.plan();
    }

    /** The scopes above, nearest first: (project, department,) organization, plan, global. */
    List<ScopeNode> ancestors() {
        List<ScopeNode> ancestors = new ArrayList<>();
        for (ScopeNode node = parent; node != null; node = node.parent) {
            if (node.parent == null && path.organization().length() > 0) {
                ScopeNode plan = plan();
                if (plan != null) {
                    ancestors.add(plan);
                }
            }
            ancestors.add(node);
        }
        return ancestors;
    }

    ScopeRecord build() {
        ceilings.sort(Comparator.comparing(Ceiling::id, Utf8.ORDER));
        record.clearCeilings();
        ceilings.forEach(ceiling -> record.addCeilings(ceiling.record()));
        return record.build();
    }
}
