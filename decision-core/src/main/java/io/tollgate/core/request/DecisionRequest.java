/* Licensed under the Apache License, Version 2.0. See the LICENSE file at the root of this repository. */
package io.tollgate.core.request;

import io.tollgate.core.DecideMode;
import java.nio.charset.StandardCharsets;
import org.agrona.concurrent.UnsafeBuffer;
import org.jspecify.annotations.Nullable;

/**
 * One question, reused from call to call: {@link #reset()}, fill, decide.
 *
 * <p>Texts are kept as UTF-8 slices of one buffer, so that a face can copy bytes in and the engine can look them up without
 * making Strings.
 * What breaks a limit is not thrown: it is remembered ({@link #defect()}) and the engine answers INVALID_REQUEST.
 *
 * <p>Belongs to one thread. Allocates nothing after construction, except in {@link #defectMessage()}.
 */
public final class DecisionRequest {
    /** Longest text field, role, token scope or unit, in bytes of UTF-8. */
    public static final int MAX_ID_BYTES = 256;
    /** Most usages in one request. */
    public static final int MAX_USAGES = 16;
    /** Most roles. */
    public static final int MAX_ROLES = 64;
    /** Most token scopes. */
    public static final int MAX_TOKEN_SCOPES = 64;
    /** Most readings of current usage. */
    public static final int MAX_READINGS = 16;
    /** Length of an API key's SHA-256. */
    public static final int API_KEY_HASH_BYTES = 32;

    private static final String API_KEY_FIELD = "actor.api_key";
    private static final Field[] FIELDS = Field.values();
    private static final int SLOT_USAGE = FIELDS.length;
    private static final int SLOT_ROLE = SLOT_USAGE + MAX_USAGES;
    private static final int SLOT_TOKEN_SCOPE = SLOT_ROLE + MAX_ROLES;
    private static final int SLOT_API_KEY = SLOT_TOKEN_SCOPE + MAX_TOKEN_SCOPES;
    private static final int SLOTS = SLOT_API_KEY + 1;
    /** In place of a slot: the defect is about an attribute, a reading. */
    private static final int SLOT_ATTRIBUTE = SLOTS + 1;

    private static final int SLOT_READING = SLOTS + 2;

    /** In place of an attribute's position: the defect is about all of them. */
    static final int NO_ATTRIBUTE = -1;

    private final byte[] bytes = new byte[SLOTS * MAX_ID_BYTES];
    private final UnsafeBuffer buffer = new UnsafeBuffer(bytes);
    private final RequestAttributes attributes = new RequestAttributes(this);
    private final RequestReadings readings = new RequestReadings(this);
    private final UsageNote note = new UsageNote();
    private final int[] offsets = new int[SLOTS];
    private final int[] lengths = new int[SLOTS];
    private final long[] amounts = new long[MAX_USAGES];
    private int position;
    private int usageCount;
    private int roleCount;
    private int tokenScopeCount;
    private DecideMode mode = DecideMode.CHECK;
    private long registryVersion;
    private long maxStalenessNs;
    private boolean allowPartial;
    private long reservationTtlNs;
    private Defect defect = Defect.NONE;
    private int defectSlot;
    private String rejectedField = "";
    private AttributeGroup defectGroup = AttributeGroup.ACTOR;
    private int defectPosition;

    /** Forgets everything. */
    public DecisionRequest reset() {
        for (int slot = 0; slot < FIELDS.length; slot++) {
            lengths[slot] = 0;
        }
        lengths[SLOT_API_KEY] = 0;
        position = 0;
        usageCount = 0;
        roleCount = 0;
        tokenScopeCount = 0;
        attributes.reset();
        readings.reset();
        note.reset();
        mode = DecideMode.CHECK;
        registryVersion = 0;
        maxStalenessNs = Long.MAX_VALUE;
        allowPartial = false;
        reservationTtlNs = 0;
        defect = Defect.NONE;
        return this;
    }

    /** Sets a text field; an empty text means absent. */
    public DecisionRequest set(final Field field, final CharSequence text) {
        put(field.ordinal(), text);
        return this;
    }

