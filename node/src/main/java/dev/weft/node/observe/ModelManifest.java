package dev.weft.node.observe;

import com.google.gson.JsonElement;
import com.google.gson.JsonObject;
import com.google.gson.JsonPrimitive;
import dev.weft.proto.Reason;
import dev.weft.proto.VerificationException;
import dev.weft.proto.digest.Digest;
import dev.weft.proto.digest.Hashing;
import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Base64;
import java.util.HashSet;
import java.util.HexFormat;
import java.util.List;
import java.util.OptionalLong;
import java.util.Set;

/**
 * The manifest of an OpenSSF Model Signing bundle (specification 1.0, section "Predicate"): a Sigstore bundle 0.3 with a
 * DSSE envelope, in it an in-toto Statement that lists a model's files with their digests. Only read: no signature, no
 * certificate and no log entry of it is checked here, so it is the word of whoever wrote the file.
 *
 * @param name what it calls the model
 * @param root its digest of the whole model, over the digests of the resources
 * @param signer who it says has signed: a key's hint or a certificate's digest
 * @param shardSize bytes of a shard, where files are hashed in shards
 * @param ignored paths that it leaves out
 */
record ModelManifest(
        String name,
        Digest root,
        String signer,
        String hash,
        OptionalLong shardSize,
        boolean links,
        List<String> ignored,
        List<Resource> resources) {

    /** Characters of a bundle at most. */
    static final int MAX_CHARACTERS = 64 << 20;

    private static final int MAX_RESOURCES = 1_000_000;
    private static final String PREDICATE = "https://model_signing/signature/v1.0";
    private static final Set<String> HASHES = Set.of("sha256", "blake2b", "blake3");

    /** A file, or {@code path:start:end} of one, with its digest in hex. */
    record Resource(String name, String digest) {}

    ModelManifest {
        ignored = List.copyOf(ignored);
        resources = List.copyOf(resources);
    }

    /** Whether the text is a Sigstore bundle at all; other signatures have the same ending. */
    static boolean isBundle(String text) {
        return text.length() <= MAX_CHARACTERS && text.contains("application/vnd.dev.sigstore.bundle");
    }

    static ModelManifest parse(String text) throws VerificationException {
        if (text.length() > MAX_CHARACTERS) {
            throw new VerificationException(Reason.TOO_LARGE, "it is larger than 64 MiB");
        }
        JsonObject bundle = BundleJson.read(text);
        if (!BundleJson.text(bundle, "mediaType").matches("application/vnd\\.dev\\.sigstore\\.bundle.*0\\.3.*")) {
            throw BundleJson.bad("it is no Sigstore bundle of version 0.3");
        }
        String signer = signer(BundleJson.object(bundle, "verificationMaterial"));
        JsonObject statement = statement(BundleJson.object(bundle, "dsseEnvelope"));
        JsonObject predicate = BundleJson.object(statement, "predicate");
        only(predicate, Set.of("resources", "serialization"));
        JsonObject serialization = BundleJson.object(predicate, "serialization");
        only(serialization, Set.of("method", "hash_type", "shard_size", "allow_symlinks", "ignore_paths"));
        String hash = BundleJson.text(serialization, "hash_type");
        if (!HASHES.contains(hash)) {
            throw BundleJson.bad("its hash_type is none of the specification's");
        }
        List<Resource> resources = resources(predicate, hash);
        JsonObject subject = subject(statement);
        return new ModelManifest(
                BundleJson.text(subject, "name"),
                root(subject, resources),
                signer,
                hash,
                shardSize(serialization),
                serialization.get("allow_symlinks") instanceof JsonPrimitive links && links.getAsBoolean(),
                ignored(serialization),
                resources);
    }

    private static void only(JsonObject object, Set<String> names) throws VerificationException {
        for (String name : object.keySet()) {
            if (!names.contains(name)) {
                throw BundleJson.bad("it holds \"" + name + "\", which the specification does not have there");
            }
        }
    }

    private static String signer(JsonObject material) throws VerificationException {
        List<JsonElement> logged = BundleJson.array(material, "tlogEntries"); // there, be it empty
        if (material.has("publicKey")) {
            return "key " + BundleJson.text(BundleJson.object(material, "publicKey"), "hint");
        }
        JsonObject certificate;
        if (material.has("certificate")) {
            certificate = BundleJson.object(material, "certificate");
            if (logged.isEmpty()) {
                throw BundleJson.bad("its certificate lives for minutes, and no log entry says when it signed");
            }
        } else {
            List<JsonElement> chain =
                    BundleJson.array(BundleJson.object(material, "x509CertificateChain"), "certificates");
            if (chain.isEmpty() || !(chain.get(0) instanceof JsonObject leaf)) {
                throw BundleJson.bad("its certificate chain is empty");
            }
            certificate = leaf;
        }
        return "certificate sha256:"
                + Hashing.sha256(base64(BundleJson.text(certificate, "rawBytes")))
                        .hex();
    }

    private static byte[] base64(String text) throws VerificationException {
        try {
            return Base64.getDecoder().decode(text);
        } catch (IllegalArgumentException e) {
            throw BundleJson.bad("it holds something that is no base64");
        }
    }

    private static JsonObject statement(JsonObject envelope) throws VerificationException {
        if (!BundleJson.text(envelope, "payloadType").equals("application/vnd.in-toto+json")) {
            throw BundleJson.bad("its payload is no in-toto statement");
        }
        List<JsonElement> signatures = BundleJson.array(envelope, "signatures");
        if (signatures.size() != 1
                || !(signatures.get(0) instanceof JsonObject one)
                || base64(BundleJson.text(one, "sig")).length == 0) {
            throw BundleJson.bad("it does not hold one signature");
        }
        JsonObject statement =
                BundleJson.read(new String(base64(BundleJson.text(envelope, "payload")), StandardCharsets.UTF_8));
        only(statement, Set.of("_type", "subject", "predicateType", "predicate"));
        if (!BundleJson.text(statement, "_type").equals("https://in-toto.io/Statement/v1")
                || !BundleJson.text(statement, "predicateType").equals(PREDICATE)) {
            throw BundleJson.bad("its statement is none about a model's signature, version 1.0");
        }
        return statement;
    }

    private static JsonObject subject(JsonObject statement) throws VerificationException {
        List<JsonElement> subjects = BundleJson.array(statement, "subject");
        if (subjects.size() == 1 && subjects.get(0) instanceof JsonObject subject) {
            return subject;
        }
        throw BundleJson.bad("its statement is not about one model");
    }

    private static OptionalLong shardSize(JsonObject serialization) throws VerificationException {
        String method = BundleJson.text(serialization, "method");
        boolean shards = method.equals("shards");
        boolean sized = serialization.get("shard_size") instanceof JsonPrimitive size
                && size.isNumber()
                && size.getAsString().matches("[1-9][0-9]{0,17}");
        if (shards != sized || (!shards && (!method.equals("files") || serialization.has("shard_size")))) {
            throw BundleJson.bad("its method is none of files, or shards with a size");
        }
        return shards ? OptionalLong.of(serialization.get("shard_size").getAsLong()) : OptionalLong.empty();
    }

    private static List<String> ignored(JsonObject serialization) throws VerificationException {
        List<String> ignored = new ArrayList<>();
        if (serialization.has("ignore_paths")) {
            for (JsonElement each : BundleJson.array(serialization, "ignore_paths")) {
                if (!(each instanceof JsonPrimitive text) || !text.isString()) {
                    throw BundleJson.bad("its ignore_paths holds something that is no text");
                }
                ignored.add(text.getAsString());
            }
        }
        return ignored;
    }

    private static List<Resource> resources(JsonObject predicate, String hash) throws VerificationException {
        List<JsonElement> all = BundleJson.array(predicate, "resources");
        if (all.isEmpty() || all.size() > MAX_RESOURCES) {
            throw BundleJson.bad("it lists " + all.size() + " resources");
        }
        List<Resource> resources = new ArrayList<>(all.size());
        Set<String> names = new HashSet<>();
        for (JsonElement each : all) {
            if (!(each instanceof JsonObject resource)) {
                throw BundleJson.bad("it lists a resource that is no object");
            }
            String name = BundleJson.text(resource, "name");
            String digest = BundleJson.text(resource, "digest");
            boolean fine = inside(name)
                    && digest.matches("([0-9a-f]{2}){20,64}")
                    && (!hash.equals("sha256") || digest.length() == 2 * Digest.SIZE)
                    && BundleJson.text(resource, "algorithm").equals(hash);
            if (!fine || !names.add(name)) {
                throw BundleJson.bad(
                        "its resource " + name + " is twice there, leaves the model, or has no digest of " + hash);
            }
            resources.add(new Resource(name, digest));
        }
        return resources;
    }

    /** A path that stays below the model, as it is written: no part of it is empty, {@code ..}, or {@code .} but alone. */
    private static boolean inside(String name) {
        if (name.equals(".")) {
            return true;
        }
        for (String part : name.split("/", -1)) {
            if (part.isEmpty() || part.equals(".") || part.equals("..") || part.indexOf('\0') >= 0) {
                return false;
            }
        }
        return true;
    }

    private static Digest root(JsonObject subject, List<Resource> resources) throws VerificationException {
        ByteArrayOutputStream all = new ByteArrayOutputStream(resources.size() * Digest.SIZE);
        resources.forEach(resource -> all.writeBytes(HexFormat.of().parseHex(resource.digest())));
        Digest root = Hashing.sha256(all.toByteArray());
        if (!BundleJson.text(BundleJson.object(subject, "digest"), "sha256").equals(root.hex())) {
            throw BundleJson.bad("its digest of the model is not the one of its resources");
        }
        return root;
    }
}
