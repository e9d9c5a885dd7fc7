package dev.weft.node.capture;

import dev.weft.node.observe.Secrets;
import dev.weft.proto.VerificationException;
import dev.weft.proto.digest.FieldValue;
import java.math.BigInteger;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;

/** Named values of a tool's own, scalars and lists of them, but for the secrets among their texts. */
final class Values {

    private static final int MAX_NAMES = 5_000;
    private static final int MAX_NAME = 500;

    private Values() {}

    static SortedMap<String, FieldValue> of(Members members, String member) throws VerificationException {
        return of(members, member, false);
    }

    /** As {@link #of(Members, String)}; numbers become reals, however they were written: 1 and 1.0 are one measurement. */
    static SortedMap<String, FieldValue> measured(Members members, String member) throws VerificationException {
        return of(members, member, true);
    }

    private static SortedMap<String, FieldValue> of(Members members, String member, boolean measured)
            throws VerificationException {
        Map<?, ?> map = members.map(member);
        if (map.size() > MAX_NAMES) {
            throw members.bad(member, "has more than " + MAX_NAMES + " names; split the record");
        }
        SortedMap<String, FieldValue> values = new TreeMap<>();
        for (Map.Entry<?, ?> entry : map.entrySet()) {
            String name = (String) entry.getKey();
            if (name.isEmpty() || name.length() > MAX_NAME) {
                throw members.bad(member, "has a name that is empty or longer than " + MAX_NAME + " characters");
            }
            try {
                values.put(name, value(name, entry.getValue(), measured));
            } catch (IllegalArgumentException e) {
                throw members.bad(member + "." + name, "cannot be kept: " + e.getMessage());
            }
        }
        return values;
    }

    private static FieldValue value(String name, Object value, boolean measured) {
        if (value instanceof String text) {
            return FieldValue.of(Secrets.masked(name, text));
        }
        if (value instanceof Boolean truth) {
            return FieldValue.of(truth);
        }
        if (value instanceof StrictJson.Numeral number) {
            return number(number.text(), measured);
        }
        if (value instanceof List<?> list) {
            List<FieldValue> items = new ArrayList<>(list.size());
            list.forEach(item -> items.add(value(name, item, measured)));
            return new FieldValue.Items(items);
        }
        throw new IllegalArgumentException("it is an object; write text, numbers, true or false, or lists of them");
    }

    private static FieldValue number(String text, boolean measured) {
        if (!measured && text.matches("-?[0-9]{1,1000}")) {
            return new FieldValue.Int(new BigInteger(text));
        }
        double real = Double.parseDouble(text);
        if (Double.isInfinite(real)) {
            throw new IllegalArgumentException("the number is too large for 64 bits");
        }
        return FieldValue.of(real);
    }
}