    /** Sets a text field from UTF-8 bytes, which are copied. */
    public DecisionRequest set(final Field field, final byte[] source, final int offset, final int length) {
        put(field.ordinal(), source, offset, length);
        return this;
    }

    /** Adds an amount of a unit. */
    public DecisionRequest addUsage(final long amount, final CharSequence unit) {
        if (usageCount == MAX_USAGES) {
            defect(Defect.TOO_MANY_USAGES, SLOT_USAGE);
        } else {
            amounts[usageCount] = amount;
            put(SLOT_USAGE + usageCount, unit);
            usageCount++;
        }
        return this;
    }

    /** Adds a role that the caller asserts for the actor. */
    public DecisionRequest addRole(final CharSequence role) {
        if (roleCount == MAX_ROLES) {
            defect(Defect.TOO_MANY_ROLES, SLOT_ROLE);
        } else {
            put(SLOT_ROLE + roleCount, role);
            roleCount++;
        }
        return this;
    }

    /** Adds a scope of the caller's token. */
    public DecisionRequest addTokenScope(final CharSequence tokenScope) {
        if (tokenScopeCount == MAX_TOKEN_SCOPES) {
            defect(Defect.TOO_MANY_TOKEN_SCOPES, SLOT_TOKEN_SCOPE);
        } else {
            put(SLOT_TOKEN_SCOPE + tokenScopeCount, tokenScope);
            tokenScopeCount++;
        }
        return this;
    }

    /** Names the actor by the SHA-256 of its API key, {@value #API_KEY_HASH_BYTES} bytes. */
    public DecisionRequest apiKeyHash(final byte[] sha256) {
        if (sha256.length != API_KEY_HASH_BYTES) {
            defect(Defect.API_KEY_HASH_LENGTH, SLOT_API_KEY);
        } else {
            store(SLOT_API_KEY, sha256, 0, sha256.length);
        }
        return this;
    }

    /** Sets what happens to the amounts. */
    public DecisionRequest mode(final DecideMode value) {
        mode = value;
        return this;
    }

    /** Sets the registry version that the caller was built with; 0 = not stated. */
    public DecisionRequest registryVersion(final long value) {
        registryVersion = value;
        return this;
    }

    /** Tightens the age bound of every plane, nanoseconds; {@link Long#MAX_VALUE} = not stated. */
    public DecisionRequest maxStalenessNs(final long value) {
        maxStalenessNs = value;
        return this;
    }

    /** Allows granting less than asked. */
    public DecisionRequest allowPartial(final boolean value) {
        allowPartial = value;
        return this;
    }

    /** Sets the time to live of a reservation, nanoseconds; 0 = the snapshot's default. */
    public DecisionRequest reservationTtlNs(final long value) {
        reservationTtlNs = value;
        return this;
    }

    /** {@return how many words {@link #writeFacts} writes} */
    public long factWords() {
        return RequestFacts.words(this);
    }

    /** Writes who, where and what: everything but usages, readings, mode, idempotency key and correlation id. */
    public void writeFacts(final FactSink sink) {
        RequestFacts.write(this, sink);
    }

    /**
     * Writes what a request has to have in common with an earlier one to be the same: everything but attributes (which have no order),
     * readings, staleness, idempotency key and correlation id.
     */
    public void writeParameters(final FactSink sink) {
        sink.put(mode.code());
        sink.put(registryVersion);
        sink.put(allowPartial ? 1 : 0);
        sink.put(reservationTtlNs);
        RequestFacts.usages(this, sink);
        RequestFacts.names(this, sink);
    }

    /** Writes the usages. */
    public void writeUsages(final FactSink sink) {
        RequestFacts.usages(this, sink);
    }

    /**
     * Adds what {@link #writeFacts} wrote to a request that was {@link #reset()}, usages may be set already.
     *
     * @return false when it is no such thing; reset the request then
     */
    public boolean readFacts(final FactSource source) {
        return RequestFacts.read(source, this);
    }

    boolean readField(final Field field, final FactSource source) {
        return readSlot(field.ordinal(), source);
    }

