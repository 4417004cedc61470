"""HTTP: the server and its listener, the Web API's front, events and answers over HTTP."""
