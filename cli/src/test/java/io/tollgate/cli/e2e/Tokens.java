/* Licensed under the Apache License, Version 2.0. See the LICENSE file at the root of this repository. */
package io.tollgate.cli.e2e;

import java.math.BigInteger;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.KeyPair;
import java.security.KeyPairGenerator;
import java.security.Signature;
import java.security.interfaces.RSAPublicKey;
import java.util.Base64;
import javax.crypto.Mac;
import javax.crypto.spec.SecretKeySpec;

/** An identity provider with one key: its key set, and tokens (JWT, RFC 7519), good and bad. */
final class Tokens {
    static final String KEY_ID = "test-1";

    private static final Base64.Encoder BASE64 = Base64.getUrlEncoder().withoutPadding();
    private final KeyPair keys;

    Tokens() throws GeneralSecurityException {
        final KeyPairGenerator generator = KeyPairGenerator.getInstance("RSA");
        generator.initialize(2_048);
        keys = generator.generateKeyPair();
    }

    /** {@return RFC 7517} */
    String keySet() {
        final RSAPublicKey key = (RSAPublicKey) keys.getPublic();
        return "{\"keys\":[{\"kty\":\"RSA\",\"alg\":\"RS256\",\"use\":\"sig\",\"kid\":\"" + KEY_ID + "\",\"n\":\""
                + number(key.getModulus()) + "\",\"e\":\"" + number(key.getPublicExponent()) + "\"}]}";
    }

    /** {@return claims as a good provider would say them, for an hour} */
    static String claims(final String subject, final String more) {
        return "\"iss\":\"https://login.acme.example\",\"aud\":\"api.acme.example\",\"exp\":" + (now() + 3_600)
                + ",\"org\":\"lumen\",\"sub\":\"" + subject + "\"" + more;
    }

    static long now() {
        return System.currentTimeMillis() / 1_000;
    }

    /** {@return a token of these claims, JSON without the braces} */
    String signed(final String claims) throws GeneralSecurityException {
        final String unsigned = unsigned("RS256", claims);
        final Signature signature = Signature.getInstance("SHA256withRSA");
        signature.initSign(keys.getPrivate());
        signature.update(unsigned.getBytes(StandardCharsets.US_ASCII));
        return unsigned + "." + BASE64.encodeToString(signature.sign());
    }

    /** {@return a token that says of itself that it needs no signature} */
    static String withoutSignature(final String claims) {
        return unsigned("none", claims) + ".";
    }

    /** {@return a token whose signature takes the public key for a shared secret} */
    String signedWithThePublicKey(final String claims) throws GeneralSecurityException {
        final String unsigned = unsigned("HS256", claims);
        final Mac mac = Mac.getInstance("HmacSHA256");
        mac.init(new SecretKeySpec(keys.getPublic().getEncoded(), "HmacSHA256"));
        return unsigned + "." + BASE64.encodeToString(mac.doFinal(unsigned.getBytes(StandardCharsets.US_ASCII)));
    }

    private static String unsigned(final String algorithm, final String claims) {
        return part("{\"alg\":\"" + algorithm + "\",\"typ\":\"JWT\",\"kid\":\"" + KEY_ID + "\"}") + "."
                + part("{" + claims + "}");
    }

    private static String part(final String json) {
        return BASE64.encodeToString(json.getBytes(StandardCharsets.UTF_8));
    }

    private static String number(final BigInteger value) {
        final byte[] bytes = value.toByteArray();
        final int from = bytes[0] == 0 ? 1 : 0;
        return BASE64.encodeToString(java.util.Arrays.copyOfRange(bytes, from, bytes.length));
    }
}
