/* Licensed under the Apache License, Version 2.0. See the LICENSE file at the root of this repository. */
package io.tollgate.cli.e2e;

import java.net.Socket;
import java.security.Principal;
import java.security.PrivateKey;
import java.security.cert.X509Certificate;
import javax.net.ssl.SSLEngine;
import javax.net.ssl.X509ExtendedKeyManager;

/** Shows its certificate to every server, also to one that asks for another authority's: an honest client would show none. */
final class OneKey extends X509ExtendedKeyManager {
    private final PrivateKey key;
    private final X509Certificate[] chain;

    OneKey(final PrivateKey key, final X509Certificate... chain) {
        this.key = key;
        this.chain = chain.clone();
    }

    @Override
    public String chooseClientAlias(final String[] types, final Principal[] issuers, final Socket socket) {
        return "one";
    }

    @Override
    public String chooseEngineClientAlias(final String[] types, final Principal[] issuers, final SSLEngine engine) {
        return "one";
    }

    @Override
    public String[] getClientAliases(final String type, final Principal[] issuers) {
        return new String[] {"one"};
    }

    @Override
    public String[] getServerAliases(final String type, final Principal[] issuers) {
        return new String[0];
    }

    @Override
    public String chooseServerAlias(final String type, final Principal[] issuers, final Socket socket) {
        return null;
    }

    @Override
    public X509Certificate[] getCertificateChain(final String alias) {
        return chain.clone();
    }

    @Override
    public PrivateKey getPrivateKey(final String alias) {
        return key;
    }
}
