"""What came lately, in bounded memory."""

MOST = 200_000


class Seen:
    """Tells what comes again among the last `most`."""

    def __init__(self, most: int = MOST) -> None:
        self._most = most
        self._keys: dict[bytes, None] = {}

    def again(self, key: str) -> bool:
        """Whether the key of an event (32 hexadecimal digits) came before; it has from now on."""
        short = bytes.fromhex(key)
        if short in self._keys:
            return True
        self._keys[short] = None
        if len(self._keys) > self._most:
            del self._keys[next(iter(self._keys))]
        return False
