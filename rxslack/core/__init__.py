"""What every room stands on: errors that nobody handles, secrets, fork, locks, the end of a program."""
