"""What goes wrong with the stack, in words for the person at the terminal."""


class StackError(Exception):
    """Something the person at the terminal can act on; its text says what to do."""