    boolean readRole(final FactSource source) {
        return roleCount < MAX_ROLES && readSlot(SLOT_ROLE + roleCount++, source);
    }

    boolean readTokenScope(final FactSource source) {
        return tokenScopeCount < MAX_TOKEN_SCOPES && readSlot(SLOT_TOKEN_SCOPE + tokenScopeCount++, source);
    }

    boolean readApiKey(final FactSource source) {
        return readSlot(SLOT_API_KEY, source);
    }

    private boolean readSlot(final int slot, final FactSource source) {
        final long length = source.get();
        if (length < 0 || length > MAX_ID_BYTES || position + length > bytes.length) {
            return false;
        }
        source.get(bytes, position, (int) length);
        offsets[slot] = position;
        lengths[slot] = (int) length;
        position += (int) length;
        return true;
    }

    /**
     * Lets a face report what it found wrong before the engine sees the request.
     *
     * @param field the field as callers know it, for {@link #defectMessage()}
     */
    public DecisionRequest reject(final Defect found, final String field) {
        if (defect == Defect.NONE) {
            rejectedField = field;
        }
        defect(found, SLOTS);
        return this;
    }

    /** {@return the bytes that all slices are of, attributes apart; read only} */
    public byte[] bytes() {
        return bytes;
    }

    /** {@return {@link #bytes()} as a buffer; read only} */
    public UnsafeBuffer buffer() {
        return buffer;
    }

    /** {@return the attributes that the caller states; with slices of their own} */
    public RequestAttributes attributes() {
        return attributes;
    }

    /** {@return the caller's readings of what is used now; with slices of their own} */
    public RequestReadings readings() {
        return readings;
    }

    /** {@return what shall be written beside the usage} */
    public UsageNote note() {
        return note;
    }

    /** {@return whether the field is absent or empty} */
    public boolean isAbsent(final Field field) {
        return lengths[field.ordinal()] == 0;
    }

    /** {@return where the field's slice starts in {@link #bytes()}} */
    public int offset(final Field field) {
        return offsets[field.ordinal()];
    }

    /** {@return length of the field's slice in bytes, 0 = absent} */
    public int length(final Field field) {
        return lengths[field.ordinal()];
    }

    /** {@return number of usages} */
    public int usageCount() {
        return usageCount;
    }

    /** {@return the amount of a usage as given, in its own unit} */
    public long amount(final int usage) {
        return amounts[usage];
    }

    /** {@return where a usage's unit starts} */
    public int unitOffset(final int usage) {
        return offsets[SLOT_USAGE + usage];
    }

    /** {@return length of a usage's unit in bytes} */
    public int unitLength(final int usage) {
        return lengths[SLOT_USAGE + usage];
    }

    /** {@return number of asserted roles} */
    public int roleCount() {
        return roleCount;
    }

    /** {@return where a role starts} */
    public int roleOffset(final int role) {
        return offsets[SLOT_ROLE + role];
    }

    /** {@return length of a role in bytes} */
    public int roleLength(final int role) {
        return lengths[SLOT_ROLE + role];
    }

    /** {@return number of token scopes} */
    public int tokenScopeCount() {
        return tokenScopeCount;
    }

    /** {@return where a token scope starts} */
    public int tokenScopeOffset(final int tokenScope) {
        return offsets[SLOT_TOKEN_SCOPE + tokenScope];
    }

    /** {@return length of a token scope in bytes} */
    public int tokenScopeLength(final int tokenScope) {
        return lengths[SLOT_TOKEN_SCOPE + tokenScope];
    }

    /** {@return whether the actor is named by an API key} */
    public boolean hasApiKey() {
        return lengths[SLOT_API_KEY] != 0;
    }

    /** {@return where the API key's SHA-256 starts} */
    public int apiKeyOffset() {
        return offsets[SLOT_API_KEY];
    }

    /** {@return length of the API key's SHA-256, 0 = the actor is not named by one} */
    int apiKeyLength() {
        return lengths[SLOT_API_KEY];
    }

    /** {@return what happens to the amounts} */
    public DecideMode mode() {
        return mode;
    }

