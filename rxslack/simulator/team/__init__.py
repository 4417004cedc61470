"""Who and what is there: people, channels, messages, files, views, tokens, and the time."""
