package dev.weft.node.witness;

import dev.weft.node.db.MirrorDatabase;
import dev.weft.proto.standing.Standing;

/**
 * Where a mirror keeps its copy, and what it compares entries with.
 *
 * @param founding genesis alone
 * @param own what this node signed
 * @param forks where it puts what proves that a member said two things
 */
public record MirrorFile(MirrorDatabase database, Standing founding, OwnStatements own, ForkFolder forks) {}
