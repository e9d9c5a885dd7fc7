package dev.weft.it.training;

/**
 * What one site sends after one round.
 *
 * @param model its model after local training
 * @param rows how many rows it trained on: the weight in the average
 * @param loss mean cross-entropy over its training rows after the last epoch
 * @param accuracy of its model on its own held-out part
 */
public record Update(Model model, int rows, double loss, double accuracy) {}
