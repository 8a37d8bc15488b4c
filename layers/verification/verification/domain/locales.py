"""Languages of Jumio's web client, by IETF language tag.

The list grows without notice ("Web client settings" offers more than the API's page), so that
what is not on it is passed on as it is.
"""

import re

TAG = r"^[A-Za-z]{2,3}([-_][A-Za-z0-9]{2,8}){0,3}$"

_LISTED = """
ar bg cs da de el en en-GB es es-MX et fi fr he hr hu hy id it ja ka km ko lt ms nl no pl
pt pt-BR ro ru sk sv th tr vi zh-CN zh-HK
"""
LISTED = frozenset(_LISTED.split())
_BY_LOWER_CASE = {tag.lower(): tag for tag in LISTED}
_SAME = {
    "nb": "no",
    "nn": "no",
    "iw": "he",
    "in": "id",
    "zh": "zh-CN",
    "zh-hans": "zh-CN",
    "zh-sg": "zh-CN",
    "zh-hant": "zh-HK",
    "zh-tw": "zh-HK",
    "zh-mo": "zh-HK",
}


def nearest(tag: str) -> str:
    """The listed language that comes nearest; if none does, the tag as far as it fits.

    Jumio documents five characters at most: a language, and perhaps a region.
    """
    if not re.fullmatch(TAG, tag):
        raise ValueError("not a language tag like de or pt-BR")
    parts = tag.replace("_", "-").lower().split("-")
    language, region = parts[0], parts[-1].upper()
    fits = [len(part) for part in parts] == [2, 2]
    while parts:
        shorter = "-".join(parts)
        if found := _BY_LOWER_CASE.get(shorter) or _SAME.get(shorter):
            return found
        parts.pop()
    return f"{language}-{region}" if fits else language
