/* Licensed under the Apache License, Version 2.0. See the LICENSE file at the root of this repository. */
package io.tollgate.core.world;

/**
 * Layout of a scope's row in a mapped file. Rows start at multiples of {@value #ALIGNMENT} bytes, so that what most decisions read of a
 * scope lies in its first cache line. Numbers are in the byte order of the machine. References to rows are their address in units of 8
 * bytes, 0 = none.
 * <pre>
 *    0                   1                   2                   3
 *    0 1 2 3 4 5 6 7 8 9 0 1 2 3 4 5 6 7 8 9 0 1 2 3 4 5 6 7 8 9 0 1
 *   +---------------------------------------------------------------+
 *  0|          hash of (level, organization, actor type, key)       |
 *   |                                                               |
 *   +---------------+---------------+---------------+---------------+
 *  8|     level     |     state     | subscription  |   referrers   |
 *   +---------------+---------------+---------------+---------------+
 * 12|          key length           |         ceiling count         |
 *   +-------------------------------+-------------------------------+
 * 16|                expiry, epoch ms; 0 = never                    |
 *   |                                                               |
 *   +---------------------------------------------------------------+
 * 24|  organization   (rows; of its own level: the row itself)      |
 * 28|  department                                                   |
 * 32|  project        (API key: the project it is bound to)         |
 * 36|  plan           (through the organization's subscription)     |
 * 40|  customer       (nearest scope with a subscription)           |
 * 44|  owner          (API key: the principal)                      |
 *   +---------------------------------------------------------------+
 * 48|  role set                                                     |
 * 52|  policy, -1 = none                                            |
 * 56|  entitlement set, -1 = none                                   |
 *   +-------------------------------+-------------------------------+
 * 60|  actor type, 0xFFFF = none    |  EACH definition count        |
 *   +-------------------------------+-------------------------------+
 * 64|  dimensions: bit (id mod 64) of every ceiling's dimension     |
 *   |                                                               |
 *   +---------------------------------------------------------------+
 * 72|  end of the subscription, epoch ms; 0 = never                 |
 *   |                                                               |
 *   +---------------------------------------------------------------+
 * 80|  token scope set                                              |
 * 84|  offset of the ceilings, from the start of the row            |
 * 88|  offset of the names, from the start of the row               |
 * 92|  length of the row                                            |
 * 96|  parent                                                       |
 *100|  attributes (see AttributeBlock)                               |
 *104|  wallets (see WalletBlock): the first; the others follow it   |
 *108|  number of wallets                                            |
 *   +---------------------------------------------------------------+
 *112|  key: UTF-8 id, or the SHA-256 of an API key; padded to 8    ...
 *   +---------------------------------------------------------------+
 *   |  ceilings (see CeilingDescriptor), then definitions of        |
 *   |  EACH ceilings for the descendants, not charged here         ...
 *   +---------------------------------------------------------------+
 *   |  names: five lengths of 16 bits, then the UTF-8 bytes of path,|
 *   |  display name, id (API keys only), subscription, customer    ...
 *   +---------------------------------------------------------------+
 * </pre>
 */
final class RowDescriptor {
    /** Rows start at multiples of this many bytes: a cache line. */
    static final int ALIGNMENT = 64;
    /** References count in units of this many bytes: the power of two. */
    static final int UNIT_SHIFT = 3;

    static final int HASH = 0;
    static final int LEVEL = HASH + Long.BYTES;
    static final int STATE = LEVEL + Byte.BYTES;
    static final int SUBSCRIPTION_STATUS = STATE + Byte.BYTES;
    /** How many other rows of the same files refer to this one; {@link #MANY_REFERRERS} = that many or more. */
    static final int REFERRERS = SUBSCRIPTION_STATUS + Byte.BYTES;

    static final int KEY_LENGTH = LEVEL + Integer.BYTES;
    static final int CEILING_COUNT = KEY_LENGTH + Short.BYTES;
    static final int EXPIRES_AT_MS = CEILING_COUNT + Short.BYTES;
    static final int ORGANIZATION = EXPIRES_AT_MS + Long.BYTES;
    static final int DEPARTMENT = ORGANIZATION + Integer.BYTES;
    static final int PROJECT = DEPARTMENT + Integer.BYTES;
    static final int PLAN = PROJECT + Integer.BYTES;
    static final int CUSTOMER = PLAN + Integer.BYTES;
    static final int OWNER = CUSTOMER + Integer.BYTES;
    static final int ROLE_SET = OWNER + Integer.BYTES;
    static final int POLICY = ROLE_SET + Integer.BYTES;
    static final int ENTITLEMENT_SET = POLICY + Integer.BYTES;
    static final int ACTOR_TYPE = ENTITLEMENT_SET + Integer.BYTES;
    static final int DEFINITION_COUNT = ACTOR_TYPE + Short.BYTES;
    static final int DIMENSIONS = DEFINITION_COUNT + Short.BYTES;
    static final int SUBSCRIPTION_ENDS_AT_MS = DIMENSIONS + Long.BYTES;
    static final int TOKEN_SCOPE_SET = SUBSCRIPTION_ENDS_AT_MS + Long.BYTES;
    static final int CEILINGS_OFFSET = TOKEN_SCOPE_SET + Integer.BYTES;
    static final int NAMES_OFFSET = CEILINGS_OFFSET + Integer.BYTES;
    static final int ROW_LENGTH = NAMES_OFFSET + Integer.BYTES;
    static final int PARENT = ROW_LENGTH + Integer.BYTES;
    static final int ATTRIBUTES = PARENT + Integer.BYTES;
    static final int WALLETS = ATTRIBUTES + Integer.BYTES;
    static final int WALLET_COUNT = WALLETS + Integer.BYTES;
    static final int KEY = WALLET_COUNT + Integer.BYTES;

    /** Path, display name, id, subscription id, customer's external id. */
    static final int NAME_COUNT = 5;

    static final int NAME_PATH = 0;
    static final int NAME_DISPLAY = 1;
    static final int NAME_ID = 2;
    static final int NAME_SUBSCRIPTION = 3;
    static final int NAME_CUSTOMER = 4;
    static final int NAME_BYTES = NAME_COUNT * Short.BYTES;

    /** In REFERRERS. */
    static final int MANY_REFERRERS = 0xFF;

    /** In ACTOR_TYPE. */
    static final int NO_ACTOR_TYPE = 0xFFFF;

    private RowDescriptor() {}
}
