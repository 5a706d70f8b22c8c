"""What a visitor of the page may do, and whose conversations are theirs.

The functions check it, not only the buttons.
"""

import ipaddress
from dataclasses import dataclass

from cydqa.errors import AccessError
from cydqa.settings import Settings

LOCAL = "local"  # the owner of conversations where nobody signs in


@dataclass(frozen=True, slots=True)
class Visitor:
    """Somebody who uses the page."""

    owner: str | None  # whose conversations are kept and shown; None: nothing is kept
    curates: bool  # may add and remove documents, and rebuild the index
    reason: str = ""  # why not, for people
    can_sign_in: bool = False  # whether people sign in here

    def require_curator(self) -> None:
        """Raise AccessError unless the visitor may change documents and index."""
        if not self.curates:
            raise AccessError(self.reason, hint="Ask whoever runs this page.")


def visitor(settings: Settings, *, address: str | None, sign_in: bool, user: str | None, email: str | None) -> Visitor:
    """Who is there.

    Args:
        address: what the server listens on; None or "" for all interfaces.
        sign_in: whether people can sign in.
        user: the identity of who has signed in, the same at every visit, or None.
        email: the verified address of who has signed in, or None.
    """
    if sign_in and user is None:
        return Visitor(
            None, curates=False, reason="Documents are changed by people who have signed in.", can_sign_in=True
        )
    if not sign_in and not is_loopback(address):
        return Visitor(
            None, curates=False, reason="This page can be reached from elsewhere without signing in, so it only reads."
        )
    owner = user if sign_in else LOCAL
    if settings.read_only:
        return Visitor(owner, curates=False, reason="This page is set to read only.", can_sign_in=sign_in)
    if settings.curators and (email or "").lower() not in {name.lower() for name in settings.curators}:
        return Visitor(
            owner, curates=False, reason="Documents are changed by named curators only.", can_sign_in=sign_in
        )
    return Visitor(owner, curates=True, can_sign_in=sign_in)


def is_loopback(address: str | None) -> bool:
    """Whether only programs of the same machine reach a server that listens there."""
    if address == "localhost":
        return True
    try:
        return ipaddress.ip_address(address or "").is_loopback
    except ValueError:
        return False
