"""From the bytes of a websocket to dicts, and back."""