    /** {@return registry version of the caller, 0 = not stated} */
    public long registryVersion() {
        return registryVersion;
    }

    /** {@return the caller's own age bound in nanoseconds} */
    public long maxStalenessNs() {
        return maxStalenessNs;
    }

    /** {@return whether less than asked may be granted} */
    public boolean allowPartial() {
        return allowPartial;
    }

    /** {@return time to live of a reservation in nanoseconds, 0 = default} */
    public long reservationTtlNs() {
        return reservationTtlNs;
    }

    /** {@return the first thing that is wrong with the form of this request} */
    public Defect defect() {
        return defect;
    }

    /** {@return whether {@link #defect()} is about the API key: whoever keeps only its hash cannot show it again} */
    public boolean isKeyDefect() {
        return defect != Defect.NONE
                && (defectSlot == SLOT_API_KEY || defectSlot == SLOTS && rejectedField.startsWith(API_KEY_FIELD));
    }

    /** {@return {@link #defect()} as a sentence that names the field; allocates} */
    public String defectMessage() {
        return slotName(defectSlot) + ": " + defect.message();
    }

    /** {@return a field as text, or null when absent; allocates} */
    public @Nullable String text(final Field field) {
        final int slot = field.ordinal();
        return lengths[slot] == 0 ? null : new String(bytes, offsets[slot], lengths[slot], StandardCharsets.UTF_8);
    }

    /** {@return a usage's unit as text; allocates} */
    public String unit(final int usage) {
        return new String(bytes, unitOffset(usage), unitLength(usage), StandardCharsets.UTF_8);
    }

    private String slotName(final int slot) {
        if (slot == SLOT_ATTRIBUTE) {
            return attributes.describe(defectGroup, defectPosition);
        }
        if (slot == SLOT_READING) {
            return "current_usage[" + defectPosition + "].dimension";
        }
        if (slot == SLOTS) {
            return rejectedField;
        }
        if (slot < FIELDS.length) {
            return FIELDS[slot].wireName();
        }
        if (slot < SLOT_ROLE) {
            return "usage[" + (slot - SLOT_USAGE) + "].unit";
        }
        if (slot < SLOT_TOKEN_SCOPE) {
            return "actor.roles[" + (slot - SLOT_ROLE) + "]";
        }
        return slot < SLOT_API_KEY ? "actor.scopes[" + (slot - SLOT_TOKEN_SCOPE) + "]" : API_KEY_FIELD;
    }

    private void put(final int slot, final CharSequence text) {
        final int length = Utf8.encode(text, bytes, position, MAX_ID_BYTES);
        if (length < 0) {
            defect(length == Utf8.TOO_LONG ? Defect.TOO_LONG : Defect.NOT_TEXT, slot);
            lengths[slot] = 0;
            return;
        }
        offsets[slot] = position;
        lengths[slot] = length;
        position += length;
    }

    private void put(final int slot, final byte[] source, final int offset, final int length) {
        if (length > MAX_ID_BYTES) {
            defect(Defect.TOO_LONG, slot);
        } else if (!Utf8.isText(source, offset, length)) {
            defect(Defect.NOT_TEXT, slot);
        } else {
            store(slot, source, offset, length);
        }
    }

    private void store(final int slot, final byte[] source, final int offset, final int length) {
        if (position + length > bytes.length) {
            defect(Defect.TOO_LONG, slot);
            return;
        }
        System.arraycopy(source, offset, bytes, position, length);
        offsets[slot] = position;
        lengths[slot] = length;
        position += length;
    }

    void attributeDefect(final Defect found, final AttributeGroup group, final int attribute) {
        if (defect == Defect.NONE) {
            defectGroup = group;
            defectPosition = attribute;
        }
        defect(found, SLOT_ATTRIBUTE);
    }

    void readingDefect(final Defect found, final int reading) {
        if (defect == Defect.NONE) {
            defectPosition = reading;
        }
        defect(found, SLOT_READING);
    }

    private void defect(final Defect found, final int slot) {
        if (defect == Defect.NONE) {
            defect = found;
            defectSlot = slot;
        }
    }
}
