"""What every page is drawn from: the settings, who is there, and where the other pages are."""

from collections.abc import Mapping
from dataclasses import dataclass

import streamlit as st

from cydqa.access import Visitor, visitor
from cydqa.settings import Settings


@dataclass(frozen=True, slots=True)
class Visit:
    """One drawing of a page. `pages` holds "ask", "sources" and "read", for links between them."""

    settings: Settings
    visitor: Visitor
    pages: Mapping[str, st.Page]


def visitor_of(settings: Settings) -> Visitor:
    """Who looks at the page, by Streamlit's sign-in where the secrets configure one."""
    user = st.user.to_dict()
    issuer, subject = user.get("iss"), user.get("sub")
    signed_in = bool(user.get("is_logged_in") and issuer and subject)  # without both, nobody can be told apart
    verified = signed_in and user.get("email_verified") in (True, "true")
    return visitor(
        settings,
        address=st.get_option("server.address"),
        sign_in="is_logged_in" in user,
        user=f"{issuer} {subject}" if signed_in else None,
        email=str(user["email"]) if verified and user.get("email") else None,
    )
