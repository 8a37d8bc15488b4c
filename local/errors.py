"""What commands say instead of a traceback."""


class StackError(Exception):
    """The stack could not be started, did not stay up, or is not there; the text says why."""
