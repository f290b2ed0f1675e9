"""Numbers in sentences as people write them: the chapters, the live figures and the certificates say them alike."""

from __future__ import annotations

import re
from decimal import Decimal

_SUPERSCRIPTS = str.maketrans("0123456789-", "⁰¹²³⁴⁵⁶⁷⁸⁹⁻")
_POWER = re.compile(r"(?<![\w.])([-−+]?)(\d+(?:\.\d+)?)e([+-]?)0*(\d+)(?!\w)")
_MINUS_ZERO = re.compile(r"(?<![\w.)])[-−](?=0(?:\.0+)?(?![\d.e]*[1-9]))(?=\d)")
_MINUS = re.compile(r"(?<![\w.)\]])-(?=[\d.∞])")


def written_numbers(text: str) -> str:
    """Write the numbers in a text as people do: powers of ten instead of an e, a minus sign, and no minus zero.

    Example:
        >>> written_numbers("loss 2e-07 at -0.5, not 1e+16 or -0.00")
        'loss 2·10⁻⁷ at −0.5, not 10¹⁶ or 0.00'
    """

    def power(match: re.Match[str]) -> str:
        sign, digits, below, exponent = match.groups()
        if int(exponent) <= 3:
            return sign + format(Decimal(digits).scaleb(int(below + exponent)), "f")
        ten = "10" + ("-" * (below == "-") + exponent).translate(_SUPERSCRIPTS)
        return f"{sign}{ten}" if digits == "1" else f"{sign}{digits}·{ten}"

    text = re.sub(r"(?<!\w)(-?)inf(?!\w)", r"\1∞", _MINUS_ZERO.sub("", text))
    return _MINUS.sub("−", _POWER.sub(power, text))
