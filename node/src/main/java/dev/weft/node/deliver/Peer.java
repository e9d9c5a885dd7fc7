package dev.weft.node.deliver;

import io.grpc.ManagedChannel;

/** The way to the aggregator. Delivery and questions share one connection. */
public interface Peer {
    /** The channel in use; opened when it is first needed. */
    ManagedChannel channel();

    /** Where it leads, for people. */
    String address();

    /** The last attempt failed: turn to the next address, or to the same anew. */
    void rotate();

    /** Key or certificate changed: what is opened from now on uses the new ones. */
    void renew();
}
