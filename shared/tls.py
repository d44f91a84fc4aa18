"""What is wrong with a server's TLS, in words: a refusal that stays, told apart from an outage that passes."""

import asyncio
import ssl
from collections.abc import Iterator
from contextlib import suppress

PLAIN_ANSWERS = ("WRONG_VERSION_NUMBER", "RECORD_LAYER_FAILURE", "HTTP_REQUEST", "PACKET_LENGTH_TOO_LONG")
PASSING_ALERTS = ("INTERNAL_ERROR", "USER_CANCELLED", "CLOSE_NOTIFY")
EXPIRED = (9, 10)
OTHER_NAME = (62, 63, 64)
KNOCK_SECONDS = 5.0


def refusal(error: BaseException, *, authority: str, address: str, plain: str, ours: str) -> str | None:
    """Why `error` says that the server's TLS and ours will never agree; None when it may be an outage.

    The rest is what to change: the settings with the authority's file and with the address, what makes a connection
    without TLS, and what to do when the server refuses our part.
    """
    for cause in causes(error):
        if isinstance(cause, ssl.SSLCertVerificationError) and hasattr(cause, "verify_message"):  # not a wrapper of one
            said = str(cause.verify_message).rstrip(".")
            if cause.verify_code in OTHER_NAME:
                return f"its certificate is for another host ({said}): set {address} to a name in the certificate"
            if cause.verify_code in EXPIRED:
                return f"its certificate isn't valid today ({said}): renew it, or mend the clock here"
            return f"its certificate's authority isn't trusted ({said}): set {authority} to that authority's PEM file"
        if isinstance(cause, ssl.SSLError) and (reason := _reason(cause)):
            if reason in PLAIN_ANSWERS:
                return f"it doesn't speak TLS there: {plain}"
            if "_ALERT_" in reason and not reason.endswith(PASSING_ALERTS):
                return f"it refused our part of TLS ({reason.lower().replace('_', ' ')}): {ours}"
    return None


def causes(error: BaseException) -> Iterator[BaseException]:
    """`error` and whatever it came from."""
    seen: list[BaseException] = []
    rest: list[BaseException | None] = [error]
    while rest:
        one = rest.pop()
        if one is not None and not any(one is other for other in seen):
            seen.append(one)
            rest += [one.__context__, one.__cause__]
            yield one


async def spoken(host: str, port: int) -> bool:
    """Whether whoever listens there speaks TLS."""
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    context.check_hostname = False
    context.verify_mode = ssl.CERT_NONE
    try:
        async with asyncio.timeout(KNOCK_SECONDS):
            _, writer = await asyncio.open_connection(host, port, ssl=context)
    except ssl.SSLError as error:
        return "_ALERT_" in _reason(error)
    except (OSError, TimeoutError):
        return False
    writer.transport.abort()
    with suppress(OSError):
        await writer.wait_closed()
    return True


def _reason(error: ssl.SSLError) -> str:
    """OpenSSL's word for it; an error that Python made itself has none."""
    return getattr(error, "reason", None) or ""
