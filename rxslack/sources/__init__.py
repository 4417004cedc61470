"""Where events come from: cold Observables, one subscription one connection."""
