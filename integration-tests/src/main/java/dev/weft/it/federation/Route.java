package dev.weft.it.federation;

import java.nio.file.Path;

/** Which way a member's traffic takes to the aggregator. */
public interface Route {

    /** Straight to the aggregator. */
    Route DIRECT = (member, nodeDir, aggregatorDir, address) -> address;

    /**
     * The address that is to stand in the member's invitation.
     *
     * @param member its name
     * @param nodeDir where its keys will lie once it has joined
     * @param aggregatorDir the aggregator's directory
     * @param address the aggregator's own, host:port
     */
    String address(String member, Path nodeDir, Path aggregatorDir, String address);
}
