package dev.weft.it.demo;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/** What the demo did in one round, to be compared with what the log says of it. */
final class RoundFacts {

    private final int number;
    private final String id;
    private final String inputModel;
    private final List<String> statements = new ArrayList<>();
    private final Map<String, String> contributions = new TreeMap<>();
    private final Map<String, Double> accuracy = new TreeMap<>();
    private String outputModel = "";
    private String closeStatement = "";

    RoundFacts(int number, String id, String inputModel) {
        this.number = number;
        this.id = id;
        this.inputModel = inputModel;
        statements.add(id);
    }

    int number() {
        return number;
    }

    /** The round's id: that of its register statement, in hex. */
    String id() {
        return id;
    }

    String inputModel() {
        return inputModel;
    }

    String outputModel() {
        return outputModel;
    }

    String closeStatement() {
        return closeStatement;
    }

    /** Contribution statement by member, in the order of names. */
    Map<String, String> contributions() {
        return contributions;
    }

    /** Accuracy of the new global model on each site's held-out part. */
    Map<String, Double> accuracy() {
        return accuracy;
    }

    void stated(List<String> ids) {
        statements.addAll(ids);
    }

    List<String> statements() {
        return List.copyOf(statements);
    }

    void contributed(String member, String statement) {
        contributions.put(member, statement);
        statements.add(statement);
    }

    void closed(String model, List<String> ids) {
        outputModel = model;
        closeStatement = ids.get(ids.size() - 1);
        statements.addAll(ids);
    }

    void evaluated(String member, double value, List<String> ids) {
        accuracy.put(member, value);
        statements.addAll(ids);
    }
}
