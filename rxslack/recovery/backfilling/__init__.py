"""backfilling."""
