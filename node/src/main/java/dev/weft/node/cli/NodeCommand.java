package dev.weft.node.cli;

import com.google.gson.JsonObject;
import dev.weft.node.config.ConfigException;
import dev.weft.proto.VerificationException;
import java.io.IOException;
import java.util.concurrent.Callable;
import picocli.CommandLine.Mixin;

/** One command: runs, and gives an exit code. */
abstract class NodeCommand implements Callable<Integer> {
    @Mixin
    private Common common = new Common();

    private Console console = Console.system();

    Common common() {
        return common;
    }

    Console console() {
        return console;
    }

    void use(Console other) {
        console = other;
    }

    LocalClient client() throws CliException {
        return LocalClient.open(common);
    }

    @Override
    public Integer call() {
        try {
            return run();
        } catch (CliException e) {
            console.error(String.valueOf(e.getMessage()));
            return e.code();
        } catch (VerificationException e) {
            console.error(e.getMessage() + " (" + e.reason().code() + ")");
            return Exit.of(e.reason());
        } catch (ConfigException e) {
            console.error(String.valueOf(e.getMessage()));
            return Exit.USAGE;
        } catch (IOException e) {
            console.error("cannot go on: " + e.getMessage());
            return Exit.USAGE;
        }
    }

    abstract int run() throws CliException, VerificationException, ConfigException, IOException;

    /** Text of a member, or a dash. */
    static String text(JsonObject object, String name) {
        return object.has(name) && object.get(name).isJsonPrimitive()
                ? object.get(name).getAsString()
                : "-";
    }
}
