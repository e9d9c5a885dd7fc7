package dev.weft.node;

import dev.weft.node.config.NodeConfig;
import dev.weft.node.config.NodeConfig.WitnessMode;
import dev.weft.node.db.MirrorDatabase;
import dev.weft.node.http.MirrorRoutes;
import dev.weft.node.http.TlogApi;
import dev.weft.node.http.WitnessRoutes;
import dev.weft.node.join.NodeIdentity;
import dev.weft.node.witness.Finality;
import dev.weft.node.witness.ForkFolder;
import dev.weft.node.witness.MirrorFile;
import dev.weft.node.witness.OwnStatements;
import dev.weft.node.witness.SharedLog;
import dev.weft.node.witness.Witness;
import dev.weft.proto.VerificationException;
import java.io.IOException;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;

/** Opens the witness that the configuration asks for. */
final class Witnesses {
    private Witnesses() {}

    static Witness open(
            NodeConfig config, NodeIdentity identity, Witness.Parts parts, OwnStatements own, ForkFolder forks)
            throws IOException, VerificationException, SQLException {
        Witness.Self self = new Witness.Self(identity.name(), identity.witnessKey());
        if (config.witness().mode() != WitnessMode.MIRROR) {
            return Witness.withoutMirror(config.witness().mode(), self, parts);
        }
        MirrorDatabase database = MirrorDatabase.open(config.directory());
        try {
            return Witness.mirroring(self, parts, new MirrorFile(database, identity.founding(), own, forks));
        } catch (SQLException | RuntimeException e) {
            database.close();
            throw e;
        }
    }

    /** The doors for unmodified C2SP tools, as configured; they listen only once started. */
    static List<TlogApi> listeners(
            NodeConfig config, NodeIdentity identity, Witness witness, Finality finality, SharedLog sharedLog) {
        List<TlogApi> listeners = new ArrayList<>();
        config.witness()
                .mirrorAddress()
                .ifPresent(address -> listeners.add(
                        new TlogApi(address, "mirror.address", new MirrorRoutes(witness, finality, sharedLog))));
        config.witness()
                .address()
                .ifPresent(address -> listeners.add(
                        new TlogApi(address, "witness.address", new WitnessRoutes(witness, identity.origin()))));
        return listeners;
    }
}
