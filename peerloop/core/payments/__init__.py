"""Money: held, captured, released, refunded. Knows nothing of what is bought; apps above declare a purpose."""
