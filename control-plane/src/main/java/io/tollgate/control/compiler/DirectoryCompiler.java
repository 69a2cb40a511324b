/* Licensed under the Apache License, Version 2.0. See the LICENSE file at the root of this repository. */
package io.tollgate.control.compiler;

import com.google.protobuf.ByteString;
import io.tollgate.control.source.BundleSource.Part;
import io.tollgate.control.source.Code;
import io.tollgate.control.source.Folder;
import io.tollgate.control.source.Position;
import io.tollgate.control.source.PrincipalName;
import io.tollgate.control.source.Quoted;
import io.tollgate.control.source.ScopePath;
import io.tollgate.control.source.Value;
import io.tollgate.v1.EntityState;
import io.tollgate.v1.ScopeLevel;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/** directory/: organizations and what lies below. One organization may be spread over several files. */
final class DirectoryCompiler {
    private final Compilation compilation;
    private final Registry registry;
    private final ScopeTree tree;
    private final Attributes attributes;
    private final Map<ByteString, Position> keyHashes = new HashMap<>();
    private final Set<String> roles = new HashSet<>();

    DirectoryCompiler(Compilation compilation, Registry registry, ScopeTree tree) {
        this.compilation = compilation;
        this.registry = registry;
        this.tree = tree;
        this.attributes = new Attributes(compilation, registry);
    }

    /** Roles that somebody of the directory has. */
    Set<String> roles() {
        return roles;
    }

    void compile() {
        List<Spread> spread = organizations();
        spread.forEach(this::markBroken);
        spread.forEach(part -> departments(part.node, part.fields));
        spread.forEach(part -> projects(part.node, part.fields));
        spread.forEach(part -> principals(part.node, part.fields));
        spread.forEach(part -> apiKeys(part.node, part.fields));
    }

    /** What one file says about an organization. */
    private record Spread(ScopeNode node, Value.Fields fields) {}

    private List<Spread> organizations() {
        List<Spread> spread = new ArrayList<>();
        Map<String, Position> facts = new HashMap<>();
        for (Part part : compilation.files(Folder.DIRECTORY)) {
            for (Value.Entry entry : part.root().entries("organizations")) {
                ScopeNode node = tree.find(ScopePath.organization(entry.key()));
                if (node == null) {
                    node = tree.addOrganization(entry.key(), entry.at());
                    node.record().setState(EntityState.ENTITY_STATE_ACTIVE);
                }
                facts(node, entry, facts);
                spread.add(new Spread(node, entry.fields()));
            }
        }
        return spread;
    }

    /** Name, state and attributes of an organization are said once, in whichever of its files. */
    private void facts(ScopeNode node, Value.Entry entry, Map<String, Position> facts) {
        Value.Fields fields = entry.fields();
        for (String key : List.of("name", "state", "attributes")) {
            if (!fields.has(key)) {
                continue;
            }
            Position earlier = facts.putIfAbsent(entry.key() + "/" + key, fields.at(key));
            if (earlier != null) {
                compilation.duplicate(fields.at(key), "key", key + " of organization " + entry.key(), earlier);
                continue;
            }
            switch (key) {
                case "name" -> node.record().setDisplayName(fields.text(key));
                case "state" -> node.record().setState(state(fields));
                default -> attributes.read(fields, "place", node.record());
            }
        }
    }

    /** What has mistakes of its own is no second mistake where it is referred to. */
    private void markBroken(Spread part) {
        String id = part.node.path().id();
        markBroken(part, "departments", ScopeLevel.SCOPE_LEVEL_DEPARTMENT, key -> ScopePath.department(id, key));
        markBroken(part, "projects", ScopeLevel.SCOPE_LEVEL_PROJECT, key -> ScopePath.project(id, key));
        markBroken(part, "api_keys", ScopeLevel.SCOPE_LEVEL_API_KEY, key -> ScopePath.apiKey(id, key));
        markBroken(part, "principals", ScopeLevel.SCOPE_LEVEL_PRINCIPAL, key -> principalPath(id, key));
    }

    private static @Nullable ScopePath principalPath(String organization, String key) {
        int colon = key.indexOf(':');
        return colon <= 0
                ? null
                : ScopePath.principal(
                        organization, new PrincipalName(key.substring(0, colon), key.substring(colon + 1)));
    }

    private void markBroken(Spread part, String key, ScopeLevel level, Function<String, @Nullable ScopePath> path) {
        Value.Fields fields = part.fields;
        if (fields.isWritten(key) && !fields.has(key)) {
            tree.markBroken(part.node.path().id(), level);
        }
        Set<String> wrong = new HashSet<>(fields.writtenKeys(key));
        fields.entries(key).forEach(entry -> wrong.remove(entry.key()));
        for (String id : wrong) {
            ScopePath scope = path.apply(id);
            if (scope != null) {
                tree.markBroken(scope);
            }
        }
    }

