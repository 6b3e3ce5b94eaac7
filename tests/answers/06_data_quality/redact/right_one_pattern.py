PERSONAL = re.compile(
    r"""(?P<EMAIL>[A-Za-z0-9._+-]+@[A-Za-z0-9-]+(?:\.[A-Za-z0-9-]+)+)
    |(?P<ORDER>\b[Nn][Tt]-[0-9]{5}\b)
    |(?P<PHONE>(?:(?<!\w)\+44[ -]?|\b0)[0-9](?:[ -]?[0-9]){8,9}\b)""",
    flags=re.VERBOSE,
)


def redact(text):
    return PERSONAL.sub(lambda match: f"[{match.lastgroup}]", text)
