package dev.weft.proto.note;

import dev.weft.proto.VerificationException;
import dev.weft.proto.v1.Policy;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * Which witness policy is in force, and so what is final (docs/protocol.md section 5). A policy comes into force with the
 * first checkpoint that covers its entry and is cosigned under it and under the one in force before; the first policy needs
 * its own quorum alone. A policy that never finds its quorum can be replaced by a later one.
 *
 * <p>A fold over what one party holds: policies as they are stated, and cosigned checkpoints in order of size. Whoever has
 * seen fewer checkpoints may be behind, never ahead. Not for several threads.
 */
public final class PolicySuccession {
    private final List<Stated> waiting = new ArrayList<>();
    private Optional<InForce> inForce = Optional.empty();
    private long lastIndex = -1;

    /**
     * A policy at its index; one without witnesses ends finality.
     *
     * @param policy empty where it names no witnesses
     */
    public record Stated(long index, Optional<WitnessPolicy> policy) {
        boolean isMet(String text, List<NoteSignature> lines) {
            return policy.isEmpty() || policy.get().isMet(text, lines);
        }
    }

    /**
     * The policy that decides now.
     *
     * @param since size of the checkpoint by which it came into force
     */
    public record InForce(Stated stated, long since) {}

    /** Takes root's next statement on witnesses; one that was taken before changes nothing, nor one that cannot be used. */
    public void state(long index, Policy policy) {
        if (index <= lastIndex) {
            return;
        }
        lastIndex = index;
        try {
            waiting.add(new Stated(
                    index, policy.getWitnessesCount() == 0 ? Optional.empty() : Optional.of(WitnessPolicy.of(policy))));
        } catch (VerificationException e) {
            // It names one key twice, or the operator: nobody can be asked to follow it, so it never comes into force.
            return;
        }
    }

    /**
     * Takes a cosigned checkpoint into account, whose log signature the caller has verified.
     *
     * @param size of the checkpoint; not below one that moved the policy
     * @param lines all that are known of it
     * @return whether it is final
     */
    public boolean see(long size, String text, List<NoteSignature> lines) {
        if (inForce.isPresent() && size < inForce.get().since()) {
            return false;
        }
        for (Stated next : List.copyOf(waiting)) {
            boolean covered = next.index() < size;
            boolean agreed = inForce.isEmpty()
                    ? next.policy().isPresent()
                    : inForce.get().stated().isMet(text, lines);
            if (covered && agreed && next.isMet(text, lines)) {
                inForce = Optional.of(new InForce(next, size));
                waiting.removeIf(other -> other.index() <= next.index());
            }
        }
        return inForce.flatMap(now -> now.stated().policy())
                .filter(policy -> policy.isMet(text, lines))
                .isPresent();
    }

    /** The policy in force; empty before any. */
    public Optional<InForce> inForce() {
        return inForce;
    }

    /** The witnesses whose cosignatures decide something now: those in force, and those that are stated. */
    public List<WitnessPolicy.Seat> seats() {
        List<WitnessPolicy.Seat> seats = new ArrayList<>();
        inForce.flatMap(now -> now.stated().policy()).ifPresent(policy -> seats.addAll(policy.seats()));
        for (Stated stated : waiting) {
            stated.policy()
                    .ifPresent(policy -> policy.seats().stream()
                            .filter(seat -> !seats.contains(seat))
                            .forEach(seats::add));
        }
        return seats;
    }

    /** Stated, and neither in force nor overtaken. */
    public List<Stated> waiting() {
        return List.copyOf(waiting);
    }

    /** The lines to serve: the first that make the quorum in force, one of each organisation, at most fourteen. */
    public List<NoteSignature> quorum(String text, List<NoteSignature> lines) {
        return inForce.flatMap(now -> now.stated().policy())
                .map(policy -> policy.counting(text, lines).stream()
                        .limit(policy.k())
                        .map(Cosignature::line)
                        .toList())
                .orElse(List.of());
    }
}