    private void departments(ScopeNode organization, Value.Fields fields) {
        for (Value.Entry entry : fields.entries("departments")) {
            ScopePath path = ScopePath.department(organization.path().id(), entry.key());
            add(path, entry, organization, "place");
        }
    }

    private void projects(ScopeNode organization, Value.Fields fields) {
        String id = organization.path().id();
        for (Value.Entry entry : fields.entries("projects")) {
            ScopeNode parent = organization;
            if (entry.fields().has("department")) {
                String department = entry.fields().text("department");
                ScopeNode found = tree.find(ScopePath.department(id, department));
                if (found == null && !tree.isBroken(ScopePath.department(id, department))) {
                    compilation.unknown(
                            entry.fields().at("department"),
                            "department",
                            department,
                            tree.ids(id, ScopeLevel.SCOPE_LEVEL_DEPARTMENT));
                } else if (found != null) {
                    parent = found;
                }
            }
            add(ScopePath.project(id, entry.key()), entry, parent, "place");
        }
    }

    private void principals(ScopeNode organization, Value.Fields fields) {
        for (Value.Entry entry : fields.entries("principals")) {
            PrincipalName name = (PrincipalName) entry.parsedKey();
            if (!registry.actorTypes().contains(name.type())) {
                compilation.unknown(entry.at(), "actor type", name.type(), registry.actorTypes());
                continue;
            }
            ScopePath path = ScopePath.principal(organization.path().id(), name);
            ScopeNode node = add(path, entry, organization, "actor");
            if (node != null) {
                node.record().setActorType(name.type());
                rolesAndExpiry(node, entry.fields());
            }
        }
    }

    private void apiKeys(ScopeNode organization, Value.Fields fields) {
        String id = organization.path().id();
        for (Value.Entry entry : fields.entries("api_keys")) {
            ScopeNode node = add(ScopePath.apiKey(id, entry.key()), entry, organization, "actor");
            if (node == null) {
                continue;
            }
            Value.Fields key = entry.fields();
            byte[] sha256 = key.get("sha256", byte[].class);
            if (sha256 != null) {
                hash(node, key.at("sha256"), ByteString.copyFrom(sha256));
            }
            if (key.has("project")) {
                ScopePath project = ScopePath.project(id, key.text("project"));
                if (tree.find(project) == null && !tree.isBroken(project)) {
                    compilation.unknown(
                            key.at("project"), "project", project.id(), tree.ids(id, ScopeLevel.SCOPE_LEVEL_PROJECT));
                }
                node.record().setBoundProjectPath(project.path());
            }
            PrincipalName owner = key.get("owner", PrincipalName.class);
            if (owner != null) {
                ScopePath path = ScopePath.principal(id, owner);
                tree.require(compilation, key.at("owner"), path);
                node.record().setOwnerPath(path.path());
            }
            node.record().addAllTokenScopes(key.texts("token_scopes"));
            rolesAndExpiry(node, key);
        }
    }

    private void hash(ScopeNode node, Position at, ByteString sha256) {
        Position earlier = keyHashes.putIfAbsent(sha256, at);
        if (earlier != null) {
            compilation.error(
                    at,
                    Code.DUPLICATE_ID,
                    "the API key with this hash is already at " + earlier,
                    "one key names one actor: make a new key for the other");
        }
        node.record().setApiKeySha256(sha256);
    }

    private void rolesAndExpiry(ScopeNode node, Value.Fields fields) {
        for (Value.Scalar item : fields.scalars("roles")) {
            String role = item.as(String.class);
            roles.add(role);
            if (!registry.declaredRoles().isEmpty() && !registry.declaredRoles().contains(role)) {
                compilation.warning(
                        item.at(),
                        Code.UNKNOWN_ROLE,
                        "role " + Quoted.of(role) + " is not among the registry's roles",
                        Compilation.nearestOf(role, registry.declaredRoles()));
            }
            node.record().addRoles(role);
        }
        Long expiresMs = fields.get("expires", Long.class);
        if (expiresMs != null) {
            node.record().setExpiresAtMs(expiresMs);
            if (expiresMs <= compilation.nowMs()) {
                compilation.warning(
                        fields.at("expires"),
                        Code.EXPIRED,
                        node.path() + " expired at " + Instant.ofEpochMilli(expiresMs),
                        "remove it, or give it a later time");
            }
        }
    }

    private @Nullable ScopeNode add(ScopePath path, Value.Entry entry, ScopeNode parent, String owner) {
        ScopeNode earlier = tree.find(path);
        if (earlier != null) {
            compilation.duplicate(entry.at(), "scope", path.path(), earlier.at());
            return null;
        }
        ScopeNode node = tree.add(path, entry.at(), parent);
        node.record().setDisplayName(entry.fields().text("name")).setState(state(entry.fields()));
        attributes.read(entry.fields(), owner, node.record());
        return node;
    }

    private static EntityState state(Value.Fields fields) {
        return fields.text("state").equals("disabled")
                ? EntityState.ENTITY_STATE_DISABLED
                : EntityState.ENTITY_STATE_ACTIVE;
    }
}
