"""The bots are run by other interpreters, with packages that are not installed here."""

collect_ignore_glob = ["bots/*"]
