"""The websockets: RTM's and Socket Mode's, from the handshake on."""
