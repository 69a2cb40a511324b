/* Licensed under the Apache License, Version 2.0. See the LICENSE file at the root of this repository. */
package io.tollgate.server.decisionlog;

import io.opentelemetry.sdk.common.export.HttpSender;
import io.opentelemetry.sdk.common.export.HttpSenderConfig;
import io.opentelemetry.sdk.common.export.HttpSenderProvider;

/** Found by the exporter as a service. */
public final class JdkHttpSenderProvider implements HttpSenderProvider {
    /** For the service loader. */
    public JdkHttpSenderProvider() {}

    @Override
    public HttpSender createSender(final HttpSenderConfig config) {
        return new JdkHttpSender(config);
    }
}
