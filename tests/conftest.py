pytest_plugins = ["rxslack.testing.plugin"]
