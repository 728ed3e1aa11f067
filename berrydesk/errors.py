"""Problems said in the words of whoever meets them."""


class OwnerError(Exception):
    """Something a person can understand and act on.

    ``message`` says what happened and why, ``remedy`` what to press; both are templates that the facts given
    to the constructor fill in. ``code`` is stable, for programs. The cause belongs in the log.
    """

    code = "problem"
    message = "Something went wrong."
    remedy = "Try again."

    def __init__(self, **facts):
        self.facts = facts
        self.message = str(type(self).message).format(**facts)
        self.remedy = str(type(self).remedy).format(**facts)
        super().__init__(f"{self.message} {self.remedy}")

    def as_dict(self):
        """``{code, message, remedy}``, as rows and the API keep it."""
        return {"code": self.code, "message": self.message, "remedy": self.remedy}


def problems():
    """Every kind of ``OwnerError`` that is loaded, in the order of codes."""
    found, waiting = {}, OwnerError.__subclasses__()
    while waiting:
        kind = waiting.pop()
        waiting += kind.__subclasses__()
        if kind.__module__.startswith(("apps.", "berrydesk.")):
            found[kind.code] = kind
    return [found[code] for code in sorted(found)]
