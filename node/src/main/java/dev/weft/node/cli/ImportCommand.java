package dev.weft.node.cli;

import picocli.CommandLine.Command;

/** Takes over what other tools hold. */
@Command(
        name = "import",
        mixinStandardHelpOptions = true,
        description = "Takes over what another tool holds; again, and only what is new is taken.",
        subcommands = {ImportMlflow.class, ImportDvc.class})
final class ImportCommand extends Group {}
