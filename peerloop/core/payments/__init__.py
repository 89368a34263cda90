"""Money: held, captured, released, refunded, passed on. What is bought, only the apps above know: see `purposes`."""
