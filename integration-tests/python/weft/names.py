"""Names as statements may have them."""

import re


def label(name: str) -> str:
    """The nearest such name: 1 to 64 characters a-z, 0-9, '.', '_' and '-'; LocalDpMod becomes local-dp-mod."""
    apart = re.sub(r"(?<=[a-z0-9])(?=[A-Z])", "-", name).lower()
    return re.sub(r"[^a-z0-9.-]+", "-", apart).strip("-.")[:64].strip("-.") or "unnamed"
