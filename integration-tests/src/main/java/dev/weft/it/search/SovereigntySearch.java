package dev.weft.it.search;

import java.util.ArrayList;
import java.util.BitSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** One pass of all needles and controls over all haystacks. */
public final class SovereigntySearch {

    private static final int KEPT = 100;

    private final List<byte[]> patterns = new ArrayList<>();
    private final List<String> origins = new ArrayList<>();
    private final List<String> forms = new ArrayList<>();
    private final int firstControl;
    private final List<Control> controls;
    private final List<Integer> controlOf = new ArrayList<>();
    private final int rawValues;
    private final int tooShort;

    /**
     * @param values that policy did not release; equal ones count once
     * @param controls that have to be found in every haystack
     */
    public SovereigntySearch(List<RawValue> values, List<Control> controls) {
        Map<String, RawValue> distinct = new LinkedHashMap<>();
        values.forEach(value -> distinct.putIfAbsent(value.text(), value));
        int small = 0;
        for (RawValue value : distinct.values()) {
            Map<String, byte[]> found = Forms.of(value);
            small += found.isEmpty() ? 1 : 0;
            found.forEach((form, bytes) -> add(value.origin(), form, bytes));
        }
        this.rawValues = distinct.size();
        this.tooShort = small;
        this.firstControl = patterns.size();
        this.controls = List.copyOf(controls);
        for (int c = 0; c < controls.size(); c++) {
            addControl(c, controls.get(c));
        }
    }

    /** Searches; the haystacks' names are only for the findings. */
    public SearchReport run(List<? extends Haystack> haystacks) {
        Patterns index = new Patterns(patterns);
        List<Finding> findings = new ArrayList<>();
        long[] counts = new long[2]; // bytes searched, needles found
        BitSet everywhere = new BitSet();
        everywhere.set(0, controls.size());
        for (Haystack haystack : haystacks) {
            BitSet here = new BitSet();
            haystack.parts((place, bytes) -> {
                counts[0] += bytes.length;
                index.scan(bytes, (pattern, offset) -> {
                    if (pattern >= firstControl) {
                        here.set(controlOf.get(pattern - firstControl));
                    } else if (counts[1]++ < KEPT) {
                        findings.add(new Finding(origins.get(pattern), forms.get(pattern), place, offset));
                    }
                });
            });
            everywhere.and(here);
        }
        return new SearchReport(
                rawValues,
                tooShort,
                counts[0],
                counts[1],
                controls.size(),
                everywhere.cardinality(),
                findings,
                missing(everywhere));
    }

    private List<String> missing(BitSet found) {
        List<String> names = new ArrayList<>();
        for (int c = found.nextClearBit(0); c < controls.size(); c = found.nextClearBit(c + 1)) {
            names.add(controls.get(c).name());
        }
        return names;
    }

    private void addControl(int number, Control control) {
        Forms.of(control.value()).forEach((form, bytes) -> {
            if (form.startsWith(control.form())) {
                add(control.name(), form, bytes);
                controlOf.add(number);
            }
        });
    }

    private void add(String origin, String form, byte[] bytes) {
        patterns.add(bytes);
        origins.add(origin);
        forms.add(form);
    }
}
