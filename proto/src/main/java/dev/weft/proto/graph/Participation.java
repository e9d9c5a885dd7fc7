package dev.weft.proto.graph;

import dev.weft.proto.digest.Digest;
import dev.weft.proto.v1.SiteInRound;

/**
 * One site in one round, whole as it stands now.
 *
 * @param round the round's id
 * @param expected whether the round's open names the site
 * @param site summaries left empty: openings are no part of the graph
 */
public record Participation(Digest round, boolean expected, SiteInRound site) {}
