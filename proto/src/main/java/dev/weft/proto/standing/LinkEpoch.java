package dev.weft.proto.standing;

import dev.weft.proto.digest.Digest;
import dev.weft.proto.identity.MemberName;

/**
 * A linking key that is in force until the next epoch is opened.
 *
 * @param number from 1, without gaps
 * @param check what the key gives
 * @param author who made it
 * @param statement id of the {@code linkkey} statement
 * @param index of its entry
 */
public record LinkEpoch(int number, Digest check, MemberName author, Digest statement, long index) {}
