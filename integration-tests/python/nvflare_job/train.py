"""What a researcher hands in: trains one round after the other, and knows nothing of Weft."""

import numpy
import nvflare.client as flare

TRUTH = numpy.array([[1.5], [-2.0], [0.5]])


def main():
    flare.init()
    number = sum(map(ord, flare.get_site_name()))
    generator = numpy.random.default_rng(number)
    x = generator.standard_normal((20 + number % 50, 3))
    y = x @ TRUTH
    while flare.is_running():
        given = flare.receive()
        weights = given.params["numpy_key"]
        error = x @ weights - y
        loss = float((error**2).mean())
        update = {"numpy_key": weights - 0.3 * x.T @ error / len(x)}
        flare.send(
            flare.FLModel(
                params=update, metrics={"loss": loss}, meta={"NUM_STEPS_CURRENT_ROUND": len(x)}, params_type="FULL"
            )
        )


if __name__ == "__main__":
    main()
