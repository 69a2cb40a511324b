/* Licensed under the Apache License, Version 2.0. See the LICENSE file at the root of this repository. */
package io.tollgate.cli.e2e;

import com.google.gson.Gson;
import com.google.gson.GsonBuilder;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.snakeyaml.engine.v2.api.Load;
import org.snakeyaml.engine.v2.api.LoadSettings;

/** The Kubernetes objects of a folder, to be looked into. */
final class Manifests {
    private static final Gson GSON = new GsonBuilder().disableHtmlEscaping().create();

    /** An object, or a pod within one. */
    record Manifest(String kind, String name, Map<?, ?> value) {}

    private final List<Manifest> objects;

    private Manifests(final List<Manifest> objects) {
        this.objects = List.copyOf(objects);
    }

    static Manifests read(final Path folder) {
        final List<Manifest> objects = new ArrayList<>();
        try (Stream<Path> files = Files.walk(folder)) {
            for (final Path file : files.filter(each -> each.toString().endsWith(".yaml"))
                    .sorted()
                    .toList()) {
                final Load load = new Load(
                        LoadSettings.builder().setLabel(file.toString()).build());
                for (final Object document : load.loadAllFromString(Files.readString(file))) {
                    final Map<?, ?> value = (Map<?, ?>) document;
                    objects.add(new Manifest(text(value, "kind"), text(value, "metadata", "name"), value));
                }
            }
        } catch (final IOException ex) {
            throw new UncheckedIOException(ex);
        }
        return new Manifests(objects);
    }

    /** {@return a document on its own} */
    static Map<?, ?> parse(final String yaml) {
        return map(new Load(LoadSettings.builder().build()).loadFromString(yaml));
    }

    List<Manifest> objects() {
        return objects;
    }

    Manifest one(final String kind, final String name) {
        return objects.stream()
                .filter(each -> each.kind().equals(kind) && each.name().equals(name))
                .findFirst()
                .orElseThrow(() -> new AssertionError("there is no " + kind + " " + name));
    }

    Map<?, ?> first(final String kind, final String name, final String... path) {
        return list(one(kind, name).value(), path).get(0);
    }

    /** {@return a file of a ConfigMap} */
    String data(final String configMap, final String key) {
        final String data = text(one("ConfigMap", configMap).value(), "data", key);
        if (data.isEmpty()) {
            throw new AssertionError(configMap + " has no " + key);
        }
        return data;
    }

    /** {@return the pods of Deployments, and what is patched into those of Envoy Gateway} */
    List<Manifest> pods() {
        final List<Manifest> pods = new ArrayList<>();
        for (final Manifest each : objects) {
            if (each.kind().equals("Deployment")) {
                pods.add(new Manifest("Pod", each.name(), map(at(each.value(), "spec", "template", "spec"))));
            } else if (each.kind().equals("EnvoyProxy")) {
                pods.add(new Manifest(
                        "Pod",
                        text(each.value(), "metadata", "namespace") + "/" + each.name(),
                        map(at(
                                each.value(),
                                "spec",
                                "provider",
                                "kubernetes",
                                "envoyDeployment",
                                "patch",
                                "value",
                                "spec",
                                "template",
                                "spec"))));
            }
        }
        return pods;
    }

    Manifest pod(final String name) {
        return pods().stream()
                .filter(each -> each.name().equals(name))
                .findFirst()
                .orElseThrow(() -> new AssertionError("there is no pod " + name));
    }

    Map<?, ?> container(final String pod, final String name) {
        return containers(pod(pod).value()).stream()
                .filter(each -> name.equals(text(each, "name")))
                .findFirst()
                .orElseThrow(() -> new AssertionError(pod + " has no container " + name));
    }

    static List<Map<?, ?>> containers(final Map<?, ?> pod) {
        final List<Map<?, ?>> containers = new ArrayList<>(list(pod, "initContainers"));
        containers.addAll(list(pod, "containers"));
        return containers;
    }

    static @Nullable Object at(final Map<?, ?> value, final String... path) {
        Object at = value;
        for (final String each : path) {
            at = at instanceof Map<?, ?> map ? map.get(each) : null;
        }
        return at;
    }

    static String text(final Map<?, ?> value, final String... path) {
        final Object at = at(value, path);
        return at == null ? "" : at.toString();
    }

    /** {@return the mappings of a list; none where there is none} */
    static List<Map<?, ?>> list(final Map<?, ?> value, final String... path) {
        final Object at = at(value, path);
        return at instanceof List<?> list
                ? list.stream().<Map<?, ?>>map(Manifests::map).toList()
                : List.of();
    }

    /** {@return the texts of a list} */
    static List<String> texts(final Map<?, ?> value, final String... path) {
        final Object at = at(value, path);
        return at instanceof List<?> list ? list.stream().map(Object::toString).toList() : List.of();
    }

    static String json(final @Nullable Object value) {
        return GSON.toJson(value);
    }

    private static Map<?, ?> map(final @Nullable Object value) {
        return value instanceof Map<?, ?> map ? map : Map.of();
    }
}
