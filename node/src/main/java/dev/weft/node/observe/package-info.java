/**
 * What the command line sees on the machine that it runs on: files and folders with their digests, models in the forms
 * that hold tensors, the state of the code, the environment of a command, what DVC wrote down. All of it is told as
 * records in the plain JSON form, which the node's local API takes. Knows no record, no database and no network.
 */
@NullMarked
package dev.weft.node.observe;

import org.jspecify.annotations.NullMarked;
