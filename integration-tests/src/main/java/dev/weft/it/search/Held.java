package dev.weft.it.search;

import com.google.protobuf.ByteString;
import com.google.protobuf.InvalidProtocolBufferException;
import dev.weft.it.relay.Recording;
import dev.weft.it.relay.Relayed;
import dev.weft.proto.digest.Digest;
import dev.weft.proto.v1.NodeMessage;
import dev.weft.proto.v1.Opening;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Base64;
import java.util.HexFormat;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * What an aggregator holds that could be a digest, a commitment or a key of one: every value of 32 bytes, the openings that
 * came to it, and the names of fields that statements say.
 */
public final class Held {

    private static final String CONNECT = "weft.v1.Exchange/Connect";
    private static final Pattern BASE64 = Pattern.compile("(?<![A-Za-z0-9+/])[A-Za-z0-9+/]{43}=");
    private static final Pattern HEX = Pattern.compile("(?<![0-9a-f])[0-9a-f]{64}(?![0-9a-f])");
    private static final Pattern NAME = Pattern.compile("\"name\":\"([A-Za-z0-9._/-]{1,200})\"");

    private final Set<ByteString> values = new LinkedHashSet<>();
    private final Set<String> names = new TreeSet<>();
    private final List<Opening> openings = new ArrayList<>();

    /** Takes in all parts of those places, and the openings that came beside statements. */
    public Held(List<? extends Haystack> places, List<Opening> openings) {
        places.forEach(place -> place.parts((where, bytes) -> take(bytes)));
        for (Opening opening : openings) {
            this.openings.add(opening);
            values.add(opening.getCommitment());
            values.add(opening.getSalt());
        }
    }

    /** All openings that passed the relays on their way to the aggregator. */
    public static List<Opening> openings(Recording recording) {
        List<Opening> openings = new ArrayList<>();
        for (Relayed message : recording.messages(CONNECT, Relayed.Direction.UP)) {
            try {
                openings.addAll(
                        NodeMessage.parseFrom(message.bytes()).getSubmission().getOpeningsList());
            } catch (InvalidProtocolBufferException e) {
                throw new IllegalStateException("a node sent what is no message", e);
            }
        }
        return openings;
    }

    private void take(byte[] bytes) {
        if (bytes.length == Digest.SIZE) {
            values.add(ByteString.copyFrom(bytes));
        }
        String text = new String(bytes, StandardCharsets.ISO_8859_1);
        Matcher base64 = BASE64.matcher(text);
        while (base64.find()) {
            values.add(ByteString.copyFrom(Base64.getDecoder().decode(base64.group())));
        }
        Matcher hex = HEX.matcher(text);
        while (hex.find()) {
            values.add(ByteString.copyFrom(HexFormat.of().parseHex(hex.group())));
        }
        Matcher name = NAME.matcher(text);
        while (name.find()) {
            names.add(name.group(1));
        }
    }

    Set<ByteString> values() {
        return values;
    }

    Set<String> names() {
        return names;
    }

    List<Opening> openings() {
        return openings;
    }

    /** How many different values of 32 bytes. */
    public int size() {
        return values.size();
    }
}
